import { readAscii, readU16, readU8, writeAscii, writeU16 } from '../../bytes.js';
import { requireRange } from '../../data-error.js';

/** ASSOCIATION, SPC-5 7.7.6.1: whom a designator names. */
export const ASSOCIATION = { LOGICAL_UNIT: 0, TARGET_PORT: 1, TARGET_DEVICE: 2 } as const;
/** CODE SET, SPC-5 7.7.6.1. */
export const CODE_SET = { BINARY: 1, ASCII: 2, UTF8: 3 } as const;
/** DESIGNATOR TYPE, SPC-5 7.7.6.1. */
export const DESIGNATOR_TYPE = {
  VENDOR_SPECIFIC: 0x0,
  T10_VENDOR_ID: 0x1,
  EUI_64: 0x2,
  NAA: 0x3,
  RELATIVE_TARGET_PORT: 0x4,
  TARGET_PORT_GROUP: 0x5,
  LOGICAL_UNIT_GROUP: 0x6,
  MD5_LOGICAL_UNIT: 0x7,
  SCSI_NAME: 0x8,
  PROTOCOL_SPECIFIC_PORT: 0x9,
  UUID: 0xa,
} as const;

/** A designation descriptor, SPC-5 7.7.6: one name of a logical unit, its target port or its target device. */
export type Designator = DesignatorHeader & DesignatorName;

export interface DesignatorHeader {
  /** {@link ASSOCIATION} */
  readonly association: number;
  /** PROTOCOL IDENTIFIER; present when PIV is set. */
  readonly protocolIdentifier?: number | undefined;
  /** {@link CODE_SET}; left out, the encoder takes the one its type asks for. */
  readonly codeSet?: number | undefined;
}

/** What the designator says. One whose bytes break the rules of its type is `other`, so that nothing is lost. */
export type DesignatorName =
  | { readonly type: 'vendor-specific'; readonly bytes: Uint8Array }
  /** SPC-5 7.7.6.4: the T10 vendor, and bytes that the vendor made unique. */
  | { readonly type: 't10-vendor-id'; readonly vendorIdentification: string; readonly vendorSpecificIdentifier: Uint8Array }
  /** SPC-5 7.7.6.5: 8, 12 or 16 bytes. */
  | { readonly type: 'eui-64'; readonly bytes: Uint8Array }
  /** SPC-5 7.7.6.6: 8 bytes, or 16 for NAA 6; the NAA is the upper half of the first. */
  | { readonly type: 'naa'; readonly bytes: Uint8Array }
  | { readonly type: 'relative-target-port'; readonly relativeTargetPort: number }
  | { readonly type: 'target-port-group'; readonly targetPortGroup: number }
  | { readonly type: 'logical-unit-group'; readonly logicalUnitGroup: number }
  | { readonly type: 'md5'; readonly bytes: Uint8Array }
  /** SPC-5 7.7.6.11: `eui.`, `naa.` or `iqn.` name; UTF-8, zero padded to a multiple of four with at least one zero. */
  | { readonly type: 'scsi-name'; readonly name: string }
  | { readonly type: 'protocol-specific-port'; readonly bytes: Uint8Array }
  /** SPC-5 7.7.6.13: the 16 bytes of an RFC 4122 UUID. */
  | { readonly type: 'uuid'; readonly bytes: Uint8Array }
  | { readonly type: 'other'; readonly designatorType: number; readonly bytes: Uint8Array };

/** Bytes before the designator. */
const HEADER_LENGTH = 4;

/** Decodes the designation descriptors in `bytes`, one after the other; one that is cut short ends the list. */
export function decodeDesignators(bytes: Uint8Array): Designator[] {
  const designators: Designator[] = [];
  for (let at = 0; at + HEADER_LENGTH <= bytes.length; ) {
    const end = at + HEADER_LENGTH + readU8(bytes, at + 3);
    if (end > bytes.length) break;
    designators.push(decodeDesignator(bytes.subarray(at, end)));
    at = end;
  }
  return designators;
}

function decodeDesignator(bytes: Uint8Array): Designator {
  const flags = readU8(bytes, 1);
  const header: DesignatorHeader = {
    association: (flags >>> 4) & 0x03,
    ...((flags & 0x80) !== 0 && { protocolIdentifier: readU8(bytes, 0) >>> 4 }),
    codeSet: readU8(bytes, 0) & 0x0f,
  };
  const body = bytes.slice(HEADER_LENGTH);
  return { ...header, ...(decodeName(flags & 0x0f, body) ?? { type: 'other', designatorType: flags & 0x0f, bytes: body }) };
}

