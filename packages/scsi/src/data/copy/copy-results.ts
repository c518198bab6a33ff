import { readU8, writeU32 } from '../../bytes.js';
import { requireLength } from '../../data-error.js';
import { bits, flag, word } from '../../field.js';
import { decodeStruct, encodeStruct, type StructInput, type StructValues } from '../struct.js';

const OPERATING_PARAMETERS = {
  length: 44,
  fields: {
    /** SNLID: a copy without a list identifier is supported. */
    noListIdentifier: flag('SNLID', 4, 0),
    maximumTargetCount: word('MAXIMUM CSCD DESCRIPTOR COUNT', 8, 2),
    maximumSegmentCount: word('MAXIMUM SEGMENT DESCRIPTOR COUNT', 10, 2),
    /** Bytes. */
    maximumDescriptorListLength: word('MAXIMUM DESCRIPTOR LIST LENGTH', 12, 4),
    /** Bytes. */
    maximumSegmentLength: word('MAXIMUM SEGMENT LENGTH', 16, 4),
    maximumInlineDataLength: word('MAXIMUM INLINE DATA LENGTH', 20, 4),
    heldDataLimit: word('HELD DATA LIMIT', 24, 4),
    maximumStreamDeviceTransferSize: word('MAXIMUM STREAM DEVICE TRANSFER SIZE', 28, 4),
    totalConcurrentCopies: word('TOTAL CONCURRENT COPIES', 34, 2),
    maximumConcurrentCopies: word('MAXIMUM CONCURRENT COPIES', 36, 1),
    /** Powers of two, bytes. */
    dataSegmentGranularity: word('DATA SEGMENT GRANULARITY', 37, 1),
    inlineDataGranularity: word('INLINE DATA GRANULARITY', 38, 1),
    heldDataGranularity: word('HELD DATA GRANULARITY', 39, 1),
  },
};

/** RECEIVE COPY OPERATING PARAMETERS parameter data, SPC-4 6.20.4. */
export interface CopyOperatingParameters extends StructValues<typeof OPERATING_PARAMETERS.fields> {
  /** Segment and CSCD descriptor type codes that are supported. */
  readonly implementedDescriptors: readonly number[];
}

/** Throws {@link ScsiDataError} `TRUNCATED` below 44 bytes; descriptor codes that were cut off are left out. */
export function decodeCopyOperatingParameters(bytes: Uint8Array): CopyOperatingParameters {
  requireLength(bytes, OPERATING_PARAMETERS.length, 'copy operating parameters');
  const codesAt = OPERATING_PARAMETERS.length;
  return {
    ...decodeStruct(OPERATING_PARAMETERS, bytes),
    implementedDescriptors: [...bytes.subarray(codesAt, codesAt + readU8(bytes, codesAt - 1))],
  };
}

export function encodeCopyOperatingParameters(
  parameters: StructInput<typeof OPERATING_PARAMETERS.fields> & { readonly implementedDescriptors: readonly number[] },
): Uint8Array {
  const { implementedDescriptors } = parameters;
  const bytes = new Uint8Array(OPERATING_PARAMETERS.length + implementedDescriptors.length);
  bytes.set(encodeStruct(OPERATING_PARAMETERS, parameters));
  writeU32(bytes, 0, bytes.length - 4);
  bytes[OPERATING_PARAMETERS.length - 1] = implementedDescriptors.length;
  bytes.set(implementedDescriptors, OPERATING_PARAMETERS.length);
  return bytes;
}

const STATUS = {
  length: 12,
  fields: {
    /** HDD: held data was discarded. */
    heldDataDiscarded: flag('HDD', 4, 7),
    /** {@link COPY_MANAGER_STATUS} */
    copyManagerStatus: bits('COPY MANAGER STATUS', 4, 6, 7),
    segmentsProcessed: word('SEGMENTS PROCESSED', 5, 2),
    /** 0 = bytes, 1 = KiB, 2 = MiB and so on; F1h = no unit. */
    transferCountUnits: word('TRANSFER COUNT UNITS', 7, 1),
    transferCount: word('TRANSFER COUNT', 8, 4),
  },
};

/** COPY MANAGER STATUS, SPC-4 6.20.2. */
export const COPY_MANAGER_STATUS = { IN_PROGRESS: 0x00, COMPLETED_WITHOUT_ERRORS: 0x01, COMPLETED_WITH_ERRORS: 0x02 } as const;

/** RECEIVE COPY STATUS(LID1) parameter data, SPC-4 6.20.2. */
export type CopyStatus = StructValues<typeof STATUS.fields>;

/** Throws {@link ScsiDataError} `TRUNCATED` below 12 bytes. */
export function decodeCopyStatus(bytes: Uint8Array): CopyStatus {
  requireLength(bytes, STATUS.length, 'copy status');
  return decodeStruct(STATUS, bytes);
}

export function encodeCopyStatus(status: StructInput<typeof STATUS.fields>): Uint8Array {
  const bytes = encodeStruct(STATUS, status);
  writeU32(bytes, 0, STATUS.length - 4);
  return bytes;
}
