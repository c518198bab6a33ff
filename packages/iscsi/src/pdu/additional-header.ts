import { readU16, readU32, readU8, writeU16, writeU32 } from '@scst/scsi';
import { IscsiError } from '../error.js';
import { padded } from './opcode.js';

/** What the additional header segments of a SCSI Command say (RFC 7143 11.2.2). */
export interface AdditionalHeader {
  /** The CDB from byte 16 on (11.2.2.3), 1 to 244 bytes. */
  readonly extendedCdb?: Uint8Array | undefined;
  /** Expected length of the data-in of a bidirectional command (11.2.2.4). */
  readonly bidiReadLength?: number | undefined;
}

const TYPE_EXTENDED_CDB = 1;
const TYPE_BIDI_READ_LENGTH = 2;
/** AHSLength and AHSType, which AHSLength does not count. */
const SEGMENT_HEADER = 3;
/** A reserved byte follows them in both kinds. */
const RESERVED = 1;
/** A CDB has at most 260 bytes (SAM-6 5.2). */
const MAX_EXTENSION = 260 - 16;

/** Whole words; empty where there is nothing to say. Throws {@link IscsiError} `ERR_RANGE`. */
export function encodeAdditionalHeader({ extendedCdb, bidiReadLength }: AdditionalHeader): Uint8Array {
  const parts: Uint8Array[] = [];
  if (extendedCdb !== undefined) {
    if (extendedCdb.length === 0 || extendedCdb.length > MAX_EXTENSION) throw new IscsiError('ERR_RANGE', `an extended CDB has 1 to ${MAX_EXTENSION} bytes, not ${extendedCdb.length}`);
    const segment = segmentOf(TYPE_EXTENDED_CDB, extendedCdb.length);
    segment.set(extendedCdb, SEGMENT_HEADER + RESERVED);
    parts.push(segment);
  }
  if (bidiReadLength !== undefined) {
    const segment = segmentOf(TYPE_BIDI_READ_LENGTH, 4);
    writeU32(segment, SEGMENT_HEADER + RESERVED, bidiReadLength);
    parts.push(segment);
  }
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function segmentOf(type: number, length: number): Uint8Array {
  const segment = new Uint8Array(padded(SEGMENT_HEADER + RESERVED + length));
  writeU16(segment, 0, RESERVED + length);
  segment[2] = type;
  return segment;
}

/** Throws {@link IscsiError} `ERR_MALFORMED`: a segment runs over the end, is too short, comes twice, or is of no known type. */
export function decodeAdditionalHeader(bytes: Uint8Array): AdditionalHeader {
  let extendedCdb: Uint8Array | undefined;
  let bidiReadLength: number | undefined;
  for (let at = 0; at < bytes.length; ) {
    const length = readU16(bytes, at);
    const type = readU8(bytes, at + 2);
    const end = at + SEGMENT_HEADER + length;
    if (at + SEGMENT_HEADER > bytes.length || end > bytes.length) throw new IscsiError('ERR_MALFORMED', `additional header segment at ${at} runs over the end`);
    const from = at + SEGMENT_HEADER + RESERVED;
    if (type === TYPE_EXTENDED_CDB && extendedCdb === undefined && end > from && end - from <= MAX_EXTENSION) extendedCdb = bytes.slice(from, end);
    else if (type === TYPE_BIDI_READ_LENGTH && bidiReadLength === undefined && end - from === 4) bidiReadLength = readU32(bytes, from);
    else throw new IscsiError('ERR_MALFORMED', `additional header segment of type ${type} and length ${length} at ${at}`);
    at = padded(end);
  }
  return { extendedCdb, bidiReadLength };
}
