/**
 * Names and attribute text are bytes in the kernel. A *byte string* is a JavaScript string in which every character is one
 * byte (0…255). A *name* is what people see: UTF-8, with stray bytes as lone surrogates U+DC80…U+DCFF.
 */

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Bytes of a name. Lone surrogates U+DC80…U+DCFF stand for the bytes 0x80…0xFF. */
export const encodeName = (name: string): Uint8Array => {
  if (!/[\uDC80-\uDCFF]/u.test(name)) return encoder.encode(name);
  const parts: number[] = [];
  for (const character of name) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0xdc80 && code <= 0xdcff) parts.push(code - 0xdc00);
    else parts.push(...encoder.encode(character));
  }
  return Uint8Array.from(parts);
};

/** The name of bytes: the reverse of {@link encodeName} for every byte sequence. */
export const decodeName = (bytes: Uint8Array): string => {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeBroken(bytes);
  }
};

const decodeBroken = (bytes: Uint8Array): string => {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    text += length === 0 ? String.fromCharCode(0xdc00 + (bytes[at] ?? 0)) : strict.decode(bytes.subarray(at, at + length));
    at += Math.max(length, 1);
  }
  return text;
};

/** Length of the valid UTF-8 sequence at an offset, 0 when there is none. */
const sequenceLength = (bytes: Uint8Array, at: number): number => {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || at + length > bytes.length) return 0;
  try {
    strict.decode(bytes.subarray(at, at + length));
    return length;
  } catch {
    return 0;
  }
};

/** Bytes as a byte string, one character per byte. */
export const toByteString = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

/** A byte string as bytes. */
export const fromByteString = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
