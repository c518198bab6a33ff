import { encodeName } from './names.js';

/** What is written, as bytes. Text is encoded as names are, so a name with stray bytes is written as those bytes. */
export const toBytes = (data: Uint8Array | string): Uint8Array => (typeof data === 'string' ? encodeName(data) : data);

/** Several pieces as one. */
export const concatBytes = (pieces: readonly Uint8Array[]): Uint8Array => {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return only;
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
};

/** Order of byte strings, as memcmp(3). */
export const compareBytes = (a: Uint8Array, b: Uint8Array): number => Buffer.compare(a, b);
