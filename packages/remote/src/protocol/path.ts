import { decodeName, encodeName } from '@scst/sysfs';

/** Bytes that stand for themselves: RFC 3986's unreserved characters, and a few that are legal in a path and common in SCST's names. */
const PLAIN = /[A-Za-z0-9\-._~:@!]/u;

/** One name as a part of a URL's path: every byte that is not plain, `/` included, as `%XX`. */
export const encodePart = (name: string): string =>
  Array.from(encodeName(name), (byte) => {
    const character = String.fromCharCode(byte);
    return PLAIN.test(character) && byte < 0x80 ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');

/** A path below the tree's root as the path of a URL; its slashes stay. */
export const encodePath = (path: string): string => path.split('/').map(encodePart).join('/');

/**
 * The name a part of a URL's path stands for, whatever its bytes.
 *
 * @returns undefined for a `%` that is not followed by two hexadecimal digits.
 */
export const decodePart = (text: string): string | undefined => {
  if (/%(?![0-9a-f]{2})/iu.test(text)) return undefined;
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '%') {
      bytes.push(Number.parseInt(text.slice(at + 1, at + 3), 16));
      at += 2;
    } else {
      bytes.push(text.charCodeAt(at) & 0xff);
    }
  }
  return decodeName(Uint8Array.from(bytes));
};
