import { readU16, readU24, readU32, readU8, writeU16, writeU24, writeU32 } from '@scst/scsi';
import { IscsiError } from '../error.js';
import { AT, HEADER_LENGTH, IMMEDIATE, OPCODE_MASK } from './opcode.js';

/** A field of a header: `mask` selects bits of one byte, shifted down; `bytes` is that many as they stand. */
export type HeaderField =
  | { readonly kind: 'flag'; readonly at: number; readonly mask: number }
  | { readonly kind: 'bits'; readonly at: number; readonly mask: number }
  | { readonly kind: 'number'; readonly at: number; readonly width: 1 | 2 | 3 | 4 }
  | { readonly kind: 'bytes'; readonly at: number; readonly length: number };

export const flag = (at: number, mask: number) => ({ kind: 'flag', at, mask }) as const;
export const bits = (at: number, mask: number) => ({ kind: 'bits', at, mask }) as const;
export const number = (at: number, width: 1 | 2 | 3 | 4) => ({ kind: 'number', at, width }) as const;
export const bytes = (at: number, length: number) => ({ kind: 'bytes', at, length }) as const;

type ValueOf<Field extends HeaderField> = Field['kind'] extends 'flag' ? boolean : Field['kind'] extends 'bytes' ? Uint8Array : number;
export type HeaderValues<Fields extends Readonly<Record<string, HeaderField>>> = { -readonly [Key in keyof Fields]: ValueOf<Fields[Key]> };

/** A basic header segment's codec: one table of fields encodes and decodes. Bits that no field claims are written as zero and not read. */
export interface HeaderCodec<Fields extends Readonly<Record<string, HeaderField>> = Readonly<Record<string, HeaderField>>> {
  readonly name: string;
  readonly opcode: number;
  readonly fields: Fields;
  /** 48 bytes; what is not given is zero, and so are both segment lengths. Throws {@link IscsiError} `ERR_RANGE`. */
  encode(values: Partial<HeaderValues<Fields>>): Uint8Array;
  /** Throws {@link IscsiError} `ERR_MALFORMED` for fewer than 48 bytes or another opcode. */
  decode(header: Uint8Array): HeaderValues<Fields>;
}

/** What every header has. */
const COMMON = {
  totalAhsLength: number(AT.TOTAL_AHS_LENGTH, 1),
  dataSegmentLength: number(AT.DATA_SEGMENT_LENGTH, 3),
  initiatorTaskTag: number(AT.INITIATOR_TASK_TAG, 4),
} as const;

/** Makes the codec of a PDU's header. */
export function defineHeader<const Fields extends Readonly<Record<string, HeaderField>>>(
  name: string,
  opcode: number,
  own: Fields,
): HeaderCodec<typeof COMMON & Fields> {
  const fields = { ...COMMON, ...own };
  const entries = Object.entries<HeaderField>(fields);
  return {
    name,
    opcode,
    fields,
    encode: (values) => {
      const header = new Uint8Array(HEADER_LENGTH);
      header[0] = opcode;
      const given = values as Readonly<Record<string, boolean | number | Uint8Array | undefined>>;
      for (const [key, field] of entries) {
        const value = given[key];
        if (value !== undefined) writeField(header, field, value, `${name} ${key}`);
      }
      return header;
    },
    decode: (header) => {
      if (header.length < HEADER_LENGTH) throw new IscsiError('ERR_MALFORMED', `${name}: a header has ${HEADER_LENGTH} bytes, this one ${header.length}`);
      const found = readU8(header, 0) & OPCODE_MASK;
      if (found !== opcode) throw new IscsiError('ERR_MALFORMED', `${name} has opcode ${opcode}, this header ${found}`);
      return Object.fromEntries(entries.map(([key, field]) => [key, readField(header, field)])) as HeaderValues<typeof COMMON & Fields>;
    },
  };
}

/** I of byte 0, for requests. */
export const immediate = flag(0, IMMEDIATE);

const shiftOf = (mask: number): number => 31 - Math.clz32(mask & -mask);

function readField(header: Uint8Array, field: HeaderField): boolean | number | Uint8Array {
  switch (field.kind) {
    case 'flag':
      return (readU8(header, field.at) & field.mask) !== 0;
    case 'bits':
      return (readU8(header, field.at) & field.mask) >>> shiftOf(field.mask);
    case 'bytes':
      return header.slice(field.at, field.at + field.length);
    case 'number':
      return readNumber(header, field.at, field.width);
  }
}

function readNumber(header: Uint8Array, at: number, width: 1 | 2 | 3 | 4): number {
  if (width === 4) return readU32(header, at);
  if (width === 3) return readU24(header, at);
  return width === 2 ? readU16(header, at) : readU8(header, at);
}

function writeField(header: Uint8Array, field: HeaderField, value: boolean | number | Uint8Array, name: string): void {
  if (typeof value === 'boolean') {
    if (field.kind === 'flag' && value) header[field.at] = readU8(header, field.at) | field.mask;
  } else if (typeof value === 'number') {
    const limit = field.kind === 'number' ? 2 ** (8 * field.width) - 1 : field.kind === 'bits' ? field.mask >>> shiftOf(field.mask) : 0;
    if (!Number.isInteger(value) || value < 0 || value > limit) throw new IscsiError('ERR_RANGE', `${name}: ${value} is not 0 to ${limit}`);
    if (field.kind === 'bits') header[field.at] = readU8(header, field.at) | (value << shiftOf(field.mask));
    else if (field.kind === 'number') writeNumber(header, field.at, field.width, value);
  } else if (field.kind === 'bytes') {
    if (value.length !== field.length) throw new IscsiError('ERR_RANGE', `${name} has ${field.length} bytes, not ${value.length}`);
    header.set(value, field.at);
  }
}

function writeNumber(header: Uint8Array, at: number, width: 1 | 2 | 3 | 4, value: number): void {
  if (width === 4) writeU32(header, at, value);
  else if (width === 3) writeU24(header, at, value);
  else if (width === 2) writeU16(header, at, value);
  else header[at] = value;
}
