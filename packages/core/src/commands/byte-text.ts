import type { ByteString } from '../bytes.js';

/** Writes a byte string as it is. */
export function copyBytes(data: Uint8Array, at: number, text: ByteString): void {
  for (let index = 0; index < text.length; index++) data[at + index] = text.charCodeAt(index);
}

/** Writes a byte string to a field of `length` bytes: cut to it, or padded with `fill`, a space unless told otherwise. */
export function copyPadded(data: Uint8Array, at: number, length: number, text: ByteString, fill = 0x20): void {
  for (let index = 0; index < length; index++) data[at + index] = index < text.length ? text.charCodeAt(index) : fill;
}
