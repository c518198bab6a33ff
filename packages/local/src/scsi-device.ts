/** A SCSI device of the machine: what the initiator side made of one LUN of one session. */
export interface ScsiDevice {
  /** H:C:I:L. */
  readonly address: string;
  readonly host: number;
  readonly channel: number;
  readonly id: number;
  readonly lun: number;
  /** Peripheral device type (SPC-5 table 139): 0 disk, 5 CD-ROM … */
  readonly type: number;
  /** INQUIRY's fields, without trailing blanks. */
  readonly vendor: string;
  readonly model: string;
  readonly revision: string;
  /** Linux’s own count, as `scsi_level` shows it: the VERSION of INQUIRY, plus one from 2 on. */
  readonly scsiLevel: number;
  /** `/dev/sg2`; undefined where there is none. */
  readonly sg: string | undefined;
  /** `/dev/sda`, `/dev/sr0`, `/dev/st0`; undefined where there is none. */
  readonly node: string | undefined;
  /** How many have it open through this SCST; undefined where it cannot tell. */
  readonly open?: number | undefined;
}

/** Whether a value, come over a socket, is a {@link ScsiDevice}. */
export const isScsiDevice = (value: unknown): value is ScsiDevice => {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return (
    ['host', 'channel', 'id', 'lun', 'type', 'scsiLevel'].every((name) => typeof fields[name] === 'number') &&
    ['address', 'vendor', 'model', 'revision'].every((name) => typeof fields[name] === 'string') &&
    ['sg', 'node'].every((name) => fields[name] === undefined || typeof fields[name] === 'string') &&
    (fields['open'] === undefined || typeof fields['open'] === 'number')
  );
};
