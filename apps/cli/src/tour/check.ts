import { CliError } from '../errors.js';
import { hexDump } from '../output/hex-dump.js';

/** Bytes shown of each side where two differ. */
const SHOWN = 16;

/** Throws CliError `MISMATCH` unless two values are the same; lists and records are compared by what is in them. */
export const checkEqual = (what: string, actual: unknown, expected: unknown): void => {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (is !== should) throw new CliError('MISMATCH', `${what}: expected ${should}, got ${is}`);
};

/** Throws CliError `MISMATCH`, with the first difference, unless the bytes are the same. */
export const checkBytes = (what: string, actual: Uint8Array, expected: Uint8Array): void => {
  if (actual.length !== expected.length) throw new CliError('MISMATCH', `${what}: expected ${expected.length} bytes, got ${actual.length}`);
  const at = expected.findIndex((byte, index) => actual[index] !== byte);
  if (at < 0) return;
  const from = at - (at % SHOWN);
  const show = (bytes: Uint8Array): string => hexDump(bytes.subarray(from, from + SHOWN)).trim();
  throw new CliError('MISMATCH', `${what}: byte ${at} differs: expected ${show(expected)}, got ${show(actual)}`);
};
