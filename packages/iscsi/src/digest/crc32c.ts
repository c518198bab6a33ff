import { createRequire } from 'node:module';

/** The polynomial of CRC32C with its bits reversed (RFC 7143 13.1). */
const POLYNOMIAL = 0x82f6_3b78;

/** Below this many bytes the call into the native code costs more than the tables. */
const NATIVE_FROM = 128;

/** Eight tables of 256: what eight bytes at a time do to the remainder. */
const TABLES = makeTables();

type Native = (input: Uint8Array, initialState?: number) => number;
const native = findNative();

/** CRC32C of a part of an array, going on from the CRC of what came before (0: nothing did). */
export function crc32c(bytes: Uint8Array, start: number, end: number, previous = 0): number {
  if (native === undefined || end - start < NATIVE_FROM) return crc32cTables(bytes, start, end, previous);
  return native(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), previous);
}

/** @internal The same without native code. */
export function crc32cTables(bytes: Uint8Array, start: number, end: number, previous = 0): number {
  let remainder = ~previous;
  let at = start;
  for (; at + 8 <= end; at += 8) {
    const low = remainder ^ (byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24));
    remainder =
      entry(7, low & 0xff) ^ entry(6, (low >>> 8) & 0xff) ^ entry(5, (low >>> 16) & 0xff) ^ entry(4, low >>> 24) ^
      entry(3, byte(bytes, at + 4)) ^ entry(2, byte(bytes, at + 5)) ^ entry(1, byte(bytes, at + 6)) ^ entry(0, byte(bytes, at + 7));
  }
  for (; at < end; at++) remainder = entry(0, (remainder ^ byte(bytes, at)) & 0xff) ^ (remainder >>> 8);
  return ~remainder >>> 0;
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] as number;
}

function entry(table: number, index: number): number {
  return TABLES[table * 256 + index] as number;
}

function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let index = 0; index < 256; index++) {
    let remainder = index;
    for (let bit = 0; bit < 8; bit++) remainder = (remainder & 1) === 0 ? remainder >>> 1 : (remainder >>> 1) ^ POLYNOMIAL;
    tables[index] = remainder;
  }
  for (let index = 256; index < tables.length; index++) {
    const before = tables[index - 256] ?? 0;
    tables[index] = (before >>> 8) ^ (tables[before & 0xff] ?? 0);
  }
  return tables;
}

/** Its binaries are not there for every machine; the tables are. */
function findNative(): Native | undefined {
  try {
    return (createRequire(import.meta.url)('@node-rs/crc32') as { crc32c: Native }).crc32c;
  } catch {
    return undefined;
  }
}
