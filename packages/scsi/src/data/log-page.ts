import { readU16, readU8, writeU16 } from '../bytes.js';
import { requireLength, requireRange, ScsiDataError } from '../data-error.js';
import { concat } from './concat.js';

/** A parameter of a log page, SPC-5 7.3.2. */
export interface LogParameter {
  readonly code: number;
  /** The control byte: DU, TSD, FORMAT AND LINKING and the rest, not taken apart. */
  readonly control: number;
  /** At most 255 bytes. */
  readonly value: Uint8Array;
}

/** A log page, SPC-5 7.3.2. */
export interface LogPage {
  readonly pageCode: number;
  /** Present when SPF is set. */
  readonly subpageCode?: number | undefined;
  /** DS: parameters of this page are not saved. */
  readonly disableSave: boolean;
  /** PAGE LENGTH as the device has it; `data` is shorter where it was cut. */
  readonly pageLength: number;
  /** What follows the header: parameters ({@link decodeLogParameters}), or the page codes of page 00h. */
  readonly data: Uint8Array;
}

const HEADER_LENGTH = 4;
const PARAMETER_HEADER_LENGTH = 4;

/** Throws {@link ScsiDataError} `TRUNCATED` below 4 bytes. */
export function decodeLogPage(bytes: Uint8Array): LogPage {
  requireLength(bytes, HEADER_LENGTH, 'log page');
  const flags = readU8(bytes, 0);
  const pageLength = readU16(bytes, 2);
  return {
    pageCode: flags & 0x3f,
    ...((flags & 0x40) !== 0 && { subpageCode: readU8(bytes, 1) }),
    disableSave: (flags & 0x80) !== 0,
    pageLength,
    data: bytes.slice(HEADER_LENGTH, HEADER_LENGTH + pageLength),
  };
}

/** Throws {@link ScsiDataError} `RANGE` above 65 535 bytes of data. */
export function encodeLogPage(page: Omit<LogPage, 'pageLength' | 'disableSave'> & { readonly disableSave?: boolean | undefined }): Uint8Array {
  requireRange(page.data.length, 16, 2, 'PAGE LENGTH');
  const header = new Uint8Array(HEADER_LENGTH);
  header[0] = (page.disableSave === true ? 0x80 : 0) | (page.subpageCode === undefined ? 0 : 0x40) | (page.pageCode & 0x3f);
  header[1] = page.subpageCode ?? 0;
  writeU16(header, 2, page.data.length);
  return concat([header, page.data]);
}

/** The parameters in the data of a log page; one that was cut off is left out. */
export function decodeLogParameters(data: Uint8Array): LogParameter[] {
  const parameters: LogParameter[] = [];
  for (let at = 0; at + PARAMETER_HEADER_LENGTH <= data.length; ) {
    const end = at + PARAMETER_HEADER_LENGTH + readU8(data, at + 3);
    if (end > data.length) break;
    parameters.push({ code: readU16(data, at), control: readU8(data, at + 2), value: data.slice(at + PARAMETER_HEADER_LENGTH, end) });
    at = end;
  }
  return parameters;
}

/** Throws {@link ScsiDataError} `RANGE` for a value above 255 bytes. */
export function encodeLogParameters(parameters: readonly LogParameter[]): Uint8Array {
  return concat(
    parameters.flatMap(({ code, control, value }) => {
      requireRange(value.length, 8, 3, 'PARAMETER LENGTH');
      const header = new Uint8Array(PARAMETER_HEADER_LENGTH);
      writeU16(header, 0, code);
      header[2] = control;
      header[3] = value.length;
      return [header, value];
    }),
  );
}

/** The page codes of the Supported Log Pages log page (00h), SPC-5 7.3.18. Throws {@link ScsiDataError} `MALFORMED` for another page. */
export function decodeSupportedLogPages(bytes: Uint8Array): number[] {
  const page = decodeLogPage(bytes);
  if (page.pageCode !== 0 || page.subpageCode !== undefined) throw new ScsiDataError('MALFORMED', 0, 'not the Supported Log Pages log page');
  return [...page.data].map((code) => code & 0x3f);
}
