import { readU16, readU24, readU32, readU64, readU8, writeU16, writeU24, writeU32, writeU64 } from '../../bytes.js';
import { requireLength, requireRange, ScsiDataError } from '../../data-error.js';
import { concat } from '../concat.js';
import { decodeDesignators, type Designator, encodeDesignator } from '../vpd/designator.js';

/** Descriptor type codes, SPC-4 6.4.4: the ones this package takes apart. */
export const COPY_DESCRIPTOR = {
  /** CSCD (target) descriptor that names a logical unit by a designator of its VPD page 83h. */
  IDENTIFICATION: 0xe4,
  /** Segment descriptor: from a block device to a block device. */
  BLOCK_TO_BLOCK: 0x02,
} as const;

/** The parameter list of EXTENDED COPY(LID1), SPC-4 6.4.3. */
export interface ExtendedCopyParameters {
  readonly listIdentifier: number;
  /** STR: segments strictly one after the other. */
  readonly sequential: boolean;
  /** LIST ID USAGE. */
  readonly listIdUsage: number;
  readonly priority: number;
  /** CSCD descriptors: the copy's sources and destinations, which segments name by their index. */
  readonly targets: readonly CopyTarget[];
  readonly segments: readonly CopySegment[];
  readonly inlineData: Uint8Array;
}

export type CopyTarget =
  | {
      readonly kind: 'identification';
      /** LU ID TYPE; 0 = a logical unit number. */
      readonly luIdType: number;
      readonly peripheralDeviceType: number;
      readonly relativeInitiatorPort: number;
      /** What VPD page 83h of the logical unit says; at most 20 bytes. */
      readonly designator: Designator;
      /** DISK BLOCK LENGTH, bytes (24 bits). */
      readonly diskBlockLength: number;
      /** PAD */
      readonly pad: boolean;
    }
  /** Any other CSCD descriptor, its 32 bytes whole. */
  | { readonly kind: 'other'; readonly bytes: Uint8Array };

export type CopySegment =
  | {
      readonly kind: 'block-to-block';
      /** DC: the block count is of the destination. */
      readonly destinationCount: boolean;
      readonly cat: boolean;
      /** Index into the targets. */
      readonly source: number;
      readonly destination: number;
      readonly numberOfBlocks: number;
      readonly sourceLba: bigint;
      readonly destinationLba: bigint;
    }
  /** Any other segment descriptor, whole. */
  | { readonly kind: 'other'; readonly bytes: Uint8Array };

const HEADER_LENGTH = 16;
const TARGET_LENGTH = 32;
const SEGMENT_LENGTH = 28;
/** Longest designator of an identification descriptor. */
const DESIGNATOR_LENGTH = 20;

/** Throws {@link ScsiDataError} `TRUNCATED` below 16 bytes; descriptors that were cut off are left out. */
export function decodeExtendedCopy(bytes: Uint8Array): ExtendedCopyParameters {
  requireLength(bytes, HEADER_LENGTH, 'EXTENDED COPY parameter list');
  const flags = readU8(bytes, 1);
  const segmentsAt = HEADER_LENGTH + readU16(bytes, 2);
  const inlineAt = segmentsAt + readU32(bytes, 8);
  return {
    listIdentifier: readU8(bytes, 0),
    sequential: (flags & 0x20) !== 0,
    listIdUsage: (flags >>> 3) & 0x03,
    priority: flags & 0x07,
    targets: decodeTargets(bytes.subarray(HEADER_LENGTH, segmentsAt)),
    segments: decodeSegments(bytes.subarray(segmentsAt, inlineAt)),
    inlineData: bytes.slice(inlineAt, inlineAt + readU32(bytes, 12)),
  };
}

function decodeTargets(bytes: Uint8Array): CopyTarget[] {
  const targets: CopyTarget[] = [];
  for (let at = 0; at + TARGET_LENGTH <= bytes.length; at += TARGET_LENGTH) targets.push(decodeTarget(bytes.slice(at, at + TARGET_LENGTH)));
  return targets;
}

function decodeTarget(bytes: Uint8Array): CopyTarget {
  // The designator has the same header as in VPD page 83h, so the same codec reads it.
  const [designator] = decodeDesignators(bytes.subarray(4, 8 + DESIGNATOR_LENGTH));
  if (readU8(bytes, 0) !== COPY_DESCRIPTOR.IDENTIFICATION || designator === undefined) return { kind: 'other', bytes };
  return {
    kind: 'identification',
    luIdType: readU8(bytes, 1) >>> 6,
    peripheralDeviceType: readU8(bytes, 1) & 0x1f,
    relativeInitiatorPort: readU16(bytes, 2),
    designator,
    pad: (readU8(bytes, 28) & 0x04) !== 0,
    diskBlockLength: readU24(bytes, 29),
  };
}

