import { type ByteString } from '../bytes.js';

/**
 * SCST's comparison of a written word: over the shorter of the two lengths, without regard to letter case. Any beginning of the
 * word does, and so does anything after the whole of it. An empty text matches nothing.
 */
export const matchesPrefix = (word: string, text: ByteString): boolean => {
  const length = Math.min(word.length, text.length);
  return length > 0 && text.slice(0, length).toLowerCase() === word.slice(0, length).toLowerCase();
};
