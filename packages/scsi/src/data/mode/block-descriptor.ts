import { readU24, readU32, readU64, writeU24, writeU32, writeU64 } from '../../bytes.js';
import { requireRange } from '../../data-error.js';

/** Bytes of a short and of a long LBA mode parameter block descriptor. */
export const BLOCK_DESCRIPTOR_LENGTH = { short: 8, long: 16 } as const;

/** A mode parameter block descriptor of a block device, SBC-4 6.5.2. */
export interface ModeBlockDescriptor {
  /** NUMBER OF LOGICAL BLOCKS; FFFFFFFFh in a short descriptor = more than fits. */
  readonly numberOfLogicalBlocks: bigint;
  /** LOGICAL BLOCK LENGTH, bytes. */
  readonly logicalBlockLength: number;
}

/** Decodes the short descriptors (8 bytes each), or with LONGLBA the long ones (16 bytes); one that was cut off is left out. */
export function decodeBlockDescriptors(bytes: Uint8Array, longLba: boolean): ModeBlockDescriptor[] {
  const length = longLba ? BLOCK_DESCRIPTOR_LENGTH.long : BLOCK_DESCRIPTOR_LENGTH.short;
  const descriptors: ModeBlockDescriptor[] = [];
  for (let at = 0; at + length <= bytes.length; at += length) {
    descriptors.push(
      longLba
        ? { numberOfLogicalBlocks: readU64(bytes, at), logicalBlockLength: readU32(bytes, at + 12) }
        : { numberOfLogicalBlocks: BigInt(readU32(bytes, at)), logicalBlockLength: readU24(bytes, at + 5) },
    );
  }
  return descriptors;
}

/** Encodes one descriptor. In a short one a count beyond 32 bits becomes FFFFFFFFh. Throws {@link ScsiDataError} `RANGE` for the block length. */
export function encodeBlockDescriptor(descriptor: ModeBlockDescriptor, longLba: boolean): Uint8Array {
  const { numberOfLogicalBlocks, logicalBlockLength } = descriptor;
  if (longLba) {
    const bytes = new Uint8Array(BLOCK_DESCRIPTOR_LENGTH.long);
    requireRange(logicalBlockLength, 32, 12, 'LOGICAL BLOCK LENGTH');
    writeU64(bytes, 0, numberOfLogicalBlocks);
    writeU32(bytes, 12, logicalBlockLength);
    return bytes;
  }
  const bytes = new Uint8Array(BLOCK_DESCRIPTOR_LENGTH.short);
  requireRange(logicalBlockLength, 24, 5, 'LOGICAL BLOCK LENGTH');
  writeU32(bytes, 0, numberOfLogicalBlocks > 0xffff_ffffn ? 0xffff_ffff : Number(numberOfLogicalBlocks));
  writeU24(bytes, 5, logicalBlockLength);
  return bytes;
}
