import { ScsiDataError } from '@scst/scsi';

/** A field of a C structure, in the byte order of the machine: every architecture this is built for is little-endian. */
export interface LayoutField {
  readonly offset: number;
  readonly type: 'u8' | 'u16' | 'u32' | 's32' | 'u64';
}

type Fields = Readonly<Record<string, LayoutField>>;
type FieldValue<F extends LayoutField> = F['type'] extends 'u64' ? bigint : number;

export type LayoutValues<T extends Fields> = { -readonly [Name in keyof T]: FieldValue<T[Name]> };

/** A C structure as bytes: `encode` and `decode` beside each other. */
export interface Layout<T extends Fields> {
  /** Bytes. */
  readonly size: number;
  readonly fields: T;
  /** What is not given is 0. Throws a `ScsiDataError` of code `RANGE` for a value that its field cannot hold. */
  encode(values: Partial<LayoutValues<T>>): Uint8Array;
  /** Throws a `ScsiDataError` of code `TRUNCATED` where there are fewer bytes than the structure has. */
  decode(bytes: Uint8Array): LayoutValues<T>;
}

const RANGE = { u8: [0, 0xff], u16: [0, 0xffff], u32: [0, 0xffff_ffff], s32: [-0x8000_0000, 0x7fff_ffff] } as const;

const put = (view: DataView, name: string, { offset, type }: LayoutField, value: number | bigint): void => {
  if (type === 'u64') {
    if (typeof value !== 'bigint' || value < 0n || value > 0xffff_ffff_ffff_ffffn) throw new ScsiDataError('RANGE', offset, `${name}: expected a bigint of 64 bits, not ${value}`);
    view.setBigUint64(offset, value, true);
    return;
  }
  const [least, most] = RANGE[type];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw new ScsiDataError('RANGE', offset, `${name}: expected an integer from ${least} to ${most}, not ${value}`);
  }
  if (type === 'u8') view.setUint8(offset, value);
  else if (type === 'u16') view.setUint16(offset, value, true);
  else if (type === 'u32') view.setUint32(offset, value, true);
  else view.setInt32(offset, value, true);
};

const get = (view: DataView, { offset, type }: LayoutField): number | bigint => {
  switch (type) {
    case 'u8': return view.getUint8(offset);
    case 'u16': return view.getUint16(offset, true);
    case 'u32': return view.getUint32(offset, true);
    case 's32': return view.getInt32(offset, true);
    case 'u64': return view.getBigUint64(offset, true);
  }
};

export const defineLayout = <const T extends Fields>(name: string, size: number, fields: T): Layout<T> => ({
  size,
  fields,
  encode: (values) => {
    const bytes = new Uint8Array(size);
    const view = new DataView(bytes.buffer);
    for (const [key, value] of Object.entries(values) as [string, number | bigint | undefined][]) {
      const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (field === undefined) throw new ScsiDataError('RANGE', 0, `${name} has no field ${key}`);
      if (value !== undefined) put(view, `${name}.${key}`, field, value);
    }
    return bytes;
  },
  decode: (bytes) => {
    if (bytes.length < size) throw new ScsiDataError('TRUNCATED', bytes.length, `${name}: ${size} bytes needed, ${bytes.length} given`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, size);
    return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, get(view, field)])) as LayoutValues<T>;
  },
});
