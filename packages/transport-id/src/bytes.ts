/** Bytes of a big-endian unsigned field. */
export function readBigEndian(bytes: Uint8Array, offset: number, length: number): bigint {
  let value = 0n;
  for (const byte of bytes.subarray(offset, offset + length)) value = (value << 8n) | BigInt(byte);
  return value;
}

/** Writes `value` as a big-endian unsigned field; it must fit. */
export function writeBigEndian(bytes: Uint8Array, offset: number, length: number, value: bigint): void {
  let rest = value;
  for (let at = offset + length - 1; at >= offset; at -= 1) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
}

/** Lower-case hexadecimal digits, two a byte. */
export const toHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Bytes of an even number of hexadecimal digits. */
export function fromHex(digits: string): Uint8Array {
  const bytes = new Uint8Array(digits.length / 2);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}
