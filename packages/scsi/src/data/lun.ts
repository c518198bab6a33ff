import { readU16, readU64, readU8, writeU16, writeU64 } from '../bytes.js';
import { requireLength, ScsiDataError } from '../data-error.js';

/**
 * How a LUN is written into its eight bytes, SAM-6 4.7.7.
 *
 * - `peripheral`: 8-bit LUN of bus 0. SCST's form of that name puts the whole 14-bit number there.
 * - `flat`: 14-bit flat space addressing.
 * - `logical-unit`: logical unit addressing; bus and target zero, 14 bits as SCST writes them.
 * - `extended-flat`: extended logical unit addressing, flat: 24 bits.
 */
export type LunAddressMethod = 'peripheral' | 'flat' | 'logical-unit' | 'extended-flat';

export interface LunAddress {
  readonly method: LunAddressMethod;
  readonly lun: number;
}

/** Bytes of a LUN as SAM-6 writes it. */
export const LUN_LENGTH = 8;

const METHOD_BITS = { peripheral: 0, flat: 1, 'logical-unit': 2 } as const;
/** Highest LUN of the two-byte forms. */
const MAX_LUN_14 = 0x3fff;
const MAX_LUN_24 = 0xff_ffff;
/** Extended address method 2 with LENGTH 1: flat, three bytes (SAM-6 4.7.7.5.3). */
const EXTENDED_FLAT = 0xd2;

/**
 * The eight bytes of a LUN. The default method is `peripheral` below 256, `flat` up to 16383 and `extended-flat` above.
 * Throws {@link ScsiDataError} `RANGE` for a number that the method cannot hold.
 */
export function encodeLun(lun: number, method?: LunAddressMethod): Uint8Array {
  const form = method ?? (lun < 256 ? 'peripheral' : lun <= MAX_LUN_14 ? 'flat' : 'extended-flat');
  if (!Number.isInteger(lun) || lun < 0 || lun > (form === 'extended-flat' ? MAX_LUN_24 : MAX_LUN_14)) {
    throw new ScsiDataError('RANGE', 0, `LUN ${lun} cannot be written with ${form} addressing`);
  }
  const bytes = new Uint8Array(LUN_LENGTH);
  if (form === 'extended-flat') {
    bytes[0] = EXTENDED_FLAT;
    bytes[1] = lun >>> 16;
    writeU16(bytes, 2, lun & 0xffff);
  } else {
    writeU16(bytes, 0, (METHOD_BITS[form] << 14) | lun);
  }
  return bytes;
}

/**
 * The number and the method in the eight bytes of a LUN (shorter is taken as padded with zeros); undefined for what is not a single level
 * LUN of one of the {@link LunAddressMethod}s, such as a well known logical unit. Throws {@link ScsiDataError} `TRUNCATED` below two bytes.
 */
export function decodeLun(bytes: Uint8Array): LunAddress | undefined {
  requireLength(bytes, 2, 'LUN');
  const first = readU8(bytes, 0);
  const extended = first >>> 6 === 3;
  for (let at = extended ? 4 : 2; at < Math.min(bytes.length, LUN_LENGTH); at++) if (bytes[at] !== 0) return undefined;
  if (extended) return first === EXTENDED_FLAT ? { method: 'extended-flat', lun: (readU8(bytes, 1) << 16) | readU16(bytes, 2) } : undefined;
  const lun = readU16(bytes, 0) & MAX_LUN_14;
  return { method: first >>> 6 === 0 ? 'peripheral' : first >>> 6 === 1 ? 'flat' : 'logical-unit', lun };
}

/** The eight bytes of a LUN as one number, the way they stand on the wire. */
export function lunToBigint(bytes: Uint8Array): bigint {
  return readU64(bytes, 0);
}

/** The eight bytes of a number that {@link lunToBigint} gave. */
export function lunFromBigint(lun: bigint): Uint8Array {
  const bytes = new Uint8Array(LUN_LENGTH);
  writeU64(bytes, 0, lun);
  return bytes;
}
