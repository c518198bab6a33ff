import { CliError } from '../errors.js';

/** The smallest block SCST's virtual disks have. */
const SMALLEST = 512n;

/**
 * Refuses a block size that SCST would take for another one: it works with shifts, and rounds what is no power of two down.
 *
 * @param text As given; `0` and what is no number are left to SCST.
 */
export const checkBlockSize = (text: string): void => {
  if (!/^\d+$/u.test(text)) return;
  const size = BigInt(text);
  if (size < SMALLEST || (size & (size - 1n)) === 0n) return;
  const shift = size.toString(2).length - 1;
  throw new CliError('REFUSED', `a block size of ${size} bytes is no power of two: its shift is ${shift}, which gives blocks of ${1n << BigInt(shift)} bytes`, {
    hint: `Give ${1n << BigInt(shift)} or ${1n << BigInt(shift + 1)}.`,
    details: { blockSize: size, shift },
  });
};
