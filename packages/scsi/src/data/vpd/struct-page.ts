import type { BitFields } from '../../field.js';
import { decodeStruct, encodeStruct, type Struct, type StructInput, type StructValues } from '../struct.js';
import { encodeVpdPage, VPD_HEADER_LENGTH, vpdPayload, type VpdPeripheral } from './page.js';

/** A VPD page of fixed layout, with its decoder and encoder. The fields count their bytes from the start of the page, as the standards do. */
export interface StructPage<Fields extends BitFields> extends Struct<Fields> {
  readonly pageCode: number;
  /** Throws {@link ScsiDataError} when the header is cut or another page's; fields that were cut off are zero. */
  readonly decode: (bytes: Uint8Array) => StructValues<Fields>;
  /** Throws {@link ScsiDataError} `RANGE` for a value that does not fit. Fields left out are zero. */
  readonly encode: (values: StructInput<Fields>, peripheral?: VpdPeripheral) => Uint8Array;
}

export function defineStructPage<Fields extends BitFields>(pageCode: number, length: number, fields: Fields): StructPage<Fields> {
  const struct: Struct<Fields> = { length, fields };
  return {
    ...struct,
    pageCode,
    decode(bytes) {
      const payload = vpdPayload(bytes, pageCode);
      return decodeStruct(struct, bytes.subarray(0, VPD_HEADER_LENGTH + payload.length));
    },
    encode(values, peripheral) {
      return encodeVpdPage(pageCode, encodeStruct(struct, values).subarray(VPD_HEADER_LENGTH), peripheral);
    },
  };
}
