import { readU16, readU24, readU8 } from '../bytes.js';
import type { SenseKeySpecific } from './sense.js';
import { SENSE_KEY } from './sense-key.js';

const SKSV = 0x80;
/** C/D of a field pointer, bit 6. */
const COMMAND_DATA = 0x40;
/** SD of a segment pointer, bit 5. */
const SEGMENT_DESCRIPTOR = 0x20;
/** BPV, bit 3; the bit pointer is below it. */
const BIT_POINTER_VALID = 0x08;

/** Decodes the three sense-key-specific bytes at `offset` (SPC-5 4.4.2.4); undefined when SKSV is zero. */
export function decodeSenseKeySpecific(bytes: Uint8Array, offset: number, senseKey: number): SenseKeySpecific | undefined {
  const first = readU8(bytes, offset);
  if ((first & SKSV) === 0) return undefined;
  const value = readU16(bytes, offset + 1);
  const bitPointer = (first & BIT_POINTER_VALID) === 0 ? {} : { bitPointer: first & 0x07 };
  switch (senseKey) {
    case SENSE_KEY.ILLEGAL_REQUEST:
      return { kind: 'field-pointer', inCdb: (first & COMMAND_DATA) !== 0, ...bitPointer, fieldPointer: value };
    case SENSE_KEY.COPY_ABORTED:
      return { kind: 'segment-pointer', inSegmentDescriptor: (first & SEGMENT_DESCRIPTOR) !== 0, ...bitPointer, fieldPointer: value };
    case SENSE_KEY.NO_SENSE:
    case SENSE_KEY.NOT_READY:
      return { kind: 'progress', progress: value };
    case SENSE_KEY.RECOVERED_ERROR:
    case SENSE_KEY.MEDIUM_ERROR:
    case SENSE_KEY.HARDWARE_ERROR:
      return { kind: 'retry-count', actualRetryCount: value };
    case SENSE_KEY.UNIT_ATTENTION:
      return { kind: 'unit-attention-queue', overflow: (first & 0x01) !== 0 };
    default:
      return { kind: 'other', value: readU24(bytes, offset) & 0x7f_ffff };
  }
}

/** Stores the three sense-key-specific bytes, SKSV set, at `offset`. */
export function encodeSenseKeySpecific(bytes: Uint8Array, offset: number, specific: SenseKeySpecific): void {
  let first = SKSV;
  let value = 0;
  switch (specific.kind) {
    case 'field-pointer':
      if (specific.inCdb) first |= COMMAND_DATA;
      if (specific.bitPointer !== undefined) first |= BIT_POINTER_VALID | (specific.bitPointer & 0x07);
      value = specific.fieldPointer;
      break;
    case 'segment-pointer':
      if (specific.inSegmentDescriptor) first |= SEGMENT_DESCRIPTOR;
      if (specific.bitPointer !== undefined) first |= BIT_POINTER_VALID | (specific.bitPointer & 0x07);
      value = specific.fieldPointer;
      break;
    case 'progress':
      value = specific.progress;
      break;
    case 'retry-count':
      value = specific.actualRetryCount;
      break;
    case 'unit-attention-queue':
      if (specific.overflow) first |= 0x01;
      break;
    case 'other':
      first |= (specific.value >>> 16) & 0x7f;
      value = specific.value;
      break;
  }
  bytes[offset] = first;
  bytes[offset + 1] = value >>> 8;
  bytes[offset + 2] = value;
}
