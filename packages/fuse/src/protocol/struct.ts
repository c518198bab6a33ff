import { endianness } from 'node:os';
import { ProtocolError } from './protocol-error.js';

/** The kernel and its file systems are on one machine: structures are in its byte order. */
const littleEndian = endianness() === 'LE';

/** How one member of a structure lies in memory. */
export interface Field<T> {
  /** Bytes it takes. */
  readonly size: number;
  read(view: DataView, at: number): T;
  write(view: DataView, at: number, value: T): void;
}

export const u16: Field<number> = {
  size: 2,
  read: (view, at) => view.getUint16(at, littleEndian),
  write: (view, at, value) => { view.setUint16(at, value, littleEndian); },
};

export const u32: Field<number> = {
  size: 4,
  read: (view, at) => view.getUint32(at, littleEndian),
  write: (view, at, value) => { view.setUint32(at, value, littleEndian); },
};

export const i32: Field<number> = {
  size: 4,
  read: (view, at) => view.getInt32(at, littleEndian),
  write: (view, at, value) => { view.setInt32(at, value, littleEndian); },
};

const TWO_32 = 0x1_0000_0000;
const [lowAt, highAt] = littleEndian ? [0, 4] : [4, 0];

/**
 * A 64-bit member as a number. Exact below 2^53, which the numbers of requests, nodes and handles stay below; an offset beyond is
 * rounded, and still lies past the end of every text.
 */
export const u64: Field<number> = {
  size: 8,
  read: (view, at) => view.getUint32(at + highAt, littleEndian) * TWO_32 + view.getUint32(at + lowAt, littleEndian),
  write: (view, at, value) => {
    view.setUint32(at + lowAt, value % TWO_32, littleEndian);
    view.setUint32(at + highAt, Math.floor(value / TWO_32), littleEndian);
  },
};

/** Padding, or a member of no interest here: skipped when read, zero when written. */
export interface Skipped extends Field<undefined> {
  readonly skipped: true;
}

export const skipped = (size: number): Skipped => ({ size, skipped: true, read: () => undefined, write: () => undefined });

/** Any field, whatever its value. */
interface AnyField {
  readonly size: number;
  read(view: DataView, at: number): unknown;
  write(view: DataView, at: number, value: never): void;
}

type Fields = Readonly<Record<string, AnyField>>;

/** The members of a structure that carry a value. */
export type ValuesOf<F> = { [Name in keyof F as F[Name] extends Skipped ? never : Name]: F[Name] extends Field<infer T> ? T : never };

/** A structure of fixed size: decode and encode of the same rows. Also a field, for structures within structures. */
export interface Struct<T> extends Field<T> {
  /** Reads it from the beginning of bytes, which may go on. @throws ProtocolError when they are too few. */
  decode(bytes: Uint8Array): T;
  encode(value: T): Uint8Array<ArrayBuffer>;
}

/** Value of what {@link struct} describes. */
export type StructValue<S> = S extends Struct<infer T> ? T : never;

/**
 * Describes a structure by its members in their order. All structures of the protocol are laid out so that every member is at a
 * multiple of its own size; there is no hidden padding.
 */
export const struct = <F extends Fields>(fields: F): Struct<ValuesOf<F>> => {
  // The members' types are lost in this list and come back with ValuesOf, which is made of the same object.
  const rows: { name: string; field: Field<unknown>; offset: number; skipped: boolean }[] = [];
  let size = 0;
  for (const [name, field] of Object.entries(fields) as [string, Field<unknown>][]) {
    rows.push({ name, field, offset: size, skipped: 'skipped' in field });
    size += field.size;
  }
  const kept = rows.filter((row) => !row.skipped);

  const read = (view: DataView, at: number): ValuesOf<F> => {
    const value: Record<string, unknown> = {};
    for (const { name, field, offset } of kept) value[name] = field.read(view, at + offset);
    return value as ValuesOf<F>;
  };
  const write = (view: DataView, at: number, value: ValuesOf<F>): void => {
    const values = value as Record<string, unknown>;
    for (const { name, field, offset } of kept) field.write(view, at + offset, values[name]);
  };
  return {
    size,
    read,
    write,
    decode: (bytes) => {
      if (bytes.length < size) throw new ProtocolError(`a structure of ${size} bytes was expected, ${bytes.length} came`);
      return read(new DataView(bytes.buffer, bytes.byteOffset, size), 0);
    },
    encode: (value) => {
      const bytes = new Uint8Array(size);
      write(new DataView(bytes.buffer), 0, value);
      return bytes;
    },
  };
};
