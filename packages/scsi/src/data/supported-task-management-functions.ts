import { readU8 } from '../bytes.js';
import { requireLength } from '../data-error.js';
import { flag, word } from '../field.js';
import { decodeStruct, encodeStruct, type StructInput, type StructValues } from './struct.js';

const BASIC = {
  length: 4,
  fields: {
    abortTask: flag('ATS', 0, 7),
    abortTaskSet: flag('ATSS', 0, 6),
    clearAca: flag('CACAS', 0, 5),
    clearTaskSet: flag('CTSS', 0, 4),
    logicalUnitReset: flag('LURS', 0, 3),
    queryTask: flag('QTS', 0, 2),
    /** Obsolete since SPC-4. */
    targetReset: flag('TRS', 0, 1),
    /** Obsolete since SPC-4. */
    wakeup: flag('WAKES', 0, 0),
    queryAsynchronousEvent: flag('QAES', 1, 2),
    queryTaskSet: flag('QTSS', 1, 1),
    nexusReset: flag('ITNRS', 1, 0),
  },
};

const EXTENDED = {
  length: 16,
  fields: {
    /** TMFTMOV: the timeouts are valid. */
    timeoutsValid: flag('TMFTMOV', 4, 0),
    /** Which functions have the short timeout. */
    abortTaskShort: flag('ATTS', 6, 7),
    abortTaskSetShort: flag('ATSTS', 6, 6),
    clearAcaShort: flag('CACATS', 6, 5),
    clearTaskSetShort: flag('CTSTS', 6, 4),
    logicalUnitResetShort: flag('LURTS', 6, 3),
    queryTaskShort: flag('QTTS', 6, 2),
    targetResetShort: flag('TRTS', 6, 1),
    wakeupShort: flag('WAKETS', 6, 0),
    queryAsynchronousEventShort: flag('QAETS', 7, 2),
    queryTaskSetShort: flag('QTSTS', 7, 1),
    nexusResetShort: flag('ITNRTS', 7, 0),
    /** Units of 100 ms. */
    longTimeout: word('TASK MANAGEMENT FUNCTIONS LONG TIMEOUT', 8, 4),
    /** Units of 100 ms. */
    shortTimeout: word('TASK MANAGEMENT FUNCTIONS SHORT TIMEOUT', 12, 4),
  },
};

/** The timeouts of the extended format. */
export type TaskManagementTimeouts = StructValues<typeof EXTENDED.fields>;

/** REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS parameter data, SPC-5 6.36. */
export interface SupportedTaskManagementFunctions extends StructValues<typeof BASIC.fields> {
  /** Present in the extended format (REPD). */
  readonly timeouts?: TaskManagementTimeouts | undefined;
}

/** Throws {@link ScsiDataError} `TRUNCATED` below 4 bytes. */
export function decodeSupportedTaskManagementFunctions(bytes: Uint8Array): SupportedTaskManagementFunctions {
  requireLength(bytes, 4, 'REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS parameter data');
  const extended = readU8(bytes, 3) >= EXTENDED.length - BASIC.length && bytes.length >= EXTENDED.length;
  return { ...decodeStruct(BASIC, bytes), ...(extended && { timeouts: decodeStruct(EXTENDED, bytes) }) };
}

/** Gives 4 bytes, or 16 with timeouts. */
export function encodeSupportedTaskManagementFunctions(
  functions: StructInput<typeof BASIC.fields> & { readonly timeouts?: StructInput<typeof EXTENDED.fields> | undefined },
): Uint8Array {
  const basic = encodeStruct(BASIC, functions);
  if (functions.timeouts === undefined) return basic;
  const bytes = encodeStruct(EXTENDED, functions.timeouts);
  bytes.set(basic);
  bytes[3] = EXTENDED.length - BASIC.length;
  return bytes;
}
