import { type ScsiDevice } from '@scst/local';

/** A SCSI device of the machine, as `--json` prints it. */
export type ScsiDeviceView = {
  /** H:C:I:L. */
  readonly address: string;
  readonly host: number;
  readonly channel: number;
  readonly id: number;
  readonly lun: number;
  readonly type: number;
  readonly vendor: string;
  readonly model: string;
  readonly revision: string;
  readonly scsiLevel: number;
  readonly sg: string | undefined;
  readonly node: string | undefined;
};

export const viewScsiDevice = ({ address, host, channel, id, lun, type, vendor, model, revision, scsiLevel, sg, node }: ScsiDevice): ScsiDeviceView => ({
  address, host, channel, id, lun, type, vendor, model, revision, scsiLevel, sg, node,
});
