import { readU16, readU8, writeU16 } from '../../bytes.js';
import { requireLength, requireRange } from '../../data-error.js';
import { concat } from '../concat.js';
import { BLOCK_DESCRIPTOR_LENGTH, decodeBlockDescriptors, encodeBlockDescriptor, type ModeBlockDescriptor } from './block-descriptor.js';

/** Bits of the DEVICE-SPECIFIC PARAMETER of a block device, SBC-4 6.5.1. */
export const DEVICE_SPECIFIC_PARAMETER = {
  /** The medium is write protected. */
  WP: 0x80,
  /** DPO and FUA are supported. */
  DPOFUA: 0x10,
} as const;

/** What a MODE SENSE returns and a MODE SELECT sends, SPC-5 7.5.5: header, block descriptors, pages. */
export interface ModeParameters {
  /** MODE DATA LENGTH as the device gave it, less the length field itself; above what is here when the data was cut. */
  readonly modeDataLength: number;
  readonly mediumType: number;
  /** {@link DEVICE_SPECIFIC_PARAMETER} */
  readonly deviceSpecificParameter: number;
  /** LONGLBA: the block descriptors are the long ones. Ten-byte commands only. */
  readonly longLba: boolean;
  readonly blockDescriptors: readonly ModeBlockDescriptor[];
  readonly pages: readonly RawModePage[];
}

/** What the encoders take. */
export interface ModeParametersInput {
  readonly mediumType?: number | undefined;
  readonly deviceSpecificParameter?: number | undefined;
  readonly longLba?: boolean | undefined;
  readonly blockDescriptors?: readonly ModeBlockDescriptor[] | undefined;
  /** Whole pages: {@link RawModePage.bytes}, or what a page's encoder gives. */
  readonly pages?: readonly Uint8Array[] | undefined;
  /** For MODE SELECT: MODE DATA LENGTH is reserved there and stays zero. */
  readonly forSelect?: boolean | undefined;
}

/** A mode page not taken apart. */
export interface RawModePage {
  readonly pageCode: number;
  /** Zero for a page without subpages. */
  readonly subpageCode: number;
  /** PS: the device can save the page. */
  readonly parametersSaveable: boolean;
  /** The page with its header, as far as it is there. */
  readonly bytes: Uint8Array;
}

/** Bytes of the mode parameter headers. */
export const MODE_HEADER_LENGTH = { six: 4, ten: 8 } as const;

/** Decodes mode parameters of MODE SENSE(6) or MODE SELECT(6). Throws {@link ScsiDataError} `TRUNCATED` below 4 bytes. */
export function decodeModeParameters6(bytes: Uint8Array): ModeParameters {
  requireLength(bytes, MODE_HEADER_LENGTH.six, 'mode parameter header(6)');
  const modeDataLength = readU8(bytes, 0);
  return {
    modeDataLength,
    mediumType: readU8(bytes, 1),
    deviceSpecificParameter: readU8(bytes, 2),
    longLba: false,
    ...decodeRest(bytes, 1, modeDataLength, MODE_HEADER_LENGTH.six, readU8(bytes, 3), false),
  };
}

/** Decodes mode parameters of MODE SENSE(10) or MODE SELECT(10). Throws {@link ScsiDataError} `TRUNCATED` below 8 bytes. */
export function decodeModeParameters10(bytes: Uint8Array): ModeParameters {
  requireLength(bytes, MODE_HEADER_LENGTH.ten, 'mode parameter header(10)');
  const modeDataLength = readU16(bytes, 0);
  const longLba = (readU8(bytes, 4) & 0x01) !== 0;
  return {
    modeDataLength,
    mediumType: readU8(bytes, 2),
    deviceSpecificParameter: readU8(bytes, 3),
    longLba,
    ...decodeRest(bytes, 2, modeDataLength, MODE_HEADER_LENGTH.ten, readU16(bytes, 6), longLba),
  };
}

