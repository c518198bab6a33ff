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
  /** The VERSION of INQUIRY less one, as the kernel shows it. */
  readonly scsiLevel: number;
  /** `/dev/sg2`; undefined where there is none. */
  readonly sg: string | undefined;
  /** `/dev/sda`, `/dev/sr0`, `/dev/st0`; undefined where there is none. */
  readonly node: string | undefined;
}
