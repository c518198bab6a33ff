import { FIXED_LENGTH, textError, type Codec } from '../codec.js';
import { TransportIdError, type TransportIdErrorCode } from '../error.js';
import { PROTOCOL_IDENTIFIER } from '../protocol-identifier.js';
import { type IscsiTransportId } from '../types.js';

const clause = 'SPC-4 7.6.4.6';
const HEADER_LENGTH = 4;
const MINIMUM_ADDITIONAL_LENGTH = FIXED_LENGTH - HEADER_LENGTH;
/** RFC 7143 4.2.7.1. */
const MAXIMUM_NAME_LENGTH = 223;
const SEPARATOR = ',i,0x';
const isidForm = /^[0-9a-f]{1,12}$/i;

const encoder = new TextEncoder();
// A byte order mark is three bytes of the name like any other; dropping it would lose them.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const fail = (code: TransportIdErrorCode, offset: number, rule: string): TransportIdError =>
  new TransportIdError({ code, offset, rule, clause });

/** A comma would be read as the separator; blanks and control characters are excluded by the string profile of RFC 3722. */
const isForbiddenInName = (byte: number): boolean => byte <= 0x20 || byte === 0x7f || byte === 0x2c;

function checkName(name: Uint8Array): void {
  if (name.length === 0) throw fail('ISCSI_NAME', HEADER_LENGTH, 'the iSCSI name is empty');
  if (name.length > MAXIMUM_NAME_LENGTH) {
    const rule = `an iSCSI name has at most ${MAXIMUM_NAME_LENGTH} bytes (RFC 7143 4.2.7.1), this one has ${name.length}`;
    throw fail('ISCSI_NAME', HEADER_LENGTH + MAXIMUM_NAME_LENGTH, rule);
  }
  const forbidden = name.findIndex(isForbiddenInName);
  if (forbidden >= 0) throw fail('ISCSI_NAME', HEADER_LENGTH + forbidden, 'an iSCSI name holds no comma, blank or control character (RFC 3722)');
}

function checkIsid(isid: string, offset: number): void {
  if (!isidForm.test(isid)) throw fail('ISID', offset, 'ISCSI INITIATOR SESSION ID is 1 to 12 hexadecimal digits');
}

/** The UTF-8 text that stands in the TransportID, before termination and padding; checked. */
function toText({ name, isid }: IscsiTransportId): Uint8Array {
  // Half a surrogate pair has no UTF-8 and would turn into another name.
  if (/\p{Surrogate}/u.test(name)) throw fail('ISCSI_NAME', HEADER_LENGTH, 'the iSCSI name is not well-formed Unicode');
  const nameBytes = encoder.encode(name);
  checkName(nameBytes);
  if (isid === undefined) return nameBytes;
  checkIsid(isid, HEADER_LENGTH + nameBytes.length + SEPARATOR.length);
  return encoder.encode(`${name}${SEPARATOR}${isid}`);
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw fail('ISCSI_NAME', HEADER_LENGTH, 'the iSCSI name is not UTF-8');
  }
}

/** Checks the header and returns FORMAT CODE. */
function decodeHeader(bytes: Uint8Array, ignoreReserved: boolean): 0 | 1 {
  if (bytes.length < HEADER_LENGTH) {
    throw fail('TRUNCATED', bytes.length, `the header has ${HEADER_LENGTH} bytes, there are ${bytes.length}`);
  }
  const [first = 0, second = 0, high = 0, low = 0] = bytes;
  const formatCode = first >> 6;
  if (formatCode !== 0 && formatCode !== 1) throw fail('FORMAT_CODE', 0, `FORMAT CODE is ${formatCode}, not 0 or 1`);
  if (!ignoreReserved && (first & 0x30) !== 0) throw fail('RESERVED', 0, 'a reserved bit is not zero');
  if (!ignoreReserved && second !== 0) throw fail('RESERVED', 1, 'a reserved bit is not zero');
  const additionalLength = (high << 8) | low;
  if (additionalLength < MINIMUM_ADDITIONAL_LENGTH || additionalLength % 4 !== 0) {
    const rule = `ADDITIONAL LENGTH is at least ${MINIMUM_ADDITIONAL_LENGTH} and a multiple of four, it is ${additionalLength}`;
    throw fail('ADDITIONAL_LENGTH', 2, rule);
  }
  const length = HEADER_LENGTH + additionalLength;
  const rule = `by ADDITIONAL LENGTH the TransportID has ${length} bytes, there are ${bytes.length}`;
  if (bytes.length < length) throw fail('TRUNCATED', bytes.length, rule);
  if (bytes.length > length) throw fail('TRAILING_BYTES', length, rule);
  return formatCode;
}

