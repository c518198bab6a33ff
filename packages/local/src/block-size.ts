import { type MgmtParameters } from '@scst/sysfs';
import { LocalError } from './errors.js';

/** The smallest block SCST's virtual disks have, in bytes. */
const SMALLEST = 512n;

/**
 * Refuses a `blocksize` that SCST would take for another one: it works with shifts, and rounds what is no power of two down (SPEC 8.1).
 * What is no number, and sizes SCST itself refuses, are left to it.
 *
 * @throws LocalError `BAD_ARGUMENT`, with the size and the shift it would give.
 */
export const checkBlockSize = (given: MgmtParameters[string]): void => {
  // Of a parameter given more than once the last one counts.
  const size = parse(String(Array.isArray(given) ? given.at(-1) : given));
  if (size === undefined || size < SMALLEST || (size & (size - 1n)) === 0n) return;
  const shift = BigInt(size.toString(2).length - 1);
  throw new LocalError('BAD_ARGUMENT', `a block size of ${size} bytes is no power of two: its shift is ${shift}, which gives blocks of ${1n << shift} bytes`, {
    hint: `Give ${1n << shift} or ${1n << (shift + 1n)}.`,
  });
};

/** A number as the kernel reads it: decimal, `0x…`, or octal with a leading zero. */
const parse = (text: string): bigint | undefined => {
  if (/^0x[\da-f]+$/iu.test(text) || /^(?:0|[1-9]\d*)$/u.test(text)) return BigInt(text);
  return /^0[0-7]+$/u.test(text) ? BigInt(`0o${text.slice(1)}`) : undefined;
};
