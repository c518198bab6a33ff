import { TransportIdError } from './error.js';
import { type TransportId } from './types.js';

/** Length of every TransportID but iSCSI's, and the least any can have, SPC-4 7.6.4.1. */
export const FIXED_LENGTH = 24;

/** How one protocol's TransportID stands in bytes and in text. */
export interface Codec<T extends TransportId> {
  readonly protocol: T['protocol'];
  readonly protocolIdentifier: number;
  /** What stands before the colon of the text form; the first is the one that is printed. */
  readonly schemes: readonly [string, ...string[]];
  encode(id: T): Uint8Array;
  /** `bytes` is one whole TransportID whose PROTOCOL IDENTIFIER is this codec's. */
  decode(bytes: Uint8Array, ignoreReserved: boolean): T;
  /** The text form without its scheme. */
  print(id: T): string;
  /** Reads the text form without its scheme; `at` is its offset in the whole text. */
  parse(text: string, at: number): T;
}

/** Checks length, FORMAT CODE 00b and that everything outside `fields` is zero, for the protocols whose TransportID has 24 bytes. */
export function checkFixedLayout(
  bytes: Uint8Array,
  fields: readonly { readonly offset: number; readonly length: number }[],
  clause: string,
  ignoreReserved: boolean,
): void {
  if (bytes.length < FIXED_LENGTH) {
    const rule = `a TransportID of this protocol has ${FIXED_LENGTH} bytes, there are ${bytes.length}`;
    throw new TransportIdError({ code: 'TRUNCATED', offset: bytes.length, rule, clause });
  }
  if (bytes.length > FIXED_LENGTH) {
    const rule = `a TransportID of this protocol has ${FIXED_LENGTH} bytes, there are ${bytes.length}`;
    throw new TransportIdError({ code: 'TRAILING_BYTES', offset: FIXED_LENGTH, rule, clause });
  }
  const formatCode = (bytes[0] ?? 0) >> 6;
  if (formatCode !== 0) {
    throw new TransportIdError({ code: 'FORMAT_CODE', offset: 0, rule: `FORMAT CODE is ${formatCode}, not 0`, clause });
  }
  if (ignoreReserved) return;
  const isField = (at: number): boolean => fields.some(({ offset, length }) => at >= offset && at < offset + length);
  for (const [at, byte] of bytes.entries()) {
    const reserved = at === 0 ? byte & 0x30 : isField(at) ? 0 : byte;
    if (reserved !== 0) throw new TransportIdError({ code: 'RESERVED', offset: at, rule: 'a reserved bit is not zero', clause });
  }
}

/** Throws unless `value` is a whole number from 0 to `maximum`. */
export function checkField(name: string, value: bigint | number, maximum: bigint, offset: number, clause: string): void {
  const whole = typeof value === 'bigint' || Number.isInteger(value);
  if (!whole || value < 0 || value > maximum) {
    throw new TransportIdError({ code: 'FIELD', offset, rule: `${name} must be from 0 to ${maximum.toString()}, it is ${value.toString()}`, clause });
  }
}

/** A text form that cannot be read. */
export const textError = (offset: number, rule: string): TransportIdError =>
  new TransportIdError({ code: 'TEXT', offset, unit: 'character', rule });
