import { type ScsiDevice } from '@scst/local';

/** A SCSI device of the machine, as `--json` prints it: who has it open is told elsewhere. */
export type ScsiDeviceView = Omit<ScsiDevice, 'open'>;

export const viewScsiDevice = ({ address, host, channel, id, lun, type, vendor, model, revision, scsiLevel, sg, node, bsg, state, timeout, queueDepth }: ScsiDevice): ScsiDeviceView => ({
  address, host, channel, id, lun, type, vendor, model, revision, scsiLevel, sg, node, bsg, state, timeout, queueDepth,
});
