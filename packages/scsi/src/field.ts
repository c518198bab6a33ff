import { ScsiDataError } from './data-error.js';

/**
 * A field of a CDB or of parameter data, placed as the standards draw it: its first byte, its most significant bit in that byte, and its width in bits,
 * running on into the following bytes. That is also how a sense field pointer names it (SPC-5 4.4.2.4.2).
 *
 * `Value` and `Optional` exist for the types only: what an encoder takes, and whether it may be left out (and is zero then).
 */
export interface BitField<Value extends FieldValue = FieldValue, Optional extends boolean = boolean> {
  /** The standard's name, in its capitals. */
  readonly name: string;
  readonly byte: number;
  readonly bit: number;
  readonly width: number;
  readonly kind: 'flag' | 'number' | 'bigint';
  readonly optional: Optional;
  /** Never there; it carries the type. */
  readonly value?: Value;
}

export type FieldValue = boolean | number | bigint;
export type BitFields = Readonly<Record<string, BitField>>;

/** One bit. */
export function flag(name: string, byte: number, bit: number): BitField<boolean, true> {
  return { name, byte, bit, width: 1, kind: 'flag', optional: true };
}

/** Bits inside one byte, from `bit` downwards, zero unless given. */
export function bits(name: string, byte: number, bit: number, width: number): BitField<number, true> {
  return { name, byte, bit, width, kind: 'number', optional: true };
}

/** Whole bytes, zero unless given. */
export function word(name: string, byte: number, bytes: 1 | 2 | 3 | 4): BitField<number, true> {
  return { name, byte, bit: 7, width: bytes * 8, kind: 'number', optional: true };
}

/** Like {@link bits}, but must be given. */
export function requiredBits(name: string, byte: number, bit: number, width: number): BitField<number, false> {
  return { name, byte, bit, width, kind: 'number', optional: false };
}

/** Like {@link word}, but must be given. */
export function requiredWord(name: string, byte: number, bytes: 1 | 2 | 3 | 4): BitField<number, false> {
  return { name, byte, bit: 7, width: bytes * 8, kind: 'number', optional: false };
}

/** A 64-bit field that must be given; a number is taken as well. */
export function requiredLong(name: string, byte: number): BitField<bigint, false> {
  return { name, byte, bit: 7, width: 64, kind: 'bigint', optional: false };
}

/** A 64-bit field, zero unless given; a number is taken as well. */
export function long(name: string, byte: number): BitField<bigint, true> {
  return { name, byte, bit: 7, width: 64, kind: 'bigint', optional: true };
}

/** Index of the last byte of a field. */
export function lastByte(field: BitField): number {
  return field.byte + ((7 - field.bit + field.width - 1) >>> 3);
}

/** Bits below the field in its last byte. */
function lowerBits(field: BitField): number {
  return 7 - ((7 - field.bit + field.width - 1) & 7);
}

/** 2 to the power of 0 to 64. */
const POWERS: readonly number[] = Array.from({ length: 65 }, (_, exponent) => 2 ** exponent);

/** Reads a field; bytes beyond the end of `bytes` are zero. */
export function readField(bytes: Uint8Array, field: BitField): FieldValue {
  const last = lastByte(field);
  if (field.kind === 'bigint') {
    let value = 0n;
    for (let at = field.byte; at <= last; at++) value = (value << 8n) | BigInt(bytes[at] ?? 0);
    return value;
  }
  let value = (bytes[field.byte] ?? 0) & ((2 << field.bit) - 1);
  for (let at = field.byte + 1; at <= last; at++) value = value * 256 + (bytes[at] ?? 0);
  value = Math.floor(value / (POWERS[lowerBits(field)] ?? 1));
  return field.kind === 'flag' ? value !== 0 : value;
}

/** Sets a field whose bits are still zero. Throws {@link ScsiDataError} `RANGE` for a value that does not fit. */
export function writeField(bytes: Uint8Array, field: BitField, value: FieldValue): void {
  if (typeof value === 'boolean') {
    if (value) bytes[field.byte] = (bytes[field.byte] ?? 0) | (1 << field.bit);
    return;
  }
  if (typeof value === 'bigint' ? value < 0n || value >> BigInt(field.width) !== 0n : !Number.isSafeInteger(value) || value < 0 || value >= (POWERS[field.width] ?? 0)) {
    throw new ScsiDataError('RANGE', field.byte, `${field.name}: ${value.toString()} does not fit ${field.width} bits`);
  }
  let at = lastByte(field);
  const below = lowerBits(field);
  if (typeof value === 'bigint') {
    for (let rest = value << BigInt(below); at >= field.byte; at--, rest >>= 8n) bytes[at] = (bytes[at] ?? 0) | Number(rest & 0xffn);
  } else if (field.width + below <= 32) {
    // Nearly every field: integers of 32 bits are what is fast.
    for (let rest = value << below; at >= field.byte; at--, rest >>>= 8) bytes[at] = (bytes[at] ?? 0) | (rest & 0xff);
  } else {
    for (let rest = value * (POWERS[below] ?? 0); at >= field.byte; at--, rest = Math.floor(rest / 256)) bytes[at] = (bytes[at] ?? 0) | (rest % 256);
  }
}
