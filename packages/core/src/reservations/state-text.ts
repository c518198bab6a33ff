import type { ByteString } from '../bytes.js';
import { ScstError } from '../errors.js';
import type { PersistentReservations, Registration, ReservationNexus, ReservationState } from './persistent-reservations.js';
import { isHeldByAll } from './reservation-type.js';
import { LineScanner } from './line-scanner.js';

const VERSION = 1;
/** Bytes of a TransportID that a line may have. */
const MAX_TRANSPORT_ID = 512;

/**
 * The text of `pr_state` (SPEC sysfs 9.5):
 *
 * ```text
 * version 1
 * generation 7
 * reservation 01 00
 * registrant 1 0000000000001234 1 24 060000005feede401fade050000000000000000000000000
 * ```
 */
export function stateText(state: ReservationState): ByteString {
  const lines = [`version ${VERSION}`, `generation ${state.generation}`];
  if (state.reservation !== null) lines.push(`reservation ${hex(state.reservation.type, 2)} ${hex(state.reservation.scope, 2)}`);
  for (const { relativeTargetPort, key, holder, transportId } of state.registrations) {
    lines.push(`registrant ${relativeTargetPort} ${hex(key, 16)} ${holder ? 1 : 0} ${transportId.length} ${[...transportId].map((byte) => hex(byte, 2)).join('')}`);
  }
  return `${lines.join('\n')}\n`;
}

/**
 * Puts the state that a text tells in place of what there is. Lines that are not understood are skipped.
 *
 * Throws `EINVAL`: the first line is not `version 1` (nothing is changed then), a registrant line is bad (what stood before it is
 * in place then, and the generation as it was), or a reservation that one registrant must hold has no holder (the registrants
 * are in place then, without a reservation). `ENOMEM`: a registrant is there twice.
 */
export function applyStateText<N extends ReservationNexus>(state: PersistentReservations<N>, text: ByteString): void {
  const [first = '', ...lines] = text.split('\n');
  if (new LineScanner(first).literal('version').decimal() !== VERSION) throw new ScstError('EINVAL', 'pr_state: the first line must be “version 1”');

  state.removeAll();
  state.release();
  let generation = 0;
  let reservation: { type: number; scope: number } | undefined;
  let holder: Registration<N> | undefined;
  for (const line of lines) {
    const counted = new LineScanner(line).literal('generation').decimal();
    if (counted !== undefined) {
      generation = counted;
      continue;
    }
    const reserved = readReservation(line);
    if (reserved !== undefined) {
      reservation = reserved;
      continue;
    }
    const registrant = readRegistrant(line);
    if (registrant === undefined) continue;
    const { transportId, relativeTargetPort } = registrant;
    if (state.find(transportId, relativeTargetPort) !== undefined) throw new ScstError('ENOMEM', `pr_state: registrant given twice: ${line}`);
    const registration = state.add(transportId, relativeTargetPort, registrant.key);
    if (registrant.holder) holder = registration;
  }

  state.generation = generation;
  if (reservation === undefined) return;
  if (holder === undefined && !isHeldByAll(reservation.type)) throw new ScstError('EINVAL', 'pr_state: a reservation without a holder');
  state.reserve(holder ?? null, reservation);
}

function readReservation(line: string): { type: number; scope: number } | undefined {
  const scanner = new LineScanner(line).literal('reservation');
  const type = scanner.hexadecimal();
  const scope = scanner.hexadecimal();
  if (type === undefined || scope === undefined) return undefined;
  return { type: Number(type & 0xffn), scope: Number(scope & 0xffn) };
}

function readRegistrant(line: string): { relativeTargetPort: number; key: bigint; holder: boolean; transportId: Uint8Array } | undefined {
  const scanner = new LineScanner(line).literal('registrant');
  const port = scanner.decimal();
  const key = scanner.hexadecimal(16);
  const holder = scanner.decimal();
  const length = scanner.decimal();
  if (port === undefined || key === undefined || holder === undefined || length === undefined) return undefined;
  if (length === 0 || length > MAX_TRANSPORT_ID) throw new ScstError('EINVAL', `pr_state: TransportID of ${length} bytes: ${line}`);
  const transportId = readHexBytes(scanner.rest(), length);
  if (transportId === undefined) throw new ScstError('EINVAL', `pr_state: TransportID is not ${length} bytes in hexadecimal: ${line}`);
  return { relativeTargetPort: port & 0xffff, key, holder: holder !== 0, transportId };
}

function readHexBytes(text: string, length: number): Uint8Array | undefined {
  if (text.length < length * 2) return undefined;
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) {
    const value = new LineScanner(text.slice(at * 2)).hexadecimal(2);
    if (value === undefined) return undefined;
    bytes[at] = Number(value);
  }
  return bytes;
}

function hex(value: number | bigint, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
