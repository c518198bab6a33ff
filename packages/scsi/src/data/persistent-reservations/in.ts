import { decodeTransportId, encodeTransportId, type TransportId } from '@scst/transport-id';
import { readU16, readU32, readU64, readU8, writeU16, writeU32, writeU64 } from '../../bytes.js';
import { requireLength } from '../../data-error.js';
import { bits, flag } from '../../field.js';
import { concat } from '../concat.js';
import { decodeStruct, encodeStruct, type StructInput, type StructValues } from '../struct.js';

/** What the list-like service actions of PERSISTENT RESERVE IN begin with. */
export interface ReservationDataHeader {
  /** PRGENERATION: counts changes of the registrations. */
  readonly generation: number;
  /** ADDITIONAL LENGTH in bytes as the device has it: more than is here when the data was cut. */
  readonly additionalLength: number;
}

const HEADER_LENGTH = 8;

function decodeHeader(bytes: Uint8Array, what: string): ReservationDataHeader {
  requireLength(bytes, HEADER_LENGTH, what);
  return { generation: readU32(bytes, 0), additionalLength: readU32(bytes, 4) };
}

function encodeHeader(generation: number, additionalLength: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_LENGTH);
  writeU32(bytes, 0, generation);
  writeU32(bytes, 4, additionalLength);
  return bytes;
}

/** READ KEYS parameter data, SPC-5 6.16.2: the keys of the registrations, one for each I_T nexus. */
export interface ReadKeys extends ReservationDataHeader {
  readonly keys: readonly bigint[];
}

/** Throws {@link ScsiDataError} `TRUNCATED` below 8 bytes; a key that was cut is left out. */
export function decodeReadKeys(bytes: Uint8Array): ReadKeys {
  const header = decodeHeader(bytes, 'READ KEYS parameter data');
  const end = Math.min(bytes.length, HEADER_LENGTH + header.additionalLength);
  const keys: bigint[] = [];
  for (let at = HEADER_LENGTH; at + 8 <= end; at += 8) keys.push(readU64(bytes, at));
  return { ...header, keys };
}

export function encodeReadKeys({ generation, keys }: Pick<ReadKeys, 'generation' | 'keys'>): Uint8Array {
  const bytes = new Uint8Array(HEADER_LENGTH + 8 * keys.length);
  bytes.set(encodeHeader(generation, 8 * keys.length));
  keys.forEach((key, index) => { writeU64(bytes, HEADER_LENGTH + 8 * index, key); });
  return bytes;
}

/** A persistent reservation. */
export interface Reservation {
  /** The holder's reservation key; zero for the all-registrants types. */
  readonly key: bigint;
  readonly scope: number;
  /** {@link RESERVATION_TYPE} */
  readonly type: number;
}

/** READ RESERVATION parameter data, SPC-5 6.16.3. */
export interface ReadReservation extends ReservationDataHeader {
  /** Absent when nobody holds one. */
  readonly reservation?: Reservation | undefined;
}

/** Throws {@link ScsiDataError} `TRUNCATED` below 8 bytes, or when a reservation is announced and cut off. */
export function decodeReadReservation(bytes: Uint8Array): ReadReservation {
  const header = decodeHeader(bytes, 'READ RESERVATION parameter data');
  if (header.additionalLength < 16) return header;
  requireLength(bytes, 22, 'READ RESERVATION parameter data');
  return { ...header, reservation: { key: readU64(bytes, 8), scope: readU8(bytes, 21) >>> 4, type: readU8(bytes, 21) & 0x0f } };
}

export function encodeReadReservation({ generation, reservation }: Pick<ReadReservation, 'generation' | 'reservation'>): Uint8Array {
  if (reservation === undefined) return encodeHeader(generation, 0);
  const bytes = new Uint8Array(24);
  bytes.set(encodeHeader(generation, 16));
  writeU64(bytes, 8, reservation.key);
  bytes[21] = (reservation.scope << 4) | (reservation.type & 0x0f);
  return bytes;
}

const CAPABILITIES = {
  length: 8,
  fields: {
    /** RLR_C */
    replaceLostReservationCapable: flag('RLR_C', 2, 7),
    /** CRH: RESERVE and RELEASE of SPC-2 are tolerated from registrants. */
    compatibleReservationHandling: flag('CRH', 2, 4),
    /** SIP_C: SPEC_I_PT is supported. */
    specifyInitiatorPortsCapable: flag('SIP_C', 2, 3),
    /** ATP_C: ALL_TG_PT is supported. */
    allTargetPortsCapable: flag('ATP_C', 2, 2),
    /** PTPL_C: APTPL is supported. */
    persistThroughPowerLossCapable: flag('PTPL_C', 2, 0),
    /** TMV: the type mask is valid. */
    typeMaskValid: flag('TMV', 3, 7),
    allowCommands: bits('ALLOW COMMANDS', 3, 6, 3),
    /** PTPL_A: registrations persist now. */
    persistThroughPowerLossActivated: flag('PTPL_A', 3, 0),
    writeExclusiveAllRegistrants: flag('WR_EX_AR', 4, 7),
    exclusiveAccessRegistrantsOnly: flag('EX_AC_RO', 4, 6),
    writeExclusiveRegistrantsOnly: flag('WR_EX_RO', 4, 5),
    exclusiveAccess: flag('EX_AC', 4, 3),
    writeExclusive: flag('WR_EX', 4, 1),
    exclusiveAccessAllRegistrants: flag('EX_AC_AR', 5, 0),
  },
};

