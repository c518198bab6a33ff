import { writeU32, writeU64 } from '../bytes.js';
import { FIXED_LENGTH, SENSE_DESCRIPTOR } from './decode-sense.js';
import { encodeSenseKeySpecific } from './sense-key-specific.js';
import type { SenseInput, StreamConditions } from './sense.js';

/** ADDITIONAL SENSE LENGTH is at most 244, SPC-5 4.4.2.1. */
const MAX_LENGTH = 252;
const MAX_U32 = 0xffff_ffffn;

/**
 * Encodes sense data: 18 bytes and the additional ones in the fixed format (the default), 8 bytes and the descriptors needed in the
 * descriptor format. At most 252 bytes, so that ADDITIONAL SENSE LENGTH can tell; additional sense bytes beyond that are cut.
 * INFORMATION that does not fit the fixed format's 32 bits is left out with VALID zero, as SPC-5 4.4.3 asks.
 */
export function encodeSense(sense: SenseInput): Uint8Array {
  return sense.format === 'descriptor' ? encodeDescriptor(sense) : encodeFixed(sense);
}

/** SPC-5 4.4.3 */
function encodeFixed(sense: SenseInput): Uint8Array {
  const additional = sense.additionalSenseBytes?.subarray(0, MAX_LENGTH - FIXED_LENGTH) ?? new Uint8Array(0);
  const bytes = new Uint8Array(FIXED_LENGTH + additional.length);
  bytes[0] = sense.deferred === true ? 0x71 : 0x70;
  bytes[2] = (sense.senseKey & 0x0f) | streamFlags(sense.stream);
  if (sense.information !== undefined && sense.information >= 0n && sense.information <= MAX_U32) {
    bytes[0] |= 0x80;
    writeU32(bytes, 3, Number(sense.information));
  }
  bytes[7] = bytes.length - 8;
  const specific = sense.commandSpecificInformation;
  if (specific !== undefined && specific >= 0n && specific <= MAX_U32) writeU32(bytes, 8, Number(specific));
  bytes[12] = sense.additionalSenseCode;
  bytes[13] = sense.additionalSenseCodeQualifier;
  bytes[14] = sense.fieldReplaceableUnitCode ?? 0;
  if (sense.senseKeySpecific !== undefined) encodeSenseKeySpecific(bytes, 15, sense.senseKeySpecific);
  bytes.set(additional, FIXED_LENGTH);
  return bytes;
}

/** SPC-5 4.4.2 */
function encodeDescriptor(sense: SenseInput): Uint8Array {
  const descriptors: Uint8Array[] = [];
  if (sense.information !== undefined) {
    const descriptor = newDescriptor(SENSE_DESCRIPTOR.INFORMATION, 12);
    descriptor[2] = 0x80;
    writeU64(descriptor, 4, sense.information);
    descriptors.push(descriptor);
  }
  if (sense.commandSpecificInformation !== undefined) {
    const descriptor = newDescriptor(SENSE_DESCRIPTOR.COMMAND_SPECIFIC_INFORMATION, 12);
    writeU64(descriptor, 4, sense.commandSpecificInformation);
    descriptors.push(descriptor);
  }
  if (sense.senseKeySpecific !== undefined) {
    const descriptor = newDescriptor(SENSE_DESCRIPTOR.SENSE_KEY_SPECIFIC, 8);
    encodeSenseKeySpecific(descriptor, 4, sense.senseKeySpecific);
    descriptors.push(descriptor);
  }
  if (sense.fieldReplaceableUnitCode !== undefined) {
    const descriptor = newDescriptor(SENSE_DESCRIPTOR.FIELD_REPLACEABLE_UNIT, 4);
    descriptor[3] = sense.fieldReplaceableUnitCode;
    descriptors.push(descriptor);
  }
  if (sense.stream !== undefined) {
    const descriptor = newDescriptor(SENSE_DESCRIPTOR.STREAM_COMMANDS, 4);
    descriptor[3] = streamFlags(sense.stream);
    descriptors.push(descriptor);
  }
  descriptors.push(...(sense.otherDescriptors ?? []));
  const length = descriptors.reduce((sum, descriptor) => sum + descriptor.length, 0);
  const bytes = new Uint8Array(8 + length);
  bytes[0] = sense.deferred === true ? 0x73 : 0x72;
  bytes[1] = sense.senseKey & 0x0f;
  bytes[2] = sense.additionalSenseCode;
  bytes[3] = sense.additionalSenseCodeQualifier;
  bytes[7] = length;
  let at = 8;
  for (const descriptor of descriptors) {
    bytes.set(descriptor, at);
    at += descriptor.length;
  }
  return bytes;
}

function newDescriptor(type: number, length: number): Uint8Array {
  const descriptor = new Uint8Array(length);
  descriptor[0] = type;
  descriptor[1] = length - 2;
  return descriptor;
}

function streamFlags(stream: StreamConditions | undefined): number {
  if (stream === undefined) return 0;
  return (stream.filemark ? 0x80 : 0) | (stream.endOfMedium ? 0x40 : 0) | (stream.incorrectLength ? 0x20 : 0);
}
