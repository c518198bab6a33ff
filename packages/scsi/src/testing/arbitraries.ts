import fc from 'fast-check';
import type { Struct, StructValues } from '../data/struct.js';
import type { BitField, BitFields, FieldValue } from '../field.js';

/** Any value that fits a field. */
export function fieldValue(field: BitField): fc.Arbitrary<FieldValue> {
  if (field.kind === 'flag') return fc.boolean();
  return field.kind === 'bigint' ? fc.bigInt({ min: 0n, max: (1n << BigInt(field.width)) - 1n }) : fc.integer({ min: 0, max: 2 ** field.width - 1 });
}

/** Any values of all the fields of a struct. */
export function structValues<Fields extends BitFields>(struct: Struct<Fields>): fc.Arbitrary<StructValues<Fields>> {
  const fields = Object.entries(struct.fields).map(([key, field]) => [key, fieldValue(field)] as const);
  return fc.record(Object.fromEntries(fields)) as unknown as fc.Arbitrary<StructValues<Fields>>;
}

export const u8 = fc.nat({ max: 0xff });
export const u16 = fc.nat({ max: 0xffff });
export const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
export const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

/** Printable ASCII that survives a padded field: no space at its end. */
export function asciiText(maxLength: number): fc.Arbitrary<string> {
  return fc
    .array(fc.integer({ min: 0x20, max: 0x7e }), { maxLength })
    .map((codes) => String.fromCharCode(...codes).trimEnd());
}

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
export const fromHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
