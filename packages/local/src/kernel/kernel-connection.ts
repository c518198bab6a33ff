import { type LogicalUnit } from '@scst/scsi';
import { claimDisks, findUses, SgDevice } from '@scst/sg-io';
import { HostModules, HostTree, type OperationOptions, type SysfsTree } from '@scst/sysfs';
import { type Connection } from '../connection.js';
import { LocalError } from '../errors.js';
import { treeLooks } from '../looks.js';
import { directoryName } from '../paths.js';
import { kernelLunCounters } from '../statistics/kernel-lun-counters.js';
import { kernelScsiDevice, kernelScsiDevices } from './kernel-devices.js';

/** The kernel's SCST. Its sessions are SCSI hosts of this machine, on which their devices and LUNs are found. */
export const kernelConnection = async (): Promise<Connection> => {
  const tree = await HostTree.open();
  return {
    kind: 'kernel',
    tree,
    modules: new HostModules(),
    looks: treeLooks(tree, { lunCounters: kernelLunCounters() }),
    scsiDevices: (options) => kernelScsiDevices(tree, options),
    openLun: (target, session, lun, options) => openLun(tree, `targets/scst_local/${directoryName(target)}/sessions/${directoryName(session)}`, lun, options),
    usesOf: findUses,
    claimDisks,
    close: () => Promise.resolve(),
  };
};

/** Opens the sg node that the kernel made for a LUN of a session. */
const openLun = async (tree: SysfsTree, session: string, lun: number, options: OperationOptions = {}): Promise<LogicalUnit> => {
  const device = await kernelScsiDevice(tree, session, lun, options);
  if (device === undefined) {
    throw new LocalError('NOT_FOUND', `the machine has found no SCSI device for LUN ${lun} of ${session}`, {
      hint: 'Check that the LUN is mapped and its device answers; `dmesg` tells what the kernel’s scan met with.',
    });
  }
  if (device.sg === undefined) throw new LocalError('NOT_FOUND', `the SCSI device ${device.address} has no sg node`, { hint: 'modprobe sg' });
  return await SgDevice.open(device.sg);
};
