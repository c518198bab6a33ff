import { readU16, readU32, readU64, readU8 } from '../bytes.js';
import { requireLength, ScsiDataError } from '../data-error.js';
import { decodeSenseKeySpecific } from './sense-key-specific.js';
import type { Sense, SenseKeySpecific, StreamConditions } from './sense.js';

/** Bytes of fixed format sense data before the ADDITIONAL SENSE BYTES. */
export const FIXED_LENGTH = 18;

/** Descriptor types of the descriptor format, SPC-5 table 28. */
export const SENSE_DESCRIPTOR = {
  INFORMATION: 0x00,
  COMMAND_SPECIFIC_INFORMATION: 0x01,
  SENSE_KEY_SPECIFIC: 0x02,
  FIELD_REPLACEABLE_UNIT: 0x03,
  STREAM_COMMANDS: 0x04,
  BLOCK_COMMANDS: 0x05,
} as const;

/**
 * Decodes sense data of either format. Data cut short gives what is there.
 * Throws {@link ScsiDataError}: `TRUNCATED` for data that ends before the sense key, `MALFORMED` for a response code other than 70h to 73h.
 */
export function decodeSense(bytes: Uint8Array): Sense {
  requireLength(bytes, 1, 'sense data');
  switch (readU8(bytes, 0) & 0x7f) {
    case 0x70:
      return decodeFixed(bytes, false);
    case 0x71:
      return decodeFixed(bytes, true);
    case 0x72:
      return decodeDescriptor(bytes, false);
    case 0x73:
      return decodeDescriptor(bytes, true);
    default:
      throw new ScsiDataError('MALFORMED', 0, `sense data: response code ${(readU8(bytes, 0) & 0x7f).toString(16)}h is not known`);
  }
}

/** Like {@link decodeSense}, but undefined for what is not sense data. */
export function tryDecodeSense(bytes: Uint8Array): Sense | undefined {
  const responseCode = readU8(bytes, 0) & 0x7f;
  if (responseCode < 0x70 || responseCode > 0x73) return undefined;
  return bytes.length < ((responseCode & 0x02) === 0 ? 3 : 2) ? undefined : decodeSense(bytes);
}

/** SPC-5 4.4.3 */
function decodeFixed(bytes: Uint8Array, deferred: boolean): Sense {
  requireLength(bytes, 3, 'fixed format sense data');
  // Bytes beyond ADDITIONAL SENSE LENGTH are left over from something else and mean nothing.
  const data = bytes.length < 8 ? bytes : bytes.subarray(0, 8 + readU8(bytes, 7));
  const flags = readU8(data, 2);
  const senseKey = flags & 0x0f;
  const commandSpecificInformation = readU32(data, 8);
  const fieldReplaceableUnitCode = readU8(data, 14);
  return {
    format: 'fixed',
    deferred,
    senseKey,
    additionalSenseCode: readU8(data, 12),
    additionalSenseCodeQualifier: readU8(data, 13),
    ...((readU8(data, 0) & 0x80) !== 0 && { information: BigInt(readU32(data, 3)) }),
    ...(commandSpecificInformation !== 0 && { commandSpecificInformation: BigInt(commandSpecificInformation) }),
    ...(fieldReplaceableUnitCode !== 0 && { fieldReplaceableUnitCode }),
    ...optional('senseKeySpecific', decodeSenseKeySpecific(data, 15, senseKey)),
    ...optional('stream', streamConditions(flags)),
    ...(data.length > FIXED_LENGTH && { additionalSenseBytes: data.slice(FIXED_LENGTH) }),
  };
}

/** SPC-5 4.4.2 */
function decodeDescriptor(bytes: Uint8Array, deferred: boolean): Sense {
  requireLength(bytes, 2, 'descriptor format sense data');
  const senseKey = readU8(bytes, 1) & 0x0f;
  const end = Math.min(bytes.length, 8 + readU8(bytes, 7));
  let information: bigint | undefined;
  let commandSpecificInformation: bigint | undefined;
  let fieldReplaceableUnitCode: number | undefined;
  let senseKeySpecific: SenseKeySpecific | undefined;
  let stream: StreamConditions | undefined;
  const others: Uint8Array[] = [];
  for (let at = 8; at + 2 <= end; ) {
    const descriptor = bytes.subarray(at, Math.min(at + 2 + readU8(bytes, at + 1), end));
    at += 2 + readU8(bytes, at + 1);
    switch (readU8(descriptor, 0)) {
      case SENSE_DESCRIPTOR.INFORMATION:
        if (descriptor.length >= 12 && (readU8(descriptor, 2) & 0x80) !== 0) information = readU64(descriptor, 4);
        break;
      case SENSE_DESCRIPTOR.COMMAND_SPECIFIC_INFORMATION:
        if (descriptor.length >= 12) commandSpecificInformation = readU64(descriptor, 4);
        break;
      case SENSE_DESCRIPTOR.SENSE_KEY_SPECIFIC:
        if (descriptor.length >= 7) senseKeySpecific = decodeSenseKeySpecific(descriptor, 4, senseKey);
        break;
      case SENSE_DESCRIPTOR.FIELD_REPLACEABLE_UNIT:
        if (descriptor.length >= 4) fieldReplaceableUnitCode = readU8(descriptor, 3);
        break;
      case SENSE_DESCRIPTOR.STREAM_COMMANDS:
      case SENSE_DESCRIPTOR.BLOCK_COMMANDS:
        if (descriptor.length >= 4) stream = streamConditions(readU8(descriptor, 3)) ?? stream;
        break;
      default:
        others.push(descriptor);
    }
  }
  const code = readU16(bytes, 2);
  return {
    format: 'descriptor',
    deferred,
    senseKey,
    additionalSenseCode: code >>> 8,
    additionalSenseCodeQualifier: code & 0xff,
    ...optional('information', information),
    ...optional('commandSpecificInformation', commandSpecificInformation),
    ...optional('fieldReplaceableUnitCode', fieldReplaceableUnitCode),
    ...optional('senseKeySpecific', senseKeySpecific),
    ...optional('stream', stream),
    ...(others.length > 0 && { otherDescriptors: others }),
  };
}

function streamConditions(flags: number): StreamConditions | undefined {
  if ((flags & 0xe0) === 0) return undefined;
  return { filemark: (flags & 0x80) !== 0, endOfMedium: (flags & 0x40) !== 0, incorrectLength: (flags & 0x20) !== 0 };
}

function optional<Name extends string, Value>(name: Name, value: Value | undefined): Partial<Record<Name, Value>> {
  return value === undefined ? {} : ({ [name]: value } as Partial<Record<Name, Value>>);
}
