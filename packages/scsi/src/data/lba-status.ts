import { readU32, readU64, readU8, writeU32, writeU64 } from '../bytes.js';
import { requireLength, requireRange } from '../data-error.js';

/** PROVISIONING STATUS, SBC-4 5.9.2. */
export const PROVISIONING_STATUS = { MAPPED: 0, DEALLOCATED: 1, ANCHORED: 2, MAPPED_OR_UNKNOWN: 3, DEALLOCATED_OR_UNKNOWN: 4 } as const;

/** An LBA status descriptor, SBC-4 5.9.2. */
export interface LbaStatusDescriptor {
  readonly lba: bigint;
  readonly numberOfLogicalBlocks: number;
  /** {@link PROVISIONING_STATUS} */
  readonly provisioningStatus: number;
  readonly additionalStatus: number;
}

/** GET LBA STATUS parameter data, SBC-4 5.9.2. */
export interface LbaStatus {
  /** PARAMETER DATA LENGTH as the device has it, less its own four bytes. */
  readonly parameterDataLength: number;
  readonly descriptors: readonly LbaStatusDescriptor[];
}

const HEADER_LENGTH = 8;
const DESCRIPTOR_LENGTH = 16;

/** Throws {@link ScsiDataError} `TRUNCATED` below 4 bytes; a descriptor that was cut off is left out. */
export function decodeLbaStatus(bytes: Uint8Array): LbaStatus {
  requireLength(bytes, 4, 'GET LBA STATUS parameter data');
  const parameterDataLength = readU32(bytes, 0);
  const end = Math.min(bytes.length, 4 + parameterDataLength);
  const descriptors: LbaStatusDescriptor[] = [];
  for (let at = HEADER_LENGTH; at + DESCRIPTOR_LENGTH <= end; at += DESCRIPTOR_LENGTH) {
    descriptors.push({
      lba: readU64(bytes, at),
      numberOfLogicalBlocks: readU32(bytes, at + 8),
      provisioningStatus: readU8(bytes, at + 12) & 0x0f,
      additionalStatus: readU8(bytes, at + 13),
    });
  }
  return { parameterDataLength, descriptors };
}

/** Throws {@link ScsiDataError} `RANGE` for a block count beyond 32 bits. */
export function encodeLbaStatus(descriptors: readonly LbaStatusDescriptor[]): Uint8Array {
  const bytes = new Uint8Array(HEADER_LENGTH + DESCRIPTOR_LENGTH * descriptors.length);
  writeU32(bytes, 0, bytes.length - 4);
  descriptors.forEach(({ lba, numberOfLogicalBlocks, provisioningStatus, additionalStatus }, index) => {
    const at = HEADER_LENGTH + DESCRIPTOR_LENGTH * index;
    requireRange(numberOfLogicalBlocks, 32, at + 8, 'NUMBER OF LOGICAL BLOCKS');
    writeU64(bytes, at, lba);
    writeU32(bytes, at + 8, numberOfLogicalBlocks);
    bytes[at + 12] = provisioningStatus & 0x0f;
    bytes[at + 13] = additionalStatus;
  });
  return bytes;
}