/** REPORT CAPABILITIES parameter data, SPC-5 6.16.4. */
export type ReportCapabilities = StructValues<typeof CAPABILITIES.fields>;

/** Throws {@link ScsiDataError} `TRUNCATED` below 4 bytes; a type mask that was cut off is zero. */
export function decodeReportCapabilities(bytes: Uint8Array): ReportCapabilities {
  requireLength(bytes, 4, 'REPORT CAPABILITIES parameter data');
  return decodeStruct(CAPABILITIES, bytes.subarray(0, readU16(bytes, 0)));
}

/** Gives eight bytes. */
export function encodeReportCapabilities(capabilities: StructInput<typeof CAPABILITIES.fields>): Uint8Array {
  const bytes = encodeStruct(CAPABILITIES, capabilities);
  writeU16(bytes, 0, CAPABILITIES.length);
  return bytes;
}

/** One registration, SPC-5 6.16.5. */
export interface FullStatusDescriptor {
  readonly key: bigint;
  /** ALL_TG_PT: the registration holds for every target port. */
  readonly allTargetPorts: boolean;
  /** R_HOLDER: it holds the reservation; then scope and type are the reservation's, else zero. */
  readonly reservationHolder: boolean;
  readonly scope: number;
  /** {@link RESERVATION_TYPE} */
  readonly type: number;
  readonly relativeTargetPort: number;
  /** The registered initiator port; `raw` where its bytes break the rules of their protocol. */
  readonly transportId: TransportId;
}

/** READ FULL STATUS parameter data, SPC-5 6.16.5. */
export interface ReadFullStatus extends ReservationDataHeader {
  readonly registrations: readonly FullStatusDescriptor[];
}

const FULL_STATUS_LENGTH = 24;

/** Throws {@link ScsiDataError} `TRUNCATED` below 8 bytes; a registration that was cut off is left out. */
export function decodeReadFullStatus(bytes: Uint8Array): ReadFullStatus {
  const header = decodeHeader(bytes, 'READ FULL STATUS parameter data');
  const listEnd = Math.min(bytes.length, HEADER_LENGTH + header.additionalLength);
  const registrations: FullStatusDescriptor[] = [];
  for (let at = HEADER_LENGTH; at + FULL_STATUS_LENGTH <= listEnd; ) {
    const end = at + FULL_STATUS_LENGTH + readU32(bytes, at + 20);
    if (end > listEnd) break;
    const flags = readU8(bytes, at + 12);
    registrations.push({
      key: readU64(bytes, at),
      allTargetPorts: (flags & 0x02) !== 0,
      reservationHolder: (flags & 0x01) !== 0,
      scope: readU8(bytes, at + 13) >>> 4,
      type: readU8(bytes, at + 13) & 0x0f,
      relativeTargetPort: readU16(bytes, at + 18),
      transportId: decodeTransportId(bytes.subarray(at + FULL_STATUS_LENGTH, end), { malformed: 'raw' }),
    });
    at = end;
  }
  return { ...header, registrations };
}

/** Throws the error of `encodeTransportId` for a TransportID that does not fit its format. */
export function encodeReadFullStatus({ generation, registrations }: Pick<ReadFullStatus, 'generation' | 'registrations'>): Uint8Array {
  const list = concat(registrations.map(encodeFullStatusDescriptor));
  return concat([encodeHeader(generation, list.length), list]);
}

function encodeFullStatusDescriptor(registration: FullStatusDescriptor): Uint8Array {
  const transportId = encodeTransportId(registration.transportId);
  const bytes = new Uint8Array(FULL_STATUS_LENGTH + transportId.length);
  writeU64(bytes, 0, registration.key);
  bytes[12] = (registration.allTargetPorts ? 0x02 : 0) | (registration.reservationHolder ? 0x01 : 0);
  bytes[13] = (registration.scope << 4) | (registration.type & 0x0f);
  writeU16(bytes, 18, registration.relativeTargetPort);
  writeU32(bytes, 20, transportId.length);
  bytes.set(transportId, FULL_STATUS_LENGTH);
  return bytes;
}
