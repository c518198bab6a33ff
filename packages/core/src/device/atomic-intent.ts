import { readU32, readU64Number, writeU32, writeU64 } from '@scst/scsi';
import { crc32c } from './crc32c.js';

/** What is about to be written as a whole or not at all. */
export interface AtomicIntent {
  /** The store it is for; see `BlockStore.identity`. */
  readonly identity: string;
  /** Bytes. */
  readonly position: number;
  readonly data: Uint8Array;
  /** Checksums of what was there before, one for each sector. */
  readonly before: readonly number[];
}

/** Bytes: a disk writes these as a whole. */
export const SECTOR = 512;

/** "\x89SCSTAW\n" */
const MAGIC = Uint8Array.of(0x89, 0x53, 0x43, 0x53, 0x54, 0x41, 0x57, 0x0a);
/** Magic, position (8), length of the data (4), of the identity (4). */
const HEADER = 24;
const CHECKSUM = 4;

/** Checksums of the sectors of what is, or was, on a store. */
export function sectorSums(bytes: Uint8Array): number[] {
  return Array.from({ length: Math.ceil(bytes.length / SECTOR) }, (_, index) => crc32c(bytes.subarray(index * SECTOR, (index + 1) * SECTOR), 0xffff_ffff));
}

/** Header, identity, checksums of what was there, data, checksum of it all. */
export function encodeIntent({ identity, position, data, before }: AtomicIntent): Uint8Array {
  const name = Buffer.from(identity);
  const bytes = new Uint8Array(HEADER + name.length + 4 * before.length + data.length + CHECKSUM);
  bytes.set(MAGIC);
  writeU64(bytes, 8, BigInt(position));
  writeU32(bytes, 16, data.length);
  writeU32(bytes, 20, name.length);
  bytes.set(name, HEADER);
  before.forEach((sum, index) => {
    writeU32(bytes, HEADER + name.length + 4 * index, sum);
  });
  bytes.set(data, HEADER + name.length + 4 * before.length);
  writeU32(bytes, bytes.length - CHECKSUM, crc32c(bytes.subarray(0, -CHECKSUM), 0xffff_ffff));
  return bytes;
}

/** Undefined: the bytes are no intent, or are damaged. */
export function decodeIntent(bytes: Uint8Array): AtomicIntent | undefined {
  if (bytes.length < HEADER + CHECKSUM || !MAGIC.every((byte, at) => bytes[at] === byte)) return undefined;
  if (readU32(bytes, bytes.length - CHECKSUM) !== crc32c(bytes.subarray(0, -CHECKSUM), 0xffff_ffff)) return undefined;
  const length = readU32(bytes, 16);
  const nameLength = readU32(bytes, 20);
  const sums = Math.ceil(length / SECTOR);
  const dataAt = HEADER + nameLength + 4 * sums;
  if (bytes.length !== dataAt + length + CHECKSUM) return undefined;
  return {
    identity: Buffer.from(bytes.subarray(HEADER, HEADER + nameLength)).toString(),
    position: readU64Number(bytes, 8),
    before: Array.from({ length: sums }, (_, index) => readU32(bytes, HEADER + nameLength + 4 * index)),
    data: bytes.slice(dataAt, dataAt + length),
  };
}