function decodeSegments(bytes: Uint8Array): CopySegment[] {
  const segments: CopySegment[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const end = at + 4 + readU16(bytes, at + 2);
    if (end > bytes.length) break;
    segments.push(decodeSegment(bytes.slice(at, end)));
    at = end;
  }
  return segments;
}

function decodeSegment(bytes: Uint8Array): CopySegment {
  if (readU8(bytes, 0) !== COPY_DESCRIPTOR.BLOCK_TO_BLOCK || bytes.length !== SEGMENT_LENGTH) return { kind: 'other', bytes };
  return {
    kind: 'block-to-block',
    destinationCount: (readU8(bytes, 1) & 0x02) !== 0,
    cat: (readU8(bytes, 1) & 0x01) !== 0,
    source: readU16(bytes, 4),
    destination: readU16(bytes, 6),
    numberOfBlocks: readU16(bytes, 10),
    sourceLba: readU64(bytes, 12),
    destinationLba: readU64(bytes, 20),
  };
}

/** Throws {@link ScsiDataError} `RANGE` for lists, designators and numbers that do not fit. */
export function encodeExtendedCopy(parameters: Pick<ExtendedCopyParameters, 'targets' | 'segments'> & Partial<ExtendedCopyParameters>): Uint8Array {
  const targets = concat(parameters.targets.map(encodeTarget));
  const segments = concat(parameters.segments.map(encodeSegment));
  const inlineData = parameters.inlineData ?? new Uint8Array(0);
  requireRange(targets.length, 16, 2, 'CSCD DESCRIPTOR LIST LENGTH');
  const header = new Uint8Array(HEADER_LENGTH);
  header[0] = parameters.listIdentifier ?? 0;
  header[1] = (parameters.sequential === true ? 0x20 : 0) | (((parameters.listIdUsage ?? 0) & 0x03) << 3) | ((parameters.priority ?? 0) & 0x07);
  writeU16(header, 2, targets.length);
  writeU32(header, 8, segments.length);
  writeU32(header, 12, inlineData.length);
  return concat([header, targets, segments, inlineData]);
}

function encodeTarget(target: CopyTarget): Uint8Array {
  const bytes = new Uint8Array(TARGET_LENGTH);
  if (target.kind === 'other') {
    if (target.bytes.length !== TARGET_LENGTH) throw new ScsiDataError('RANGE', 0, `a CSCD descriptor has ${TARGET_LENGTH} bytes, not ${target.bytes.length}`);
    bytes.set(target.bytes);
    return bytes;
  }
  const designator = encodeDesignator(target.designator);
  if (designator.length > 4 + DESIGNATOR_LENGTH) {
    throw new ScsiDataError('RANGE', 7, `designator of ${designator.length - 4} bytes, at most ${DESIGNATOR_LENGTH} fit a CSCD descriptor`);
  }
  requireRange(target.diskBlockLength, 24, 29, 'DISK BLOCK LENGTH');
  bytes[0] = COPY_DESCRIPTOR.IDENTIFICATION;
  bytes[1] = ((target.luIdType & 0x03) << 6) | (target.peripheralDeviceType & 0x1f);
  writeU16(bytes, 2, target.relativeInitiatorPort);
  bytes.set(designator, 4);
  bytes[28] = target.pad ? 0x04 : 0;
  writeU24(bytes, 29, target.diskBlockLength);
  return bytes;
}

function encodeSegment(segment: CopySegment): Uint8Array {
  if (segment.kind === 'other') return segment.bytes;
  requireRange(segment.numberOfBlocks, 16, 10, 'BLOCK DEVICE NUMBER OF BLOCKS');
  const bytes = new Uint8Array(SEGMENT_LENGTH);
  bytes[0] = COPY_DESCRIPTOR.BLOCK_TO_BLOCK;
  bytes[1] = (segment.destinationCount ? 0x02 : 0) | (segment.cat ? 0x01 : 0);
  writeU16(bytes, 2, SEGMENT_LENGTH - 4);
  writeU16(bytes, 4, segment.source);
  writeU16(bytes, 6, segment.destination);
  writeU16(bytes, 10, segment.numberOfBlocks);
  writeU64(bytes, 12, segment.sourceLba);
  writeU64(bytes, 20, segment.destinationLba);
  return bytes;
}