/** The bytes of the text, up to its terminating null character. */
function decodeTerminatedText(bytes: Uint8Array, ignorePadding: boolean): Uint8Array {
  const end = bytes.indexOf(0, HEADER_LENGTH);
  if (end < 0) throw fail('NOT_TERMINATED', bytes.length - 1, 'the text does not end with an ASCII null character');
  const padding = bytes.subarray(end).findIndex((byte) => byte !== 0);
  if (padding >= 0 && !ignorePadding) throw fail('PADDING', end + padding, 'the padding is not null');
  return bytes.subarray(HEADER_LENGTH, end);
}

/**
 * iSCSI, SPC-4 7.6.4.6: ADDITIONAL LENGTH in bytes 2 and 3, then null-terminated, null-padded text: the iSCSI name, and
 * with format code 01b `,i,0x` and the initiator session identifier.
 */
export const iscsi: Codec<IscsiTransportId> = {
  protocol: 'iscsi',
  protocolIdentifier: PROTOCOL_IDENTIFIER.iscsi,
  schemes: ['iscsi'],
  encode(id) {
    const text = toText(id);
    const additionalLength = Math.max(MINIMUM_ADDITIONAL_LENGTH, 4 * Math.ceil((text.length + 1) / 4));
    const bytes = new Uint8Array(HEADER_LENGTH + additionalLength);
    bytes[0] = ((id.isid === undefined ? 0 : 1) << 6) | PROTOCOL_IDENTIFIER.iscsi;
    new DataView(bytes.buffer).setUint16(2, additionalLength);
    bytes.set(text, HEADER_LENGTH);
    return bytes;
  },
  decode(bytes, ignoreReserved) {
    const formatCode = decodeHeader(bytes, ignoreReserved);
    const text = decodeTerminatedText(bytes, ignoreReserved);
    if (formatCode === 0) {
      checkName(text);
      return { protocol: 'iscsi', name: decodeUtf8(text) };
    }
    const comma = text.indexOf(0x2c);
    const nameLength = comma < 0 ? text.length : comma;
    const isidOffset = nameLength + SEPARATOR.length;
    if (String.fromCharCode(...text.subarray(nameLength, isidOffset)) !== SEPARATOR) {
      throw fail('SEPARATOR', HEADER_LENGTH + nameLength, `with FORMAT CODE 1 the iSCSI name is followed by ${SEPARATOR}`);
    }
    checkName(text.subarray(0, nameLength));
    const isid = Array.from(text.subarray(isidOffset), (byte) => String.fromCharCode(byte)).join('');
    checkIsid(isid, HEADER_LENGTH + isidOffset);
    return { protocol: 'iscsi', name: decodeUtf8(text.subarray(0, nameLength)), isid };
  },
  print(id) {
    toText(id);
    return id.isid === undefined ? id.name : `${id.name}${SEPARATOR}${id.isid}`;
  },
  parse(text, at) {
    const comma = text.indexOf(',');
    const name = comma < 0 ? text : text.slice(0, comma);
    if (comma >= 0 && !text.startsWith(SEPARATOR, comma)) {
      throw textError(at + comma, `an iSCSI name is followed by nothing or by ${SEPARATOR} and the initiator session identifier`);
    }
    const id: IscsiTransportId =
      comma < 0 ? { protocol: 'iscsi', name } : { protocol: 'iscsi', name, isid: text.slice(comma + SEPARATOR.length) };
    try {
      toText(id);
    } catch (error) {
      if (!(error instanceof TransportIdError)) throw error;
      const inIsid = error.code === 'ISID';
      const offset = inIsid ? at + comma + SEPARATOR.length : at;
      throw new TransportIdError({ code: error.code, offset, unit: 'character', rule: error.rule, clause, cause: error });
    }
    return id;
  },
};
