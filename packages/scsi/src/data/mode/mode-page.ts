import { readU8 } from '../../bytes.js';
import { requireLength, ScsiDataError } from '../../data-error.js';
import { type BitFields, type BitField, flag } from '../../field.js';
import { decodeStruct, encodeStruct, maskStruct, type Struct, type StructInput, type StructValues } from '../struct.js';

/** PC of MODE SENSE, SPC-5 6.14: which values of a page are meant. */
export const PAGE_CONTROL = { CURRENT: 0, CHANGEABLE: 1, DEFAULT: 2, SAVED: 3 } as const;

/** Every page has it: PS, the device can save the page. In what a MODE SELECT sends it is reserved. */
const HEADER_FIELDS = { parametersSaveable: flag('PS', 0, 7) };
type WithHeader<Fields extends BitFields> = Fields & typeof HEADER_FIELDS;

/** A mode page of fixed layout (page_0 format), with its decoder, its encoder and its changeable mask. */
export interface ModePage<Fields extends BitFields> extends Struct<WithHeader<Fields>> {
  readonly pageCode: number;
  /** The standard's name. */
  readonly name: string;
  /** Throws {@link ScsiDataError}: `TRUNCATED` below 2 bytes, `MALFORMED` for another page. Fields that were cut off are zero. */
  readonly decode: (bytes: Uint8Array) => StructValues<WithHeader<Fields>>;
  /** The whole page with its header. Throws {@link ScsiDataError} `RANGE` for a value that does not fit. Fields left out are zero. */
  readonly encode: (values: StructInput<WithHeader<Fields>>) => Uint8Array;
  /** The page as MODE SENSE returns it for the changeable values: ones in the fields that a MODE SELECT may change. */
  readonly changeable: (keys: readonly (keyof Fields & string)[]) => Uint8Array;
}

export function defineModePage<Fields extends Readonly<Record<string, BitField>>>(row: {
  readonly pageCode: number;
  readonly name: string;
  /** Bytes, with the two of the header. */
  readonly length: number;
  readonly fields: Fields;
}): ModePage<Fields> {
  const struct: Struct<WithHeader<Fields>> = { length: row.length, fields: { ...row.fields, ...HEADER_FIELDS } };
  const withHeader = (bytes: Uint8Array): Uint8Array => {
    bytes[0] = (readU8(bytes, 0) & 0x80) | row.pageCode;
    bytes[1] = row.length - 2;
    return bytes;
  };
  return {
    ...struct,
    pageCode: row.pageCode,
    name: row.name,
    decode(bytes) {
      requireLength(bytes, 2, `${row.name} mode page`);
      if ((readU8(bytes, 0) & 0x7f) !== row.pageCode) throw new ScsiDataError('MALFORMED', 0, `not the ${row.name} mode page`);
      return decodeStruct(struct, bytes.subarray(0, 2 + readU8(bytes, 1)));
    },
    encode: (values) => withHeader(encodeStruct(struct, values)),
    changeable: (keys) => withHeader(maskStruct(struct, keys)),
  };
}
