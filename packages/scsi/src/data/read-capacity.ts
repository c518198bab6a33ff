import { readU32, readU64, writeU32, writeU64 } from '../bytes.js';
import { requireLength } from '../data-error.js';
import { bits, flag } from '../field.js';
import { decodeStruct, encodeStruct, type StructInput, type StructValues } from './struct.js';

/** READ CAPACITY (10) parameter data, SBC-4 5.20. */
export interface ReadCapacity10 {
  /** RETURNED LOGICAL BLOCK ADDRESS, the last one; FFFFFFFFh = too many blocks for 32 bits, ask READ CAPACITY (16). */
  readonly lastLba: number;
  /** Bytes. */
  readonly blockLength: number;
}

/** Throws {@link ScsiDataError} `TRUNCATED` below 8 bytes. */
export function decodeReadCapacity10(bytes: Uint8Array): ReadCapacity10 {
  requireLength(bytes, 8, 'READ CAPACITY(10) parameter data');
  return { lastLba: readU32(bytes, 0), blockLength: readU32(bytes, 4) };
}

/** A last LBA beyond 32 bits becomes FFFFFFFFh, as SBC-4 5.20 asks. */
export function encodeReadCapacity10(capacity: { readonly lastLba: bigint | number; readonly blockLength: number }): Uint8Array {
  const bytes = new Uint8Array(8);
  writeU32(bytes, 0, capacity.lastLba > 0xffff_fffe ? 0xffff_ffff : Number(capacity.lastLba));
  writeU32(bytes, 4, capacity.blockLength);
  return bytes;
}

const FLAGS = {
  length: 32,
  fields: {
    /** P_TYPE: protection type less one, valid with PROT_EN. */
    protectionType: bits('P_TYPE', 12, 3, 3),
    /** PROT_EN */
    protectionEnabled: flag('PROT_EN', 12, 0),
    /** P_I_EXPONENT: 2 to this power of protection information intervals in a block. */
    protectionInformationIntervalsExponent: bits('P_I_EXPONENT', 13, 7, 4),
    /** 2 to this power of logical blocks in a physical block. */
    logicalBlocksPerPhysicalBlockExponent: bits('LOGICAL BLOCKS PER PHYSICAL BLOCK EXPONENT', 13, 3, 4),
    /** LBPME: blocks can be unmapped. */
    provisioningManagementEnabled: flag('LBPME', 14, 7),
    /** LBPRZ: unmapped blocks read as zeros. */
    provisioningReadZeros: flag('LBPRZ', 14, 6),
    lowestAlignedLba: bits('LOWEST ALIGNED LOGICAL BLOCK ADDRESS', 14, 5, 14),
  },
};

/** READ CAPACITY (16) parameter data, SBC-4 5.21. */
export interface ReadCapacity16 extends StructValues<typeof FLAGS.fields> {
  /** RETURNED LOGICAL BLOCK ADDRESS, the last one. */
  readonly lastLba: bigint;
  /** Bytes. */
  readonly blockLength: number;
}

/** Throws {@link ScsiDataError} `TRUNCATED` below 12 bytes; flags that were cut off are zero. */
export function decodeReadCapacity16(bytes: Uint8Array): ReadCapacity16 {
  requireLength(bytes, 12, 'READ CAPACITY(16) parameter data');
  return { lastLba: readU64(bytes, 0), blockLength: readU32(bytes, 8), ...decodeStruct(FLAGS, bytes) };
}

/** Gives 32 bytes. Throws {@link ScsiDataError} `RANGE` for a flag field that does not fit. */
export function encodeReadCapacity16(
  capacity: StructInput<typeof FLAGS.fields> & { readonly lastLba: bigint | number; readonly blockLength: number },
): Uint8Array {
  const bytes = encodeStruct(FLAGS, capacity);
  writeU64(bytes, 0, capacity.lastLba);
  writeU32(bytes, 8, capacity.blockLength);
  return bytes;
}

/** Whether READ CAPACITY (10) said that only READ CAPACITY (16) can tell. */
export function needsReadCapacity16(capacity: ReadCapacity10): boolean {
  return capacity.lastLba === 0xffff_ffff;
}
