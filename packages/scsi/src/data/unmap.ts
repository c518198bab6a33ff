import { readU16, readU32, readU64, writeU16, writeU32, writeU64 } from '../bytes.js';
import { requireLength, requireRange } from '../data-error.js';

/** A range of logical blocks. */
export interface LbaRange {
  readonly lba: bigint;
  /** NUMBER OF LOGICAL BLOCKS, 32 bits. */
  readonly numberOfLogicalBlocks: number;
}

const HEADER_LENGTH = 8;
const DESCRIPTOR_LENGTH = 16;

/** Decodes an UNMAP parameter list, SBC-4 5.35. Throws {@link ScsiDataError} `TRUNCATED` below 8 bytes; a descriptor that was cut off is left out. */
export function decodeUnmap(bytes: Uint8Array): LbaRange[] {
  requireLength(bytes, HEADER_LENGTH, 'UNMAP parameter list');
  const end = Math.min(bytes.length, HEADER_LENGTH + readU16(bytes, 2));
  const ranges: LbaRange[] = [];
  for (let at = HEADER_LENGTH; at + DESCRIPTOR_LENGTH <= end; at += DESCRIPTOR_LENGTH) {
    ranges.push({ lba: readU64(bytes, at), numberOfLogicalBlocks: readU32(bytes, at + 8) });
  }
  return ranges;
}

/** Throws {@link ScsiDataError} `RANGE` above 4095 descriptors or for a block count beyond 32 bits. */
export function encodeUnmap(ranges: readonly { readonly lba: bigint | number; readonly numberOfLogicalBlocks: number }[]): Uint8Array {
  const length = DESCRIPTOR_LENGTH * ranges.length;
  requireRange(HEADER_LENGTH - 2 + length, 16, 0, 'UNMAP DATA LENGTH');
  const bytes = new Uint8Array(HEADER_LENGTH + length);
  writeU16(bytes, 0, bytes.length - 2);
  writeU16(bytes, 2, length);
  ranges.forEach(({ lba, numberOfLogicalBlocks }, index) => {
    const at = HEADER_LENGTH + DESCRIPTOR_LENGTH * index;
    requireRange(numberOfLogicalBlocks, 32, at + 8, 'NUMBER OF LOGICAL BLOCKS');
    writeU64(bytes, at, lba);
    writeU32(bytes, at + 8, numberOfLogicalBlocks);
  });
  return bytes;
}
