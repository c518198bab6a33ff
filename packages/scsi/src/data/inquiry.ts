import { readAscii, readU16, readU8, writeAscii, writeU16 } from '../bytes.js';
import { requireLength, ScsiDataError } from '../data-error.js';
import { bits, flag } from '../field.js';
import { decodeStruct, encodeStruct, type StructInput, type StructValues } from './struct.js';

/** The flags and codes of the first eight bytes, SPC-5 6.7.2. */
const HEADER = {
  length: 8,
  fields: {
    /** 0 = there is a device, 1 = could be but is not connected, 3 = there can be none. */
    peripheralQualifier: bits('PERIPHERAL QUALIFIER', 0, 7, 3),
    /** {@link PERIPHERAL_DEVICE_TYPE} */
    peripheralDeviceType: bits('PERIPHERAL DEVICE TYPE', 0, 4, 5),
    /** RMB */
    removable: flag('RMB', 1, 7),
    luCong: flag('LU_CONG', 1, 6),
    /** 05h = SPC-3, 06h = SPC-4, 07h = SPC-5. */
    version: bits('VERSION', 2, 7, 8),
    normAca: flag('NORMACA', 3, 5),
    hiSup: flag('HISUP', 3, 4),
    /** Always 2 since SPC-2. */
    responseDataFormat: bits('RESPONSE DATA FORMAT', 3, 3, 4),
    sccs: flag('SCCS', 5, 7),
    /** 0 = none, 1 = implicit, 2 = explicit, 3 = both kinds of asymmetric access. */
    tpgs: bits('TPGS', 5, 5, 2),
    /** 3PC: third-party copy commands are there. */
    thirdPartyCopy: flag('3PC', 5, 3),
    /** The medium can carry protection information. */
    protect: flag('PROTECT', 5, 0),
    encServ: flag('ENCSERV', 6, 6),
    multiP: flag('MULTIP', 6, 4),
    cmdQue: flag('CMDQUE', 7, 1),
  },
};

/** Offsets of what follows the header. */
const VENDOR = 8;
const PRODUCT = 16;
const REVISION = 32;
const VENDOR_SPECIFIC = 36;
const VERSION_DESCRIPTORS = 58;
const VENDOR_SPECIFIC_TAIL = 96;

/** Standard INQUIRY data, SPC-5 6.7.2. */
export interface StandardInquiry extends StructValues<typeof HEADER.fields> {
  /** T10 VENDOR IDENTIFICATION, up to 8 characters. */
  readonly vendorIdentification: string;
  /** Up to 16 characters. */
  readonly productIdentification: string;
  /** Up to 4 characters. */
  readonly productRevisionLevel: string;
  /** Bytes 36 to 55; empty where the data ends before them. */
  readonly vendorSpecific: Uint8Array;
  /** Up to eight of SPC-5 table 153; zero means none and is left out. */
  readonly versionDescriptors: readonly number[];
  /** Vendor specific bytes from 96 on. */
  readonly vendorSpecificTail: Uint8Array;
}

/** What {@link encodeStandardInquiry} takes: everything may be left out. */
export type StandardInquiryInput = StructInput<typeof HEADER.fields> & {
  readonly vendorIdentification?: string | undefined;
  readonly productIdentification?: string | undefined;
  readonly productRevisionLevel?: string | undefined;
  readonly vendorSpecific?: Uint8Array | undefined;
  readonly versionDescriptors?: readonly number[] | undefined;
  readonly vendorSpecificTail?: Uint8Array | undefined;
};

/** Decodes standard INQUIRY data. Throws {@link ScsiDataError} `TRUNCATED` below 5 bytes; whatever else is missing is zero or empty. */
export function decodeStandardInquiry(bytes: Uint8Array): StandardInquiry {
  requireLength(bytes, 5, 'standard INQUIRY data');
  const data = bytes.subarray(0, 5 + readU8(bytes, 4));
  const versionDescriptors: number[] = [];
  for (let at = VERSION_DESCRIPTORS; at < VERSION_DESCRIPTORS + 16 && at + 2 <= data.length; at += 2) {
    const descriptor = readU16(data, at);
    if (descriptor !== 0) versionDescriptors.push(descriptor);
  }
  return {
    ...decodeStruct(HEADER, data),
    vendorIdentification: readAscii(data, VENDOR, 8),
    productIdentification: readAscii(data, PRODUCT, 16),
    productRevisionLevel: readAscii(data, REVISION, 4),
    vendorSpecific: data.slice(VENDOR_SPECIFIC, VENDOR_SPECIFIC + 20),
    versionDescriptors,
    vendorSpecificTail: data.slice(VENDOR_SPECIFIC_TAIL),
  };
}

/**
 * Encodes standard INQUIRY data, as short as what is given allows: 36 bytes, 56 with vendor specific bytes, 58 and two for each version
 * descriptor, or 96 and the vendor specific tail. Throws {@link ScsiDataError} `RANGE` for text or bytes that do not fit.
 */
export function encodeStandardInquiry(inquiry: StandardInquiryInput): Uint8Array {
  const { vendorSpecific = new Uint8Array(0), versionDescriptors = [], vendorSpecificTail = new Uint8Array(0) } = inquiry;
  let length = VENDOR_SPECIFIC;
  if (vendorSpecific.length > 0) length = VENDOR_SPECIFIC + 20;
  if (versionDescriptors.length > 0) length = VERSION_DESCRIPTORS + 2 * versionDescriptors.length;
  if (vendorSpecificTail.length > 0) length = VENDOR_SPECIFIC_TAIL + vendorSpecificTail.length;
  requireFit(vendorSpecific.length, 20, VENDOR_SPECIFIC, 'vendor specific bytes');
  requireFit(versionDescriptors.length, 8, VERSION_DESCRIPTORS, 'version descriptors');
  requireFit(length, 5 + 255, 4, 'bytes of standard INQUIRY data');
  const bytes = new Uint8Array(length);
  bytes.set(encodeStruct(HEADER, { responseDataFormat: 2, ...inquiry }));
  bytes[4] = length - 5;
  putText(bytes, VENDOR, 8, inquiry.vendorIdentification ?? '', 'T10 VENDOR IDENTIFICATION');
  putText(bytes, PRODUCT, 16, inquiry.productIdentification ?? '', 'PRODUCT IDENTIFICATION');
  putText(bytes, REVISION, 4, inquiry.productRevisionLevel ?? '', 'PRODUCT REVISION LEVEL');
  bytes.set(vendorSpecific, VENDOR_SPECIFIC);
  versionDescriptors.forEach((descriptor, index) => { writeU16(bytes, VERSION_DESCRIPTORS + 2 * index, descriptor); });
  if (vendorSpecificTail.length > 0) bytes.set(vendorSpecificTail, VENDOR_SPECIFIC_TAIL);
  return bytes;
}

function requireFit(given: number, most: number, offset: number, what: string): void {
  if (given > most) throw new ScsiDataError('RANGE', offset, `${given} ${what}, at most ${most} fit`);
}

function putText(bytes: Uint8Array, offset: number, length: number, text: string, what: string): void {
  requireFit(text.length, length, offset, `characters in ${what}`);
  writeAscii(bytes, offset, length, text);
}
