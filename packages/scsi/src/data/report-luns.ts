import { readU32, writeU32 } from '../bytes.js';
import { requireLength } from '../data-error.js';
import { concat } from './concat.js';
import { LUN_LENGTH } from './lun.js';

/** SELECT REPORT, SPC-5 6.34. */
export const SELECT_REPORT = { ADDRESSED_BY_SIMPLE_METHODS: 0x00, WELL_KNOWN_ONLY: 0x01, ALL: 0x02 } as const;

const HEADER_LENGTH = 8;

/** REPORT LUNS parameter data, SPC-5 6.34. */
export interface ReportLuns {
  /** LUN LIST LENGTH in bytes, as the device has it: above 8 × `luns.length` when the list was cut. */
  readonly lunListLength: number;
  /** Eight bytes each, in the device's order: {@link decodeLun} reads them. */
  readonly luns: readonly Uint8Array[];
}

/** Decodes REPORT LUNS parameter data. Throws {@link ScsiDataError} `TRUNCATED` below 4 bytes; a LUN that was cut is left out. */
export function decodeReportLuns(bytes: Uint8Array): ReportLuns {
  requireLength(bytes, 4, 'REPORT LUNS parameter data');
  const lunListLength = readU32(bytes, 0);
  const end = Math.min(bytes.length, HEADER_LENGTH + lunListLength);
  const luns: Uint8Array[] = [];
  for (let at = HEADER_LENGTH; at + LUN_LENGTH <= end; at += LUN_LENGTH) luns.push(bytes.slice(at, at + LUN_LENGTH));
  return { lunListLength, luns };
}

/** Encodes REPORT LUNS parameter data from LUNs of eight bytes ({@link encodeLun}). */
export function encodeReportLuns(luns: readonly Uint8Array[]): Uint8Array {
  const header = new Uint8Array(HEADER_LENGTH);
  writeU32(header, 0, LUN_LENGTH * luns.length);
  return concat([header, ...luns]);
}
