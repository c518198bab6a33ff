import { readU64, readU8, writeU64 } from '@scst/scsi';
import { transportIdLength } from './initiator-port.js';
import type { ReservationState } from './persistent-reservations.js';
import { isHeldByAll } from './reservation-type.js';
import { damaged, ReservationFileError } from './state-file-error.js';

/** BBEEEEAAEEBBDD77h, in the byte order of x86 and arm64. The kernel writes zero here until the rest is on disk. */
const SIGNATURE = Uint8Array.of(0x77, 0xdd, 0xbb, 0xee, 0xaa, 0xee, 0xee, 0xbb);
const VERSION = 1;
const HEADER = 20;
/** Key and relative target port, after the TransportID. */
const TRAILER = 10;
/** The type's byte while there is no reservation. */
const NO_TYPE = 0xff;

/** Whether a file is of the kernel's own format, or means to be. */
export function isKernelStateFile(bytes: Uint8Array): boolean {
  return bytes.length >= SIGNATURE.length && SIGNATURE.every((byte, at) => bytes[at] === byte);
}

/**
 * The file that the SCST kernel modules write, version 1 (unchanged since 2010), on little-endian machines:
 *
 * | bytes | |
 * |---|---|
 * | 0-7 | signature |
 * | 8-15 | version, little-endian |
 * | 16 | 1: APTPL |
 * | 17 | 1: there is a reservation |
 * | 18, 19 | its type (FFh without one) and scope |
 * | … | for each registration: 1 holder (0 for all where all hold it) · TransportID · key, big-endian (8) · relative target port, little-endian (2) |
 *
 * It has no checksum: whatever is not exactly of this form throws a {@link ReservationFileError}.
 */
export function decodeKernelStateFile(bytes: Uint8Array): ReservationState {
  if (bytes.length < HEADER) throw damaged('it ends within its header');
  const version = readLittleEndian(bytes, 8, 8);
  if (version !== VERSION) throw new ReservationFileError('UNKNOWN_FORMAT', `version ${version} of the kernel’s file format is not known`);
  const aptpl = readFlag(bytes, 16, 'APTPL');
  const reservation = readFlag(bytes, 17, 'the reservation') ? { type: readU8(bytes, 18), scope: readU8(bytes, 19) } : null;
  const heldByAll = reservation !== null && isHeldByAll(reservation.type);
  const registrations: ReservationState['registrations'][number][] = [];
  for (let at = HEADER; at < bytes.length; ) {
    const holder = readFlag(bytes, at, 'the holder') || heldByAll;
    const end = at + 1 + transportIdLength(bytes.subarray(at + 1));
    if (end + TRAILER > bytes.length) throw damaged('it ends within a registration');
    registrations.push({ holder, transportId: bytes.slice(at + 1, end), key: readU64(bytes, end), relativeTargetPort: readLittleEndian(bytes, end + 8, 2) });
    at = end + TRAILER;
  }
  return { generation: 0, aptpl, reservation, registrations };
}

/** The inverse of {@link decodeKernelStateFile}. */
export function encodeKernelStateFile({ aptpl, reservation, registrations }: ReservationState): Uint8Array {
  const bytes = new Uint8Array(registrations.reduce((sum, { transportId }) => sum + 1 + transportId.length + TRAILER, HEADER));
  bytes.set(SIGNATURE);
  bytes[8] = VERSION;
  bytes[16] = aptpl ? 1 : 0;
  bytes[17] = reservation === null ? 0 : 1;
  bytes[18] = reservation?.type ?? NO_TYPE;
  bytes[19] = reservation?.scope ?? 0;
  const heldByAll = reservation !== null && isHeldByAll(reservation.type);
  let at = HEADER;
  for (const { holder, transportId, key, relativeTargetPort } of registrations) {
    bytes[at] = holder && !heldByAll ? 1 : 0;
    bytes.set(transportId, at + 1);
    at += 1 + transportId.length;
    writeU64(bytes, at, key);
    bytes[at + 8] = relativeTargetPort;
    bytes[at + 9] = relativeTargetPort >>> 8;
    at += TRAILER;
  }
  return bytes;
}

function readFlag(bytes: Uint8Array, offset: number, what: string): boolean {
  const value = readU8(bytes, offset);
  if (value > 1) throw damaged(`the byte that tells of ${what} is ${value}`);
  return value === 1;
}

function readLittleEndian(bytes: Uint8Array, offset: number, length: number): number {
  let value = 0;
  for (let at = length - 1; at >= 0; at--) value = value * 256 + readU8(bytes, offset + at);
  return value;
}
