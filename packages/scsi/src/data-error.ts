/**
 * Parameter data, sense data or a CDB that cannot be decoded or encoded.
 *
 * - `TRUNCATED`: the bytes end before a field without which nothing can be said.
 * - `MALFORMED`: a field contradicts the standard (a length that cannot be, a wrong page code).
 * - `RANGE`: a value given to an encoder does not fit its field.
 *
 * `offset` is the byte where it happened, from the start of the data.
 */
export class ScsiDataError extends Error {
  readonly code: 'TRUNCATED' | 'MALFORMED' | 'RANGE';
  readonly offset: number;
  constructor(code: ScsiDataError['code'], offset: number, message: string, options?: ErrorOptions) {
    super(`${message} (byte ${offset})`, options);
    this.name = 'ScsiDataError';
    this.code = code;
    this.offset = offset;
  }
}

/** Throws `TRUNCATED` unless `bytes` holds at least `length` bytes. */
export function requireLength(bytes: Uint8Array, length: number, what: string): void {
  if (bytes.length < length) {
    throw new ScsiDataError('TRUNCATED', bytes.length, `${what}: ${length} bytes needed, ${bytes.length} given`);
  }
}

/** Throws `RANGE` unless `value` is a whole number of at most `bits` bits (below 54). */
export function requireRange(value: number, bits: number, offset: number, what: string): void {
  if (!Number.isSafeInteger(value) || value < 0 || value >= 2 ** bits) {
    throw new ScsiDataError('RANGE', offset, `${what}: ${value} does not fit ${bits} bits`);
  }
}
