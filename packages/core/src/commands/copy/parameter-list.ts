import { readU16, readU24, readU32, readU64, readU8, SENSE_CONDITION, type SenseCondition } from '@scst/scsi';
import type { Nexus } from '../../nexus/nexus.js';
import type { CopyRules } from './copy-rules.js';
import { encodeSegmentPointerSense } from './copy-sense.js';

/** EXTENDED COPY (LID1) parameter list, SPC-4 6.4.3: the header. */
const HEADER_LENGTH = 16;
/** CSCD descriptors have this length, whatever their type. */
const CSCD_LENGTH = 32;
export const MAX_CSCD_DESCRIPTORS = 5;
/** Identification descriptor CSCD descriptor, SPC-4 6.4.5.4. */
export const CSCD_IDENTIFICATION = 0xe4;
/** Block device to block device segment descriptor, SPC-4 6.4.6.5. */
export const SEGMENT_BLOCK_TO_BLOCK = 0x02;
const SEGMENT_LENGTH = 28;
/** As many as SCST finds room for in two pages. */
export const MAX_SEGMENT_DESCRIPTORS = 143;

/** LIST ID USAGE: what happens to the list identifier. */
const LIST_ID_USAGE = { HOLD: 0, UNTIL_DONE: 2, NONE: 3 } as const;

/** A device that may take part in a copy: the copy manager's nexus with it. */
export interface CopyParty {
  readonly nexus: Nexus;
  readonly blockSize: number;
  readonly writeProtected: boolean;
}

/** One stretch to be copied. */
export interface CopySegment {
  readonly source: CopyParty;
  readonly destination: CopyParty;
  /** Bytes, whole blocks of both. */
  readonly length: number;
  readonly sourceLba: bigint;
  readonly destinationLba: bigint;
  /** Where the destination's descriptor stands in the parameter list. */
  readonly destinationOffset: number;
}

/** Why a list is refused. */
export type CopyRefusal =
  | { readonly kind: 'cdb'; readonly byte: number }
  | { readonly kind: 'parameters'; readonly byte: number; readonly bit?: number }
  | { readonly kind: 'condition'; readonly condition: SenseCondition }
  | { readonly kind: 'sense'; readonly sense: Uint8Array };

/** What the header of a list says. */
export interface CopyHeader {
  /** Undefined: the list has none. */
  readonly listId: number | undefined;
}

/** Finds the device that a designator (SPC-5 7.7.6, without its first four bytes: CODE SET, type, and its bytes) names. */
export type FindParty = (codeSet: number, associationAndType: number, identifier: Uint8Array) => CopyParty | undefined;

export interface CopyContext {
  readonly findParty: FindParty;
  /** Whether the initiator may copy from and to the device. */
  readonly mayUse: (party: CopyParty) => boolean;
  readonly descriptorSense: boolean;
  readonly rules: CopyRules;
}

const refuse = (condition: SenseCondition): CopyRefusal => ({ kind: 'condition', condition });
const refuseField = (byte: number, bit?: number): CopyRefusal => (bit === undefined ? { kind: 'parameters', byte } : { kind: 'parameters', byte, bit });

/** Reads what must be known before a list identifier is taken. */
export function readCopyHeader(list: Uint8Array): CopyHeader | CopyRefusal {
  if (list.length < HEADER_LENGTH) return { kind: 'cdb', byte: 10 };
  const listId = readU8(list, 0);
  switch ((readU8(list, 1) >> 3) & 0x03) {
    case LIST_ID_USAGE.HOLD:
    case LIST_ID_USAGE.UNTIL_DONE:
      return { listId };
    case LIST_ID_USAGE.NONE:
      return listId === 0 ? { listId: undefined } : refuseField(0);
    default:
      return refuseField(1, 3);
  }
}

/** The two lists behind the header, or why they cannot be read. */
export interface CopyDescriptors {
  readonly parties: readonly (CopyParty | null)[];
  /** Where the segment descriptors begin. */
  readonly segmentsAt: number;
  readonly segmentCount: number;
}

