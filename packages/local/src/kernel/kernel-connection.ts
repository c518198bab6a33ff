import { findUses } from '@scst/sg-io';
import { HostModules, HostTree } from '@scst/sysfs';
import { type Connection } from '../connection.js';
import { notFromHere } from '../not-from-here.js';
import { kernelScsiDevices } from './kernel-devices.js';

/** The kernel's SCST. Its sessions are SCSI hosts of this machine, on which their devices and LUNs are found. */
export const kernelConnection = async (): Promise<Connection> => {
  const tree = await HostTree.open();
  return {
    kind: 'kernel',
    tree,
    modules: new HostModules(),
    scsiDevices: (options) => kernelScsiDevices(tree, options),
    openLun: (target, session, lun) => notFromHere(target, session, lun),
    usesOf: findUses,
    close: () => Promise.resolve(),
  };
};
