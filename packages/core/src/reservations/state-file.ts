import { RESERVATION_SCOPE, readU16, readU32, readU64, readU8, writeU16, writeU32, writeU64 } from '@scst/scsi';
import { crc32c } from '../device/crc32c.js';
import { isSameInitiatorPort, transportIdLength } from './initiator-port.js';
import { decodeKernelStateFile, encodeKernelStateFile, isKernelStateFile } from './kernel-state-file.js';
import type { ReservationState } from './persistent-reservations.js';
import { isHeldByAll, RESERVATION_TYPES } from './reservation-type.js';
import { damaged, ReservationFileError } from './state-file-error.js';

/** `own`: the format below. `kernel`: that of the SCST kernel modules. A file keeps the format in which it was found. */
export type StateFileFormat = 'own' | 'kernel';

/** "\x89SCSTPR\n": no text file begins so, and a transfer that mends line ends breaks it. */
const MAGIC = Uint8Array.of(0x89, 0x53, 0x43, 0x53, 0x54, 0x50, 0x52, 0x0a);
const VERSION = 1;
const HEADER = 20;
/** A registration without its TransportID. */
const REGISTRATION = 16;
const CHECKSUM = 4;

/** CRC-32C as the standards have it, inverted at both ends. */
const checksum = (bytes: Uint8Array): number => ~crc32c(bytes, 0xffff_ffff) >>> 0;

/**
 * The file that keeps persistent reservations over power loss (APTPL), all numbers big-endian:
 *
 * | bytes | |
 * |---|---|
 * | 0-7 | magic |
 * | 8-9 | version, 1 |
 * | 10 | 1: APTPL |
 * | 11 | 1: there is a reservation |
 * | 12, 13 | its type and scope, else zero |
 * | 14-15 | zero |
 * | 16-19 | number of registrations, which follow in order |
 * | … | 1 holder · zero · relative target port (2) · TransportID length (4) · key (8) · TransportID |
 * | last 4 | CRC-32C of everything before |
 *
 * PRGENERATION is not kept: a power loss sets it to zero (SPC-5 6.16.2).
 */
export function encodeStateFile(state: ReservationState, format: StateFileFormat = 'own'): Uint8Array {
  if (format === 'kernel') return encodeKernelStateFile(state);
  const bodyLength = state.registrations.reduce((sum, { transportId }) => sum + REGISTRATION + transportId.length, HEADER);
  const bytes = new Uint8Array(bodyLength + CHECKSUM);
  bytes.set(MAGIC);
  writeU16(bytes, 8, VERSION);
  bytes[10] = state.aptpl ? 1 : 0;
  if (state.reservation !== null) {
    bytes[11] = 1;
    bytes[12] = state.reservation.type;
    bytes[13] = state.reservation.scope;
  }
  writeU32(bytes, 16, state.registrations.length);
  let at = HEADER;
  for (const { holder, relativeTargetPort, transportId, key } of state.registrations) {
    bytes[at] = holder ? 1 : 0;
    writeU16(bytes, at + 2, relativeTargetPort);
    writeU32(bytes, at + 4, transportId.length);
    writeU64(bytes, at + 8, key);
    bytes.set(transportId, at + REGISTRATION);
    at += REGISTRATION + transportId.length;
  }
  writeU32(bytes, bodyLength, checksum(bytes.subarray(0, bodyLength)));
  return bytes;
}

/**
 * Reads a file of either format. All or nothing: throws a {@link ReservationFileError} for any file that is not whole, or whose
 * content contradicts itself.
 */
export function decodeStateFile(bytes: Uint8Array): { state: ReservationState; format: StateFileFormat } {
  if (isKernelStateFile(bytes)) return { state: checked(decodeKernelStateFile(bytes)), format: 'kernel' };
  if (MAGIC.every((byte, at) => bytes[at] === byte)) return { state: checked(decodeOwn(bytes)), format: 'own' };
  throw new ReservationFileError('UNKNOWN_FORMAT', 'not a file of persistent reservations, or one that was not written to its end');
}

function decodeOwn(bytes: Uint8Array): ReservationState {
  const end = bytes.length - CHECKSUM;
  if (end < HEADER || checksum(bytes.subarray(0, end)) !== readU32(bytes, end)) throw damaged('the checksum is wrong');
  if (readU16(bytes, 8) !== VERSION) throw new ReservationFileError('UNKNOWN_FORMAT', `version ${readU16(bytes, 8)} of the file format is not known`);
  const registrations: ReservationState['registrations'][number][] = [];
  let at = HEADER;
  for (let left = readU32(bytes, 16); left > 0; left--) {
    const idEnd = at + REGISTRATION + readU32(bytes, at + 4);
    if (idEnd > end) throw damaged('it ends within a registration');
    registrations.push({
      holder: readU8(bytes, at) === 1,
      relativeTargetPort: readU16(bytes, at + 2),
      key: readU64(bytes, at + 8),
      transportId: bytes.slice(at + REGISTRATION, idEnd),
    });
    at = idEnd;
  }
  if (at !== end) throw damaged('something follows the last registration');
  const reservation = readU8(bytes, 11) === 1 ? { type: readU8(bytes, 12), scope: readU8(bytes, 13) } : null;
  return { generation: 0, aptpl: readU8(bytes, 10) === 1, reservation, registrations };
}

/** What holds of every state that is ever saved. */
function checked(state: ReservationState): ReservationState {
  const { reservation, registrations } = state;
  if (registrations.length === 0) throw damaged('there is no registration');
  for (const [index, { transportId, relativeTargetPort }] of registrations.entries()) {
    if (transportId.length !== transportIdLength(transportId)) throw damaged('a TransportID is not as long as it says');
    const twice = registrations
      .slice(0, index)
      .some((other) => other.relativeTargetPort === relativeTargetPort && isSameInitiatorPort(other.transportId, transportId));
    if (twice) throw damaged('the same nexus is registered twice');
  }
  const holders = registrations.filter(({ holder }) => holder).length;
  if (reservation === null) {
    if (holders > 0) throw damaged('there is a holder, but no reservation');
    return state;
  }
  if (!RESERVATION_TYPES.has(reservation.type)) throw damaged(`there is no reservation type ${reservation.type}`);
  if (reservation.scope !== RESERVATION_SCOPE.LOGICAL_UNIT) throw damaged(`there is no reservation scope ${reservation.scope}`);
  const expected = isHeldByAll(reservation.type) ? registrations.length : 1;
  if (holders !== expected) throw damaged(`${holders} registrations hold the reservation instead of ${expected}`);
  return state;
}