/** Reads the CSCD descriptors and counts the segment descriptors; undefined: the list asks for nothing at all. */
export function readCopyDescriptors(list: Uint8Array, context: CopyContext): CopyDescriptors | CopyRefusal | undefined {
  if (readU32(list, 12) !== 0) return refuse(SENSE_CONDITION.INLINE_DATA_LENGTH_EXCEEDED);
  const cscdLength = readU16(list, 2);
  // SCST holds this length as a signed number.
  const segmentsLength = readU32(list, 8) | 0;
  if (cscdLength === 0) return segmentsLength === 0 ? undefined : refuseField(2);
  if (cscdLength + segmentsLength > context.rules.maxDescriptorListLength) return refuse(SENSE_CONDITION.PARAMETER_LIST_LENGTH_ERROR);
  const expected = HEADER_LENGTH + cscdLength + segmentsLength;
  if (expected > list.length) return refuse(SENSE_CONDITION.PARAMETER_LIST_LENGTH_ERROR);
  if (expected !== list.length) return refuse(SENSE_CONDITION.INLINE_DATA_LENGTH_EXCEEDED);
  if (cscdLength % CSCD_LENGTH !== 0) return refuseField(2);
  if (cscdLength / CSCD_LENGTH > MAX_CSCD_DESCRIPTORS) return refuse(SENSE_CONDITION.TOO_MANY_TARGET_DESCRIPTORS);

  const parties: (CopyParty | null)[] = [];
  const segmentsAt = HEADER_LENGTH + cscdLength;
  for (let at = HEADER_LENGTH; at < segmentsAt; at += CSCD_LENGTH) {
    if (readU8(list, at) !== CSCD_IDENTIFICATION) return refuse(SENSE_CONDITION.UNSUPPORTED_TARGET_DESCRIPTOR_TYPE_CODE);
    const party = readParty(list, at, context);
    if (party !== null && 'kind' in party) return party;
    parties.push(party);
  }
  let segmentCount = 0;
  for (let at = segmentsAt; at < list.length; at += SEGMENT_LENGTH) {
    if (segmentCount === MAX_SEGMENT_DESCRIPTORS) return refuse(SENSE_CONDITION.TOO_MANY_SEGMENT_DESCRIPTORS);
    if (readU8(list, at) !== SEGMENT_BLOCK_TO_BLOCK) return refuse(SENSE_CONDITION.UNSUPPORTED_SEGMENT_DESCRIPTOR_TYPE_CODE);
    segmentCount++;
  }
  return { parties, segmentsAt, segmentCount };
}

/** LU ID TYPE, NUL and PERIPHERAL DEVICE TYPE in byte 1 of a CSCD descriptor; BLOCK LENGTH in its last three bytes. */
const LU_ID_TYPE = 0xc0;
const NUL = 0x20;
const PERIPHERAL_DEVICE_TYPE = 0x0f;
const BLOCK_LENGTH_AT = 29;
const MAX_DESIGNATOR_LENGTH = 20;

/** null: the descriptor names no device (NUL). */
function readParty(list: Uint8Array, at: number, { findParty, mayUse, rules }: CopyContext): CopyParty | null | CopyRefusal {
  const flags = readU8(list, at + 1);
  if (rules.obsoleteCscdFields === 'checked') {
    if ((flags & LU_ID_TYPE) !== 0) return refuseField(at + 1, 6);
    if ((flags & NUL) !== 0) return null;
  }
  if ((flags & PERIPHERAL_DEVICE_TYPE) !== 0) return refuseField(at + 1, 0);
  const length = readU8(list, at + 7);
  if (length > MAX_DESIGNATOR_LENGTH) return refuseField(at);
  const party = findParty(readU8(list, at + 4), readU8(list, at + 5), list.subarray(at + 8, at + 8 + length));
  if (party === undefined) return refuseField(at);
  if (readU24(list, at + BLOCK_LENGTH_AT) !== party.blockSize) return refuseField(at + BLOCK_LENGTH_AT);
  return mayUse(party) ? party : refuseField(at);
}

/** DC: NUMBER OF BLOCKS counts the destination's. */
const DC = 0x02;

/** Reads the segment descriptors (SPC-4 6.4.6.5). */
export function readCopySegments(list: Uint8Array, { parties, segmentsAt, segmentCount }: CopyDescriptors, context: CopyContext): CopySegment[] | CopyRefusal {
  const segments: CopySegment[] = [];
  for (let index = 0; index < segmentCount; index++) {
    const at = segmentsAt + index * SEGMENT_LENGTH;
    const fail = (byte: number, additionalSenseCode = 0, additionalSenseCodeQualifier = 0): CopyRefusal => ({
      kind: 'sense',
      sense: encodeSegmentPointerSense({ segment: index, byte, additionalSenseCode, additionalSenseCodeQualifier }, context.descriptorSense),
    });
    if (readU16(list, at + 2) !== SEGMENT_LENGTH - 4) return fail(2);
    const source = parties[readU16(list, at + 4)];
    if (source === undefined) return fail(4);
    // COPY TARGET DEVICE NOT REACHABLE
    if (source === null) return fail(4, 0x0d, 0x02);
    const destinationIndex = readU16(list, at + 6);
    const destination = parties[destinationIndex];
    if (destination === undefined) return fail(6);
    if (destination === null) return fail(6, 0x0d, 0x02);
    if (destination.writeProtected) return fail(6);
    const length = readU16(list, at + 10) * ((readU8(list, at + 1) & DC) === 0 ? source : destination).blockSize;
    if (length % source.blockSize !== 0 || length % destination.blockSize !== 0) return fail(10);
    segments.push({
      source,
      destination,
      length,
      sourceLba: readU64(list, at + 12),
      destinationLba: readU64(list, at + 20),
      destinationOffset: HEADER_LENGTH + destinationIndex * CSCD_LENGTH,
    });
  }
  return segments;
}
