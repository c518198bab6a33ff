import { readU16, readU8 } from '@scst/scsi';

/** PROTOCOL IDENTIFIER of iSCSI (SPC-5 table 503); the only protocol whose TransportIDs have a length of their own. */
const PROTOCOL_ISCSI = 0x5;
/** Length of every other TransportID (SPC-5 7.6.4). */
const FIXED_LENGTH = 24;

/** TPID FORMAT, bits 6 and 7 of byte 0: 00b an iSCSI name, 01b a name, the separator `,i,0x` and an ISID. */
const FORMAT_MASK = 0xc0;
const FORMAT_NAME = 0x00;
const FORMAT_NAME_AND_ISID = 0x40;

const COMMA = 0x2c;

/** PROTOCOL IDENTIFIER, low four bits of byte 0. */
export function protocolIdentifier(transportId: Uint8Array): number {
  return readU8(transportId, 0) & 0x0f;
}

/** Bytes the TransportID that begins here has: 24, or for iSCSI 4 and what bytes 2-3 say. */
export function transportIdLength(transportId: Uint8Array): number {
  return protocolIdentifier(transportId) === PROTOCOL_ISCSI ? readU16(transportId, 2) + 4 : FIXED_LENGTH;
}

/**
 * A copy with exactly {@link transportIdLength} bytes; what is missing is zero. Persistent reservations keep TransportIDs as
 * they came, of any protocol and without a look at their inside.
 */
export function copyTransportId(transportId: Uint8Array): Uint8Array {
  const length = transportIdLength(transportId);
  const copy = new Uint8Array(length);
  copy.set(transportId.length > length ? transportId.subarray(0, length) : transportId);
  return copy;
}

/** The same for a TransportID out of a parameter list: the last byte of an iSCSI one is made the NUL it should be. */
export function copyReceivedTransportId(transportId: Uint8Array): Uint8Array {
  const copy = copyTransportId(transportId);
  if (protocolIdentifier(copy) === PROTOCOL_ISCSI) copy[copy.length - 1] = 0;
  return copy;
}

/** An iSCSI TransportID without an ISID: it stands for every initiator port of that name. */
export function isWildcard(transportId: Uint8Array): boolean {
  return protocolIdentifier(transportId) === PROTOCOL_ISCSI && (readU8(transportId, 0) & FORMAT_MASK) === FORMAT_NAME;
}

/**
 * Whether two TransportIDs name the same initiator port. iSCSI ones are compared by name, letter case ignored, and by ISID too if
 * both have one; others byte by byte. An iSCSI TransportID of an unknown format, or one that should have an ISID but has no
 * separator, equals nothing of the other format.
 */
export function isSameInitiatorPort(left: Uint8Array, right: Uint8Array): boolean {
  if (protocolIdentifier(left) !== protocolIdentifier(right)) return false;
  return protocolIdentifier(left) === PROTOCOL_ISCSI ? isSameIscsiPort(left, right) : isSameBytes(left, right);
}

function isSameBytes(left: Uint8Array, right: Uint8Array): boolean {
  for (let at = 0; at < FIXED_LENGTH; at++) if (readU8(left, at) !== readU8(right, at)) return false;
  return true;
}

function isSameIscsiPort(left: Uint8Array, right: Uint8Array): boolean {
  const sameFormat = ((readU8(left, 0) ^ readU8(right, 0)) & FORMAT_MASK) === 0;
  const leftEnd = comparedEnd(left, sameFormat);
  const rightEnd = comparedEnd(right, sameFormat);
  if (leftEnd === undefined || leftEnd !== rightEnd) return false;
  for (let at = 4; at < leftEnd; at++) if (lowerCase(readU8(left, at)) !== lowerCase(readU8(right, at))) return false;
  return true;
}

/** Where the part that is compared ends: at the NUL, or at the separator when the other one has no ISID. Undefined: not comparable. */
function comparedEnd(transportId: Uint8Array, sameFormat: boolean): number | undefined {
  const format = readU8(transportId, 0) & FORMAT_MASK;
  if (format !== FORMAT_NAME && format !== FORMAT_NAME_AND_ISID) return undefined;
  const atSeparator = format === FORMAT_NAME_AND_ISID && !sameFormat;
  const end = transportIdLength(transportId);
  for (let at = 4; at < end; at++) {
    const byte = readU8(transportId, at);
    if (byte === 0) return atSeparator ? undefined : at;
    if (atSeparator && byte === COMMA) return at;
  }
  return atSeparator ? undefined : end;
}

/** Latin-1 case folding, as the kernel's tolower() does. */
function lowerCase(byte: number): number {
  const isUpper = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0xc0 && byte <= 0xde && byte !== 0xd7);
  return isUpper ? byte + 0x20 : byte;
}