function decodeName(type: number, body: Uint8Array): DesignatorName | undefined {
  switch (type) {
    case DESIGNATOR_TYPE.VENDOR_SPECIFIC:
      return { type: 'vendor-specific', bytes: body };
    case DESIGNATOR_TYPE.T10_VENDOR_ID:
      if (body.length < 8) return undefined;
      return { type: 't10-vendor-id', vendorIdentification: readAscii(body, 0, 8), vendorSpecificIdentifier: body.slice(8) };
    case DESIGNATOR_TYPE.EUI_64:
      return [8, 12, 16].includes(body.length) ? { type: 'eui-64', bytes: body } : undefined;
    case DESIGNATOR_TYPE.NAA:
      return body.length === (readU8(body, 0) >>> 4 === 6 ? 16 : 8) ? { type: 'naa', bytes: body } : undefined;
    case DESIGNATOR_TYPE.RELATIVE_TARGET_PORT:
      return body.length === 4 ? { type: 'relative-target-port', relativeTargetPort: readU16(body, 2) } : undefined;
    case DESIGNATOR_TYPE.TARGET_PORT_GROUP:
      return body.length === 4 ? { type: 'target-port-group', targetPortGroup: readU16(body, 2) } : undefined;
    case DESIGNATOR_TYPE.LOGICAL_UNIT_GROUP:
      return body.length === 4 ? { type: 'logical-unit-group', logicalUnitGroup: readU16(body, 2) } : undefined;
    case DESIGNATOR_TYPE.MD5_LOGICAL_UNIT:
      return body.length === 16 ? { type: 'md5', bytes: body } : undefined;
    case DESIGNATOR_TYPE.SCSI_NAME:
      return decodeScsiName(body);
    case DESIGNATOR_TYPE.PROTOCOL_SPECIFIC_PORT:
      return { type: 'protocol-specific-port', bytes: body };
    case DESIGNATOR_TYPE.UUID:
      return body.length === 18 && readU8(body, 0) === 0x10 ? { type: 'uuid', bytes: body.slice(2) } : undefined;
    default:
      return undefined;
  }
}

function decodeScsiName(body: Uint8Array): DesignatorName | undefined {
  const end = body.indexOf(0);
  if (end < 0 || body.length % 4 !== 0) return undefined;
  try {
    return { type: 'scsi-name', name: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body.subarray(0, end)) };
  } catch {
    return undefined;
  }
}

/** Encodes one designation descriptor. Throws {@link ScsiDataError} `RANGE` for a number or a length that does not fit. */
export function encodeDesignator(designator: Designator): Uint8Array {
  const { type, codeSet, body } = encodeName(designator);
  requireRange(body.length, 8, 3, 'DESIGNATOR LENGTH');
  const bytes = new Uint8Array(HEADER_LENGTH + body.length);
  bytes[0] = ((designator.protocolIdentifier ?? 0) << 4) | ((designator.codeSet ?? codeSet) & 0x0f);
  bytes[1] = (designator.protocolIdentifier === undefined ? 0 : 0x80) | ((designator.association & 0x03) << 4) | type;
  bytes[3] = body.length;
  bytes.set(body, HEADER_LENGTH);
  return bytes;
}

interface EncodedName {
  readonly type: number;
  readonly codeSet: number;
  readonly body: Uint8Array;
}

function encodeName(name: DesignatorName): EncodedName {
  const { BINARY, ASCII, UTF8 } = CODE_SET;
  switch (name.type) {
    case 'vendor-specific':
      return { type: DESIGNATOR_TYPE.VENDOR_SPECIFIC, codeSet: BINARY, body: name.bytes };
    case 't10-vendor-id': {
      const body = new Uint8Array(8 + name.vendorSpecificIdentifier.length);
      writeAscii(body, 0, 8, name.vendorIdentification);
      body.set(name.vendorSpecificIdentifier, 8);
      return { type: DESIGNATOR_TYPE.T10_VENDOR_ID, codeSet: ASCII, body };
    }
    case 'eui-64':
      return { type: DESIGNATOR_TYPE.EUI_64, codeSet: BINARY, body: name.bytes };
    case 'naa':
      return { type: DESIGNATOR_TYPE.NAA, codeSet: BINARY, body: name.bytes };
    case 'relative-target-port':
      return { type: DESIGNATOR_TYPE.RELATIVE_TARGET_PORT, codeSet: BINARY, body: identifier(name.relativeTargetPort, 'RELATIVE TARGET PORT IDENTIFIER') };
    case 'target-port-group':
      return { type: DESIGNATOR_TYPE.TARGET_PORT_GROUP, codeSet: BINARY, body: identifier(name.targetPortGroup, 'TARGET PORT GROUP') };
    case 'logical-unit-group':
      return { type: DESIGNATOR_TYPE.LOGICAL_UNIT_GROUP, codeSet: BINARY, body: identifier(name.logicalUnitGroup, 'LOGICAL UNIT GROUP') };
    case 'md5':
      return { type: DESIGNATOR_TYPE.MD5_LOGICAL_UNIT, codeSet: BINARY, body: name.bytes };
    case 'scsi-name': {
      const text = new TextEncoder().encode(name.name);
      const body = new Uint8Array((text.length + 4) & ~3);
      body.set(text);
      return { type: DESIGNATOR_TYPE.SCSI_NAME, codeSet: UTF8, body };
    }
    case 'protocol-specific-port':
      return { type: DESIGNATOR_TYPE.PROTOCOL_SPECIFIC_PORT, codeSet: BINARY, body: name.bytes };
    case 'uuid': {
      const body = new Uint8Array(18);
      body[0] = 0x10;
      body.set(name.bytes.subarray(0, 16), 2);
      return { type: DESIGNATOR_TYPE.UUID, codeSet: BINARY, body };
    }
    case 'other':
      return { type: name.designatorType & 0x0f, codeSet: BINARY, body: name.bytes };
  }
}

/** Two reserved bytes and a 16-bit number. */
function identifier(value: number, what: string): Uint8Array {
  requireRange(value, 16, HEADER_LENGTH + 2, what);
  const body = new Uint8Array(4);
  writeU16(body, 2, value);
  return body;
}
