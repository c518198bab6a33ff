import { toByteString } from '../names.js';

/** The kernel's number readers on a 64-bit machine: kstrtoul, kstrtol, kstrtouint, kstrtoint, kstrtoull, kstrtoll. */
export type KernelNumberType = 'ulong' | 'long' | 'uint' | 'int' | 'ulonglong' | 'longlong';

const RANGE: Record<KernelNumberType, { signed: boolean; min: bigint; max: bigint }> = {
  ulong: { signed: false, min: 0n, max: 2n ** 64n - 1n },
  ulonglong: { signed: false, min: 0n, max: 2n ** 64n - 1n },
  uint: { signed: false, min: 0n, max: 2n ** 32n - 1n },
  long: { signed: true, min: -(2n ** 63n), max: 2n ** 63n - 1n },
  longlong: { signed: true, min: -(2n ** 63n), max: 2n ** 63n - 1n },
  int: { signed: true, min: -(2n ** 31n), max: 2n ** 31n - 1n },
};

const U64_MAX = 2n ** 64n - 1n;

/** Text as the kernel's C strings hold it: one character per byte, ended by the first NUL. */
const cString = (text: Uint8Array | string): string => {
  const bytes = typeof text === 'string' ? text : toByteString(text);
  const end = bytes.indexOf('\0');
  return end < 0 ? bytes : bytes.slice(0, end);
};

/**
 * Reads a number exactly as the kernel does (SPEC 1.3): radix from the prefix (`0x`, `0`), an optional `+`, `-` for the signed
 * types only, one optional trailing newline, and nothing else, no white space either.
 *
 * @param text The text written; it ends at its first NUL.
 * @param radix 0 takes the radix from the prefix; 16 takes an optional `0x`.
 * @returns The value, or the errno: `EINVAL` for what is no number, `ERANGE` for one that does not fit the type. Overflow of
 *   64 bits is noticed before what follows the digits is looked at, so `99999999999999999999x` is `ERANGE`.
 */
export const parseKernelNumber = (text: Uint8Array | string, type: KernelNumberType, radix: 0 | 8 | 10 | 16 = 0): bigint | 'EINVAL' | 'ERANGE' => {
  const { signed, min, max } = RANGE[type];
  const string = cString(text);
  const negative = signed && string.startsWith('-');
  const magnitude = parseMagnitude(negative || string.startsWith('+') ? string.slice(1) : string, radix);
  if (typeof magnitude === 'string') return magnitude;
  const value = negative ? -magnitude : magnitude;
  return value < min || value > max ? 'ERANGE' : value;
};

const parseMagnitude = (text: string, radix: 0 | 8 | 10 | 16): bigint | 'EINVAL' | 'ERANGE' => {
  // The prefix counts only before a hexadecimal digit: "0x" alone is the octal 0 followed by an x.
  const hexPrefix = /^0x[0-9a-f]/iu.test(text);
  const base = radix !== 0 ? radix : hexPrefix ? 16 : text.startsWith('0') ? 8 : 10;
  const start = base === 16 && /^0x/iu.test(text) ? 2 : 0;
  const digitsOf = base === 16 ? /^[0-9a-f]*/iu : base === 8 ? /^[0-7]*/u : /^[0-9]*/u;
  const digits = digitsOf.exec(text.slice(start))?.[0] ?? '';
  if (digits === '') return 'EINVAL';
  const value = BigInt(base === 16 ? `0x${digits}` : base === 8 ? `0o${digits}` : digits);
  if (value > U64_MAX) return 'ERANGE';
  const rest = text.slice(start + digits.length);
  return rest === '' || rest === '\n' ? value : 'EINVAL';
};

/**
 * Reads a boolean as kstrtobool does: only the first one or two characters count, so `10` is true and `offline` is false
 * (SPEC 2, `async_lun_replace`; SPEC 13, `add_default_tgt`).
 *
 * @returns The value, or `EINVAL`.
 */
export const parseKernelBoolean = (text: Uint8Array | string): boolean | 'EINVAL' => {
  const string = cString(text);
  if (/^(?:[yt1]|on)/iu.test(string)) return true;
  if (/^(?:[nf0]|of)/iu.test(string)) return false;
  return 'EINVAL';
};
