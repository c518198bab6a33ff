import { type ByteString } from '../bytes.js';
import { type ScsiHost } from './scsi-host.js';

/** What INQUIRY told of a LUN (SPC-5 6.7). */
export interface InquiryFacts {
  /** Peripheral device type. */
  readonly type: number;
  /** 8 bytes. */
  readonly vendor: ByteString;
  /** 16 bytes. */
  readonly model: ByteString;
  /** 4 bytes. */
  readonly revision: ByteString;
  /** Linux's own count: the VERSION field, plus one from 2 on. */
  readonly scsiLevel: number;
}

/** A SCSI device of the machine: a LUN its scan has found. */
export class ScsiDevice {
  readonly host: ScsiHost;
  readonly lun: number;
  readonly vendor: ByteString;
  readonly model: ByteString;
  readonly revision: ByteString;
  readonly type: number;
  readonly scsiLevel: number;
  /** The N of `/dev/sgN`. */
  readonly genericNumber: number;
  /** `sda` and so on; `sr0` for CD-ROMs; null for other types. */
  readonly blockName: string | null;

  constructor(host: ScsiHost, lun: number, facts: InquiryFacts, names: { genericNumber: number; blockName: string | null }) {
    this.host = host;
    this.lun = lun;
    this.vendor = facts.vendor;
    this.model = facts.model;
    this.revision = facts.revision;
    this.type = facts.type;
    this.scsiLevel = facts.scsiLevel;
    this.genericNumber = names.genericNumber;
    this.blockName = names.blockName;
  }

  /** `H:C:I:L`. */
  get hctl(): string {
    return `${this.host.number}:0:${this.host.id}:${this.lun}`;
  }
}
