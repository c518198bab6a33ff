/** A SCSI device as Linux lists it: what its text formats are made of. */
export interface ListedScsiDevice {
  /** Number of the SCSI host. */
  readonly host: number;
  readonly channel: number;
  /** Number of the target. */
  readonly id: number;
  /** As Linux counts it: exact below 2^53, which the extended addressing method (SAM-6 4.7.7.5) can exceed. */
  readonly lun: number;
  /** Peripheral device type (SPC-5 table 150). */
  readonly type: number;
  /** INQUIRY's fields; blanks at their ends may be missing. */
  readonly vendor: string;
  readonly model: string;
  readonly revision: string;
  /** Linux's own count, as `scsi_level` shows it: the VERSION of INQUIRY, plus one from 2 on. */
  readonly scsiLevel: number;
  /** Node of the driver for its type: `/dev/sda`, `/dev/sr0`, `/dev/st0`, `/dev/sch0`; undefined where there is none. */
  readonly node?: string | undefined;
  /** `/dev/sg2`; undefined where there is none. */
  readonly sg?: string | undefined;
}

/** `H:C:I:L`. */
export const hctl = ({ host, channel, id, lun }: Pick<ListedScsiDevice, 'host' | 'channel' | 'id' | 'lun'>): string => `${host}:${channel}:${id}:${lun}`;
