import { readU8, SENSE_KEY, STATUS, writeU16 } from '@scst/scsi';

/*
 * Sense data of EXTENDED COPY, SPC-4 6.4.3.4 and 4.5.2.4. SCST lays it out by hand: the segment number is in the low half of the
 * COMMAND-SPECIFIC INFORMATION (fixed format), or in bytes 6 and 7 of its descriptor, and the sense data of a failed command
 * follows, in fixed format only, behind its status in byte 17.
 */

const FIXED_LENGTH = 18;
/** SKSV and, in a segment pointer, SD: the field is in the segment descriptor. */
const SKSV = 0x80;
const SD = 0x20;

interface SegmentPointer {
  /** Number of the segment, from zero. */
  readonly segment: number;
  readonly byte: number;
  readonly additionalSenseCode: number;
  readonly additionalSenseCodeQualifier: number;
}

/** A segment descriptor that cannot be carried out, with a pointer to the byte of it that is at fault. */
export function encodeSegmentPointerSense(pointer: SegmentPointer, descriptorFormat: boolean): Uint8Array {
  return encodePointer(pointer, SKSV | SD, descriptorFormat);
}

/** A device that failed without sense data (THIRD PARTY DEVICE FAILURE), with a pointer to its CSCD descriptor in the list. */
export function encodeThirdPartyFailure(segment: number, byte: number, descriptorFormat: boolean): Uint8Array {
  const sense = encodePointer({ segment, byte, additionalSenseCode: 0x0d, additionalSenseCodeQualifier: 0x01 }, SKSV, descriptorFormat);
  // Announced whole, delivered without the pointer.
  return descriptorFormat ? sense.subarray(0, 16) : sense;
}

function encodePointer({ segment, byte, additionalSenseCode, additionalSenseCodeQualifier }: SegmentPointer, specific: number, descriptorFormat: boolean): Uint8Array {
  if (descriptorFormat) {
    const sense = newDescriptorSense(28, segment);
    sense[2] = additionalSenseCode;
    sense[3] = additionalSenseCodeQualifier;
    sense[20] = 0x02; // sense key specific descriptor
    sense[21] = 6;
    sense[24] = specific;
    writeU16(sense, 25, byte);
    return sense;
  }
  const sense = newFixedSense(FIXED_LENGTH, segment);
  sense[12] = additionalSenseCode;
  sense[13] = additionalSenseCodeQualifier;
  sense[15] = specific;
  writeU16(sense, 16, byte);
  return sense;
}

/** What a read or write of the copy manager's ended with. */
export interface FailedCommand {
  readonly side: 'source' | 'destination';
  readonly status: number;
  readonly sense: Uint8Array;
}

/** A command of the copy that failed, its status and sense data behind ours (SPC-4 6.4.3.4). */
export function encodeCopyFailure(segment: number, { side, status, sense: nested }: FailedCommand, descriptorFormat: boolean): Uint8Array {
  if (descriptorFormat) return newDescriptorSense(20, segment);
  const hasSense = status === STATUS.CHECK_CONDITION && readU8(nested, 0) !== 0;
  const sense = newFixedSense(hasSense ? FIXED_LENGTH + 1 + nested.length : FIXED_LENGTH, segment);
  sense[side === 'source' ? 8 : 9] = FIXED_LENGTH;
  if (hasSense) {
    sense[17] = status;
    sense.set(nested, FIXED_LENGTH);
  }
  return sense;
}

function newFixedSense(length: number, segment: number): Uint8Array {
  const sense = new Uint8Array(length);
  sense[0] = 0x70;
  sense[2] = SENSE_KEY.COPY_ABORTED;
  sense[7] = length - 8;
  writeU16(sense, 10, segment);
  return sense;
}

function newDescriptorSense(length: number, segment: number): Uint8Array {
  const sense = new Uint8Array(length);
  sense[0] = 0x72;
  sense[1] = SENSE_KEY.COPY_ABORTED;
  sense[7] = length - 8;
  sense[8] = 0x01; // command specific information descriptor
  sense[9] = 0x0a;
  writeU16(sense, 14, segment);
  return sense;
}
