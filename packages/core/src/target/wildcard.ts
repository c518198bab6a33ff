import { type ByteString } from '../bytes.js';

/**
 * Matches an initiator name against a pattern of an access control group (SPEC sysfs 6.4): `*` any run, `?` one byte,
 * `!` negates the match of all that follows it, once. Bytes are compared without regard to Latin-1 letter case.
 */
export const matchesPattern = (pattern: ByteString, name: ByteString): boolean => match(pattern, 0, name, 0, true);

const BANG = 0x21;
const STAR = 0x2a;
const ANY = 0x3f;

/** The kernel's algorithm; beyond the end `charCodeAt` gives NaN, which equals nothing. */
const match = (pattern: string, patternAt: number, name: string, nameAt: number, mayNegate: boolean): boolean => {
  let p = patternAt;
  let n = nameAt;
  while (n < name.length && pattern.charCodeAt(p) !== STAR) {
    const wanted = pattern.charCodeAt(p);
    if (wanted === BANG && mayNegate) return !match(pattern, p + 1, name, n, false);
    if (wanted !== ANY && fold(wanted) !== fold(name.charCodeAt(n))) return false;
    p += 1;
    n += 1;
  }
  let starAt = -1;
  let retryAt = -1;
  while (n < name.length) {
    const wanted = pattern.charCodeAt(p);
    if (wanted === BANG && mayNegate) return !match(pattern, p + 1, name, n, false);
    if (wanted === STAR) {
      p += 1;
      if (p >= pattern.length) return true;
      starAt = p;
      retryAt = n + 1;
    } else if (wanted === ANY || fold(wanted) === fold(name.charCodeAt(n))) {
      p += 1;
      n += 1;
    } else {
      p = starAt;
      n = retryAt;
      retryAt += 1;
    }
  }
  while (pattern.charCodeAt(p) === STAR) p += 1;
  return p >= pattern.length;
};

/** The kernel's tolower(): ASCII and Latin-1 capitals but the multiplication sign. */
const fold = (code: number): number => ((code >= 0x41 && code <= 0x5a) || (code >= 0xc0 && code <= 0xde && code !== 0xd7) ? code + 0x20 : code);
