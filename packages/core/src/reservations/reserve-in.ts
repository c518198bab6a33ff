import { SERVICE_ACTION, writeU16, writeU32, writeU64 } from '@scst/scsi';
import type { PersistentReservations, ReservationNexus } from './persistent-reservations.js';
import type { ReservationRules } from './reservation-rules.js';

/** PRGENERATION and ADDITIONAL LENGTH, without which nothing is returned at all. */
const HEADER_LENGTH = 8;
const KEY_LENGTH = 8;
/** Full status descriptor without its TransportID (SPC-5 table 201). */
const DESCRIPTOR_LENGTH = 24;

const EMPTY = new Uint8Array(0);

/**
 * Parameter data of PERSISTENT RESERVE IN (SPC-5 6.16, SPEC 13) for a buffer of the initiator's: `buffer.length` bytes are offered
 * to SCST whatever the allocation length says, and its content is what a field that is not written would still show.
 * Undefined: the service action is not supported.
 */
export function reserveIn<N extends ReservationNexus>(
  state: PersistentReservations<N>,
  serviceAction: number,
  buffer: Uint8Array,
  rules: ReservationRules,
): Uint8Array | undefined {
  const answer = ANSWERS.get(serviceAction);
  if (answer === undefined) return undefined;
  return buffer.length < HEADER_LENGTH ? EMPTY : answer(state, buffer, rules);
}

type Answer = <N extends ReservationNexus>(state: PersistentReservations<N>, buffer: Uint8Array, rules: ReservationRules) => Uint8Array;

const ACTION = SERVICE_ACTION.PERSISTENT_RESERVE_IN;
const ANSWERS: ReadonlyMap<number, Answer> = new Map<number, Answer>([
  [ACTION.READ_KEYS, readKeys],
  [ACTION.READ_RESERVATION, readReservation],
  [ACTION.REPORT_CAPABILITIES, reportCapabilities],
  [ACTION.READ_FULL_STATUS, readFullStatus],
]);

/** SPC-5 6.16.2: whole keys only. */
function readKeys<N extends ReservationNexus>({ generation, registrations }: PersistentReservations<N>, buffer: Uint8Array): Uint8Array {
  const fitting = Math.min(registrations.length, Math.floor((buffer.length - HEADER_LENGTH) / KEY_LENGTH));
  const data = new Uint8Array(HEADER_LENGTH + fitting * KEY_LENGTH);
  writeU32(data, 0, generation);
  writeU32(data, 4, registrations.length * KEY_LENGTH);
  for (const [index, { key }] of registrations.slice(0, fitting).entries()) writeU64(data, HEADER_LENGTH + index * KEY_LENGTH, key);
  return data;
}

/** SPC-5 6.16.3: the key is zero where all registrants hold the reservation. */
function readReservation<N extends ReservationNexus>({ generation, reservation, holder }: PersistentReservations<N>): Uint8Array {
  const data = new Uint8Array(reservation === null ? HEADER_LENGTH : 24);
  writeU32(data, 0, generation);
  if (reservation === null) return data;
  writeU32(data, 4, 16);
  writeU64(data, 8, holder?.key ?? 0n);
  data[21] = (reservation.scope << 4) | reservation.type;
  return data;
}

/** Compatible reservation handling, SPEC_I_PT, ALL_TG_PT and APTPL are all there. */
const CAPABILITIES = 0x1d;
/** The type mask is valid; ALLOW COMMANDS 100b: TEST UNIT READY and what else SPEC 13 lets through. */
const TYPE_MASK_VALID = 0xc0;
const PTPL_ACTIVATED = 0x01;
/** PERSISTENT RESERVATION TYPE MASK: all six types. */
const TYPE_MASK = 0xea01;

/** SPC-5 6.16.4 */
function reportCapabilities<N extends ReservationNexus>({ aptpl }: PersistentReservations<N>, buffer: Uint8Array, rules: ReservationRules): Uint8Array {
  const data = rules.reservedCapabilities === 'untouched' ? buffer.slice(0, 8) : new Uint8Array(8);
  writeU16(data, 0, 8);
  data[2] = CAPABILITIES;
  data[3] = TYPE_MASK_VALID | (aptpl ? PTPL_ACTIVATED : 0);
  writeU16(data, 4, TYPE_MASK);
  return data;
}

/** SPC-5 6.16.5; ALL_TG_PT is never set, each target port has a descriptor of its own. */
function readFullStatus<N extends ReservationNexus>(state: PersistentReservations<N>, buffer: Uint8Array, rules: ReservationRules): Uint8Array {
  const room = buffer.length - HEADER_LENGTH;
  const descriptors: Uint8Array[] = [];
  let total = 0;
  for (const registration of state.registrations) {
    const { transportId, key, relativeTargetPort } = registration;
    const length = DESCRIPTOR_LENGTH + transportId.length;
    // The room that is left is a 32-bit unsigned number in SCST: once it has gone below zero, everything fits again.
    const left = (room - total) >>> 0;
    total += length;
    if (rules.fullStatusTruncation === 'drops-descriptors' && left <= length) continue;
    const descriptor = new Uint8Array(length);
    writeU64(descriptor, 0, key);
    if (state.reservation !== null && state.isHolder(registration)) {
      descriptor[12] = 0x01;
      descriptor[13] = (state.reservation.scope << 4) | state.reservation.type;
    }
    writeU16(descriptor, 18, relativeTargetPort);
    writeU32(descriptor, 20, transportId.length);
    descriptor.set(transportId, DESCRIPTOR_LENGTH);
    descriptors.push(descriptor);
  }
  const header = new Uint8Array(HEADER_LENGTH);
  writeU32(header, 0, state.generation);
  writeU32(header, 4, total);
  return concatenate([header, ...descriptors]);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
