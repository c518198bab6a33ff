/**
 * Big-endian fields, as every SCSI structure has them (SPC-5 3.5), on plain `Uint8Array`s: no DataView, no allocation.
 *
 * Reading is total: bytes beyond the end read as zero, the way a device reads a CDB that was cut short. A decoder that must
 * tell "zero" from "not there" checks the length first. Writing beyond the end does nothing.
 */

// `b[o] as number` is undefined beyond the end; the bitwise operators take that as 0, which is the rule above.

export function readU8(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] as number) | 0;
}

export function readU16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] as number) << 8) | (bytes[offset + 1] as number);
}

export function readU24(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] as number) << 16) | ((bytes[offset + 1] as number) << 8) | (bytes[offset + 2] as number);
}

export function readU32(bytes: Uint8Array, offset: number): number {
  return (
    (((bytes[offset] as number) << 24) |
      ((bytes[offset + 1] as number) << 16) |
      ((bytes[offset + 2] as number) << 8) |
      (bytes[offset + 3] as number)) >>>
    0
  );
}

export function readU64(bytes: Uint8Array, offset: number): bigint {
  return (BigInt(readU32(bytes, offset)) << 32n) | BigInt(readU32(bytes, offset + 4));
}

/**
 * A 64-bit field as a double: exact below 2^53, rounded to the nearest double above, so that a comparison with a
 * capacity below 2^53 holds for every value. For hot paths; everything else uses {@link readU64}.
 */
export function readU64Number(bytes: Uint8Array, offset: number): number {
  return readU32(bytes, offset) * 0x1_0000_0000 + readU32(bytes, offset + 4);
}

export function writeU8(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value;
}

export function writeU16(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 8;
  bytes[offset + 1] = value;
}

export function writeU24(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 16;
  bytes[offset + 1] = value >>> 8;
  bytes[offset + 2] = value;
}

export function writeU32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}

/** Takes a bigint of any size (the low 64 bits are stored) or a whole number up to 2^53. */
export function writeU64(bytes: Uint8Array, offset: number, value: bigint | number): void {
  if (typeof value === 'number') {
    writeU32(bytes, offset, Math.floor(value / 0x1_0000_0000));
    writeU32(bytes, offset + 4, value >>> 0);
    return;
  }
  writeU32(bytes, offset, Number((value >> 32n) & 0xffff_ffffn));
  writeU32(bytes, offset + 4, Number(value & 0xffff_ffffn));
}

/**
 * ASCII text of a fixed field: trailing spaces and NULs are padding and are left out; a byte outside printable ASCII
 * becomes U+FFFD, so the text is safe to print.
 */
export function readAscii(bytes: Uint8Array, offset: number, length: number): string {
  let end = Math.min(offset + length, bytes.length);
  while (end > offset && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0)) end--;
  let text = '';
  for (let at = offset; at < end; at++) {
    const code = readU8(bytes, at);
    text += code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '\ufffd';
  }
  return text;
}

/** ASCII text, left aligned and padded with spaces (SPC-5 4.3.1); what does not fit or is not a byte is cut to the field. */
export function writeAscii(bytes: Uint8Array, offset: number, length: number, text: string): void {
  const end = Math.min(offset + length, bytes.length);
  for (let at = offset; at < end; at++) {
    const index = at - offset;
    bytes[at] = index < text.length ? text.charCodeAt(index) & 0xff : 0x20;
  }
}
