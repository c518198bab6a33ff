import { decodeTransportId, encodeTransportId, type TransportId, transportIdLength } from '@scst/transport-id';
import { readU16, readU32, readU64, readU8, writeU16, writeU32, writeU64 } from '../../bytes.js';
import { requireLength, ScsiDataError } from '../../data-error.js';
import { concat } from '../concat.js';

/** Bytes of the basic parameter list, and of the fixed part of REGISTER AND MOVE's. */
export const PERSISTENT_RESERVE_OUT_LENGTH = 24;

/** The basic PERSISTENT RESERVE OUT parameter list, SPC-5 6.17.3, for every service action but REGISTER AND MOVE. */
export interface PersistentReserveOut {
  /** RESERVATION KEY: the key this nexus is registered with, zero if it is not. */
  readonly key: bigint;
  /** SERVICE ACTION RESERVATION KEY: the key to register, or of whom to preempt. */
  readonly serviceActionKey: bigint;
  /** ALL_TG_PT: register through every target port. */
  readonly allTargetPorts: boolean;
  /** APTPL: registrations and reservation persist through power loss. */
  readonly activatePersistThroughPowerLoss: boolean;
  /** SPEC_I_PT: also register these initiator ports; absent = SPEC_I_PT zero. */
  readonly initiatorPorts?: readonly TransportId[] | undefined;
}

export type PersistentReserveOutInput = Partial<PersistentReserveOut>;

const SPEC_I_PT = 0x08;
const ALL_TG_PT = 0x04;
const APTPL = 0x01;

/**
 * Decodes the basic parameter list. Throws {@link ScsiDataError}: `TRUNCATED` below 24 bytes, or for a TransportID list that is longer than
 * the data; `MALFORMED` where a TransportID overruns the list. A TransportID that breaks its own rules is `raw`.
 */
export function decodePersistentReserveOut(bytes: Uint8Array): PersistentReserveOut {
  requireLength(bytes, PERSISTENT_RESERVE_OUT_LENGTH, 'PERSISTENT RESERVE OUT parameter list');
  const flags = readU8(bytes, 20);
  return {
    key: readU64(bytes, 0),
    serviceActionKey: readU64(bytes, 8),
    allTargetPorts: (flags & ALL_TG_PT) !== 0,
    activatePersistThroughPowerLoss: (flags & APTPL) !== 0,
    ...((flags & SPEC_I_PT) !== 0 && { initiatorPorts: decodeTransportIds(bytes) }),
  };
}

function decodeTransportIds(bytes: Uint8Array): TransportId[] {
  const listAt = PERSISTENT_RESERVE_OUT_LENGTH + 4;
  requireLength(bytes, listAt, 'TransportID list');
  const end = listAt + readU32(bytes, PERSISTENT_RESERVE_OUT_LENGTH);
  requireLength(bytes, end, 'TransportID list');
  const transportIds: TransportId[] = [];
  for (let at = listAt; at < end; ) {
    // The length of an iSCSI TransportID is in its first four bytes; no TransportID is shorter than 24.
    const length = at + 4 <= end ? transportIdLength(bytes.subarray(at, end)) : PERSISTENT_RESERVE_OUT_LENGTH;
    if (at + length > end) throw new ScsiDataError('MALFORMED', at, 'TransportID overruns its list');
    transportIds.push(decodeTransportId(bytes.subarray(at, at + length), { malformed: 'raw' }));
    at += length;
  }
  return transportIds;
}

/** Throws the error of `encodeTransportId` for a TransportID that does not fit its format. */
export function encodePersistentReserveOut(list: PersistentReserveOutInput): Uint8Array {
  const { initiatorPorts } = list;
  const bytes = new Uint8Array(PERSISTENT_RESERVE_OUT_LENGTH + (initiatorPorts === undefined ? 0 : 4));
  writeU64(bytes, 0, list.key ?? 0n);
  writeU64(bytes, 8, list.serviceActionKey ?? 0n);
  bytes[20] =
    (initiatorPorts === undefined ? 0 : SPEC_I_PT) |
    (list.allTargetPorts === true ? ALL_TG_PT : 0) |
    (list.activatePersistThroughPowerLoss === true ? APTPL : 0);
  if (initiatorPorts === undefined) return bytes;
  const transportIds = concat(initiatorPorts.map(encodeTransportId));
  writeU32(bytes, PERSISTENT_RESERVE_OUT_LENGTH, transportIds.length);
  return concat([bytes, transportIds]);
}

/** The parameter list of REGISTER AND MOVE, SPC-5 6.17.4. */
export interface RegisterAndMove {
  readonly key: bigint;
  /** SERVICE ACTION RESERVATION KEY: the key to register the other nexus with. */
  readonly serviceActionKey: bigint;
  /** UNREG: unregister this nexus. */
  readonly unregister: boolean;
  /** APTPL */
  readonly activatePersistThroughPowerLoss: boolean;
  /** RELATIVE TARGET PORT IDENTIFIER of the port of the other nexus. */
  readonly relativeTargetPort: number;
  /** The initiator port of the other nexus. */
  readonly transportId: TransportId;
}

const UNREG = 0x02;

/** Throws {@link ScsiDataError} `TRUNCATED` below 24 bytes or where the TransportID is not all there. */
export function decodeRegisterAndMove(bytes: Uint8Array): RegisterAndMove {
  requireLength(bytes, PERSISTENT_RESERVE_OUT_LENGTH, 'REGISTER AND MOVE parameter list');
  const end = PERSISTENT_RESERVE_OUT_LENGTH + readU32(bytes, 20);
  requireLength(bytes, end, 'REGISTER AND MOVE parameter list');
  const flags = readU8(bytes, 17);
  return {
    key: readU64(bytes, 0),
    serviceActionKey: readU64(bytes, 8),
    unregister: (flags & UNREG) !== 0,
    activatePersistThroughPowerLoss: (flags & APTPL) !== 0,
    relativeTargetPort: readU16(bytes, 18),
    transportId: decodeTransportId(bytes.subarray(PERSISTENT_RESERVE_OUT_LENGTH, end), { malformed: 'raw' }),
  };
}

/** Throws the error of `encodeTransportId` for a TransportID that does not fit its format. */
export function encodeRegisterAndMove(
  list: Pick<RegisterAndMove, 'key' | 'serviceActionKey' | 'relativeTargetPort' | 'transportId'> & Partial<RegisterAndMove>,
): Uint8Array {
  const transportId = encodeTransportId(list.transportId);
  const bytes = new Uint8Array(PERSISTENT_RESERVE_OUT_LENGTH + transportId.length);
  writeU64(bytes, 0, list.key);
  writeU64(bytes, 8, list.serviceActionKey);
  bytes[17] = (list.unregister === true ? UNREG : 0) | (list.activatePersistThroughPowerLoss === true ? APTPL : 0);
  writeU16(bytes, 18, list.relativeTargetPort);
  writeU32(bytes, 20, transportId.length);
  bytes.set(transportId, PERSISTENT_RESERVE_OUT_LENGTH);
  return bytes;
}