function decodeRest(
  bytes: Uint8Array,
  lengthField: number,
  modeDataLength: number,
  headerLength: number,
  blockDescriptorLength: number,
  longLba: boolean,
): Pick<ModeParameters, 'blockDescriptors' | 'pages'> {
  // MODE DATA LENGTH is reserved (zero) in what a MODE SELECT sends: there the data itself tells.
  const data = modeDataLength === 0 ? bytes : bytes.subarray(0, lengthField + modeDataLength);
  const pagesAt = headerLength + blockDescriptorLength;
  return {
    blockDescriptors: decodeBlockDescriptors(data.subarray(headerLength, pagesAt), longLba),
    pages: splitModePages(data.subarray(pagesAt)),
  };
}

/** Cuts mode pages apart by their headers (SPC-5 7.5.7). A page that was cut off keeps what is there; a header that was, ends the list. */
export function splitModePages(bytes: Uint8Array): RawModePage[] {
  const pages: RawModePage[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const first = readU8(bytes, at);
    const hasSubpage = (first & 0x40) !== 0;
    if (hasSubpage && at + 4 > bytes.length) break;
    const end = at + (hasSubpage ? 4 + readU16(bytes, at + 2) : 2 + readU8(bytes, at + 1));
    pages.push({
      pageCode: first & 0x3f,
      subpageCode: hasSubpage ? readU8(bytes, at + 1) : 0,
      parametersSaveable: (first & 0x80) !== 0,
      bytes: bytes.slice(at, end),
    });
    at = end;
  }
  return pages;
}

/** Encodes mode parameters for the six-byte commands. Throws {@link ScsiDataError} `RANGE` beyond 256 bytes and for long block descriptors. */
export function encodeModeParameters6(parameters: ModeParametersInput): Uint8Array {
  const { blockDescriptors = [], pages = [], forSelect = false } = parameters;
  const header = new Uint8Array(MODE_HEADER_LENGTH.six);
  header[1] = parameters.mediumType ?? 0;
  header[2] = parameters.deviceSpecificParameter ?? 0;
  requireRange(blockDescriptors.length * BLOCK_DESCRIPTOR_LENGTH.short, 8, 3, 'BLOCK DESCRIPTOR LENGTH');
  header[3] = blockDescriptors.length * BLOCK_DESCRIPTOR_LENGTH.short;
  const bytes = concat([header, ...blockDescriptors.map((descriptor) => encodeBlockDescriptor(descriptor, false)), ...pages]);
  if (!forSelect) {
    requireRange(bytes.length - 1, 8, 0, 'MODE DATA LENGTH');
    bytes[0] = bytes.length - 1;
  }
  return bytes;
}

/** Encodes mode parameters for the ten-byte commands. Throws {@link ScsiDataError} `RANGE` beyond 65 537 bytes. */
export function encodeModeParameters10(parameters: ModeParametersInput): Uint8Array {
  const { blockDescriptors = [], pages = [], longLba = false, forSelect = false } = parameters;
  const header = new Uint8Array(MODE_HEADER_LENGTH.ten);
  header[2] = parameters.mediumType ?? 0;
  header[3] = parameters.deviceSpecificParameter ?? 0;
  header[4] = longLba ? 1 : 0;
  const blockDescriptorLength = blockDescriptors.length * BLOCK_DESCRIPTOR_LENGTH[longLba ? 'long' : 'short'];
  requireRange(blockDescriptorLength, 16, 6, 'BLOCK DESCRIPTOR LENGTH');
  writeU16(header, 6, blockDescriptorLength);
  const bytes = concat([header, ...blockDescriptors.map((descriptor) => encodeBlockDescriptor(descriptor, longLba)), ...pages]);
  if (!forSelect) {
    requireRange(bytes.length - 2, 16, 0, 'MODE DATA LENGTH');
    writeU16(bytes, 0, bytes.length - 2);
  }
  return bytes;
}
