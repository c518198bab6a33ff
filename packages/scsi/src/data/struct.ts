import { type BitField, type BitFields, type FieldValue, readField, writeField } from '../field.js';

/** Parameter data of fixed layout, as a table of fields: one table decodes, encodes and makes masks. */
export interface Struct<Fields extends BitFields> {
  /** Bytes the encoder gives. */
  readonly length: number;
  readonly fields: Fields;
}

type ValueOf<Field> = Field extends BitField<infer Value> ? Value : never;
type InputOf<Field> = ValueOf<Field> extends bigint ? bigint | number : ValueOf<Field>;

/** What decoding a struct gives. */
export type StructValues<Fields extends BitFields> = { readonly [Key in keyof Fields]: ValueOf<Fields[Key]> };
/** What encoding a struct takes; a field left out is zero. */
export type StructInput<Fields extends BitFields> = { readonly [Key in keyof Fields]?: InputOf<Fields[Key]> | undefined };

/** Decodes a struct; fields beyond the end of `bytes` are zero. */
export function decodeStruct<Fields extends BitFields>(struct: Struct<Fields>, bytes: Uint8Array): StructValues<Fields> {
  const values: Record<string, FieldValue> = {};
  for (const [key, field] of Object.entries(struct.fields)) values[key] = readField(bytes, field);
  return values as StructValues<Fields>;
}

/** Encodes a struct. Throws {@link ScsiDataError} `RANGE` for a value that does not fit its field. Members that are no field are left alone. */
export function encodeStruct<Fields extends BitFields>(struct: Struct<Fields>, values: StructInput<Fields>): Uint8Array {
  const bytes = new Uint8Array(struct.length);
  const given = values as Readonly<Record<string, FieldValue | undefined>>;
  for (const [key, field] of Object.entries(struct.fields)) {
    const value = given[key];
    if (value !== undefined) writeField(bytes, field, value);
  }
  return bytes;
}

/** The bytes of a struct with every bit of the named fields set: a mask of changeable values. */
export function maskStruct<Fields extends BitFields>(struct: Struct<Fields>, keys: readonly (keyof Fields)[]): Uint8Array {
  const bytes = new Uint8Array(struct.length);
  for (const key of keys) {
    const field = struct.fields[key];
    if (field !== undefined) writeField(bytes, field, field.kind === 'flag' ? true : (1n << BigInt(field.width)) - 1n);
  }
  return bytes;
}
