import { RESERVATION_SCOPE, readU16, readU32, readU64, readU8, SENSE_CONDITION, SERVICE_ACTION, type SenseCondition } from '@scst/scsi';
import { copyReceivedTransportId, isSameInitiatorPort, isWildcard, protocolIdentifier, transportIdLength } from './initiator-port.js';
import type { PersistentReservations, Registration, ReservationNexus } from './persistent-reservations.js';
import type { FieldPlace, ReservationRules } from './reservation-rules.js';
import { isHeldByAll, RESERVATION_TYPES } from './reservation-type.js';

/** How PERSISTENT RESERVE OUT ends. */
export type ReserveOutResult =
  | { readonly kind: 'good' }
  /** RESERVATION CONFLICT. */
  | { readonly kind: 'conflict' }
  /** CHECK CONDITION. */
  | { readonly kind: 'check'; readonly condition: SenseCondition; readonly place?: FieldPlace };

/** What else a service action does, in order. */
export type ReserveOutEffect<N> =
  /** A unit attention for a nexus that lost something. */
  | { readonly kind: 'attention'; readonly nexus: N; readonly condition: SenseCondition }
  /** All tasks of a preempted nexus are aborted. */
  | { readonly kind: 'abort'; readonly nexus: N };

export interface ReserveOutRequest<N> {
  readonly nexus: N;
  readonly cdb: Uint8Array;
  /** The whole data-out buffer: SCST takes the list to be as long as it, whatever the CDB says. */
  readonly parameters: Uint8Array;
  readonly rules: ReservationRules;
  readonly ports: TargetPorts;
}

/** The target ports that ALL_TG_PT means: relative identifiers of those that speak a protocol. */
export interface TargetPorts {
  /** Of this machine, in order; 0 for those without an identifier. Forwarding targets take no new registrations. */
  local(protocol: number, forRegistering: boolean): Iterable<number>;
  /** Of other machines, from the logical unit's device group. */
  remote(): Iterable<number>;
}

export interface ReserveOutOutcome<N> {
  readonly result: ReserveOutResult;
  readonly effects: readonly ReserveOutEffect<N>[];
}

/** Bytes of the parameter list of all service actions but REGISTER AND MOVE; the list of TransportIDs follows. */
const BASIC_LIST_LENGTH = 24;
/** TRANSPORTID PARAMETER DATA LENGTH after it. */
const TRANSPORT_IDS = 28;
/** Byte 20 of the parameter list. */
const FLAGS = { APTPL: 0x01, ALL_TG_PT: 0x04, SPEC_I_PT: 0x08 } as const;

const GOOD: ReserveOutResult = { kind: 'good' };
const CONFLICT: ReserveOutResult = { kind: 'conflict' };
const LENGTH_ERROR: ReserveOutResult = { kind: 'check', condition: SENSE_CONDITION.PARAMETER_LIST_LENGTH_ERROR };

function invalid(place: FieldPlace): ReserveOutResult {
  const condition = place.in === 'cdb' ? SENSE_CONDITION.INVALID_FIELD_IN_CDB : SENSE_CONDITION.INVALID_FIELD_IN_PARAMETER_LIST;
  return { kind: 'check', condition, place };
}

/** A service action: which checks come before it, and what it does. */
interface ServiceAction {
  readonly needsRegistration: boolean;
  readonly checksScope: boolean;
  readonly takesSpecIPt: boolean;
  readonly takesAllTgPt: boolean;
  run<N extends ReservationNexus>(work: Work<N>): ReserveOutResult;
}

const ACTION = SERVICE_ACTION.PERSISTENT_RESERVE_OUT;
const PLAIN = { needsRegistration: true, checksScope: true, takesSpecIPt: false, takesAllTgPt: false };

const SERVICE_ACTIONS: ReadonlyMap<number, ServiceAction> = new Map<number, ServiceAction>([
  [ACTION.REGISTER, { needsRegistration: false, checksScope: false, takesSpecIPt: true, takesAllTgPt: true, run: register }],
  [ACTION.RESERVE, { ...PLAIN, run: reserve }],
  [ACTION.RELEASE, { ...PLAIN, run: release }],
  [ACTION.CLEAR, { ...PLAIN, checksScope: false, run: clear }],
  [ACTION.PREEMPT, { ...PLAIN, run: (work) => preempt(work, false) }],
  [ACTION.PREEMPT_AND_ABORT, { ...PLAIN, run: (work) => preempt(work, true) }],
  [ACTION.REGISTER_AND_IGNORE_EXISTING_KEY, { needsRegistration: false, checksScope: false, takesSpecIPt: false, takesAllTgPt: true, run: registerAndIgnore }],
  [ACTION.REGISTER_AND_MOVE, { ...PLAIN, takesSpecIPt: true, takesAllTgPt: true, run: registerAndMove }],
]);

/** What an unknown service action is checked for before it is found to be unknown. */
const UNKNOWN: ServiceAction = { ...PLAIN, run: () => invalid({ in: 'cdb', byte: 1, bit: 0 }) };

/**
 * PERSISTENT RESERVE OUT (SPC-5 6.17, SPEC 13) on the state of a logical unit: checks, changes it, and says how the command ends
 * and what else follows. A command that does not end good has changed nothing.
 */
export function reserveOut<N extends ReservationNexus>(state: PersistentReservations<N>, request: ReserveOutRequest<N>): ReserveOutOutcome<N> {
  // A list length of zero moves no data, and is not an error (SPC-5 4.2.5.5).
  if (request.parameters.length === 0) return { result: GOOD, effects: [] };
  const work = new Work(state, request);
  return { result: checkAndRun(work), effects: work.effects };
}

function checkAndRun<N extends ReservationNexus>(work: Work<N>): ReserveOutResult {
  const action = SERVICE_ACTIONS.get(readU8(work.cdb, 1) & 0x1f) ?? UNKNOWN;
  if (action.needsRegistration && work.registration === undefined) return CONFLICT;
  if (action.checksScope && work.scope !== RESERVATION_SCOPE.LOGICAL_UNIT) return invalid({ in: 'cdb', byte: 2, bit: 4 });
  if (!action.takesSpecIPt && work.specIPt) return invalid({ in: 'parameters', byte: 20, bit: 3 });
  if (!action.takesAllTgPt && work.allTgPt) return invalid({ in: 'parameters', byte: 20, bit: 2 });
  return action.run(work);
}

/** A command being worked on: the fields of CDB and parameter list by name, and the effects so far. */
class Work<N extends ReservationNexus> {
  readonly effects: ReserveOutEffect<N>[] = [];
  readonly registration: Registration<N> | undefined;

  constructor(
    readonly state: PersistentReservations<N>,
    readonly request: ReserveOutRequest<N>,
  ) {
    this.registration = state.registrationOf(request.nexus);
  }

  get cdb(): Uint8Array {
    return this.request.cdb;
  }

  get parameters(): Uint8Array {
    return this.request.parameters;
  }

  get hasBasicLength(): boolean {
    return this.parameters.length === BASIC_LIST_LENGTH;
  }

  get scope(): number {
    return readU8(this.cdb, 2) >> 4;
  }

  get type(): number {
    return readU8(this.cdb, 2) & 0x0f;
  }

  /** RESERVATION KEY: the sender's own. */
  get key(): bigint {
    return readU64(this.parameters, 0);
  }

  /** SERVICE ACTION RESERVATION KEY. */
  get actionKey(): bigint {
    return readU64(this.parameters, 8);
  }

  get aptpl(): boolean {
    return (readU8(this.parameters, 20) & FLAGS.APTPL) !== 0;
  }

  get specIPt(): boolean {
    return (readU8(this.parameters, 20) & FLAGS.SPEC_I_PT) !== 0;
  }

  get allTgPt(): boolean {
    return (readU8(this.parameters, 20) & FLAGS.ALL_TG_PT) !== 0;
  }

  attention(registration: Readonly<Registration<N>>, condition: SenseCondition): void {
    if (registration.nexus !== null) this.effects.push({ kind: 'attention', nexus: registration.nexus, condition });
  }

  attentionToOthers(registration: Readonly<Registration<N>> | undefined, condition: SenseCondition): void {
    for (const other of this.state.registrations) if (other !== registration) this.attention(other, condition);
  }

  abort(registration: Readonly<Registration<N>>): void {
    if (registration.nexus !== null) this.effects.push({ kind: 'abort', nexus: registration.nexus });
  }

  /** PRGENERATION counts registrations made, changed and taken away, not reservations (SPC-5 6.16.2). */
  countGeneration(): ReserveOutResult {
    this.state.generation = (this.state.generation + 1) >>> 0;
    return GOOD;
  }
}

/** REGISTER, SPC-5 5.14.7. */
function register<N extends ReservationNexus>(work: Work<N>): ReserveOutResult {
  if (!work.specIPt && !work.hasBasicLength) return LENGTH_ERROR;
  const { registration } = work;
  if (registration === undefined) {
    if (work.key !== 0n) return CONFLICT;
    if (work.actionKey !== 0n) {
      const refused = registerNew(work);
      if (refused !== undefined) return refused;
    }
  } else {
    if (registration.key !== work.key) return CONFLICT;
    if (work.specIPt) return invalid({ in: 'parameters', byte: 20, bit: 3 });
    changeRegistration(work, registration);
  }
  work.state.aptpl = work.aptpl;
  return work.countGeneration();
}

/** REGISTER AND IGNORE EXISTING KEY, SPC-5 5.14.7. */
function registerAndIgnore<N extends ReservationNexus>(work: Work<N>): ReserveOutResult {
  if (!work.hasBasicLength) return LENGTH_ERROR;
  const { registration } = work;
  if (registration !== undefined) {
    changeRegistration(work, registration);
  } else if (work.actionKey !== 0n) {
    const refused = registerNew(work);
    if (refused !== undefined) return refused;
  }
  work.state.aptpl = work.aptpl;
  return work.countGeneration();
}

function changeRegistration<N extends ReservationNexus>(work: Work<N>, registration: Registration<N>): void {
  if (work.actionKey !== 0n) registration.key = work.actionKey;
  else if (work.allTgPt) unregisterAllPorts(work);
  else unregister(work, registration);
}

/** Registers the sender, and whom it names besides, through one target port or all. Gives a result back when it is refused. */
function registerNew<N extends ReservationNexus>(work: Work<N>): ReserveOutResult | undefined {
  const { state, request, actionKey } = work;
  const { session } = request.nexus;
  const ports = work.allTgPt ? allPorts(work) : [session.target.relTgtId];
  if (ports.length === 0) return undefined;
  const named = work.specIPt ? namedInitiatorPorts(work.parameters) : [];
  if (!Array.isArray(named)) return named;
  for (const port of ports) {
    for (const transportId of named) {
      for (const each of initiatorPorts(state, transportId)) state.add(each, port, actionKey).key = actionKey;
    }
    // The sender may have been among those named.
    state.add(session.transportId, port, actionKey);
  }
  return undefined;
}

/** Target ports that ALL_TG_PT registers through. */
function allPorts<N extends ReservationNexus>({ request }: Work<N>): number[] {
  const { ports, rules, nexus } = request;
  const local = [...ports.local(protocolIdentifier(nexus.session.transportId), true)];
  const remote = [...ports.remote()].filter((port) => port !== 0);
  return rules.allTargetPorts === 'all' ? [...new Set([...local, ...remote])] : [...local.filter((port) => port !== 0), ...remote];
}

/** The TransportIDs that follow the basic list, or why they cannot be read. Nothing is registered if one of them is bad. */
function namedInitiatorPorts(parameters: Uint8Array): Uint8Array[] | ReserveOutResult {
  const end = TRANSPORT_IDS + readU32(parameters, BASIC_LIST_LENGTH);
  if (end > parameters.length) return LENGTH_ERROR;
  const named: Uint8Array[] = [];
  for (let at = TRANSPORT_IDS; at < end; ) {
    const transportId = parameters.subarray(at);
    const length = transportIdLength(transportId);
    if (at + length > end) return invalid({ in: 'parameters', byte: 24 });
    named.push(copyReceivedTransportId(transportId));
    at += length;
  }
  return named;
}

/** An iSCSI name without an ISID stands for its initiator ports that are connected now; anything else for itself. */
function initiatorPorts<N extends ReservationNexus>(state: PersistentReservations<N>, transportId: Uint8Array): Uint8Array[] {
  if (!isWildcard(transportId)) return [transportId];
  return [...state.nexuses].map((nexus) => nexus.session.transportId).filter((other) => isSameInitiatorPort(other, transportId));
}

/** SPC-5 5.14.11.3 */
function unregister<N extends ReservationNexus>(work: Work<N>, registration: Registration<N>): void {
  const { state } = work;
  const reservation = state.reservation;
  const held = state.isHolder(registration);
  state.remove(registration);
  if (!held || reservation === null || state.reservation !== null) return;
  if (RESERVATION_TYPES.get(reservation.type)?.rights === 'registrants') work.attentionToOthers(undefined, SENSE_CONDITION.RESERVATIONS_RELEASED);
}

function unregisterAllPorts<N extends ReservationNexus>(work: Work<N>): void {
  const { transportId } = work.request.nexus.session;
  for (const port of work.request.ports.local(protocolIdentifier(transportId), false)) {
    const registration = work.state.find(transportId, port);
    if (registration !== undefined) unregister(work, registration);
  }
}

/** RESERVE, SPC-5 5.14.9. */
function reserve<N extends ReservationNexus>(work: Work<N>): ReserveOutResult {
  const { state, registration, type, scope } = work;
  if (!work.hasBasicLength) return LENGTH_ERROR;
  if (!RESERVATION_TYPES.has(type)) return invalid({ in: 'cdb', byte: 2, bit: 0 });
  if (registration?.key !== work.key) return CONFLICT;
  const reservation = state.reservation;
  if (reservation === null) {
    state.reserve(registration, { type, scope });
    return GOOD;
  }
  const same = state.isHolder(registration) && reservation.type === type && reservation.scope === scope;
  return same ? GOOD : CONFLICT;
}

/** RELEASE, SPC-5 5.14.11.2. */
function release<N extends ReservationNexus>(work: Work<N>): ReserveOutResult {
  const { state, registration } = work;
  if (!work.hasBasicLength) return LENGTH_ERROR;
  const reservation = state.reservation;
  if (reservation === null) return GOOD;
  if (registration?.key !== work.key) return CONFLICT;
  if (!state.isHolder(registration)) return GOOD;
  if (reservation.type !== work.type || reservation.scope !== work.scope) {
    return { kind: 'check', condition: SENSE_CONDITION.INVALID_RELEASE_OF_PERSISTENT_RESERVATION };
  }
  state.release();
  if (RESERVATION_TYPES.get(reservation.type)?.rights === 'registrants') work.attentionToOthers(registration, SENSE_CONDITION.RESERVATIONS_RELEASED);
  return GOOD;
}

/** CLEAR, SPC-5 5.14.11.6. */
function clear<N extends ReservationNexus>(work: Work<N>): ReserveOutResult {
  const { state, registration } = work;
  if (!work.hasBasicLength) return LENGTH_ERROR;
  if (registration?.key !== work.key) return CONFLICT;
  work.attentionToOthers(registration, SENSE_CONDITION.RESERVATIONS_PREEMPTED);
  state.removeAll();
  return work.countGeneration();
}

/** PREEMPT and PREEMPT AND ABORT, SPC-5 5.14.11.4 and 5.14.11.5. */
function preempt<N extends ReservationNexus>(work: Work<N>, abort: boolean): ReserveOutResult {
  const { state, registration, actionKey, type, scope } = work;
  if (!work.hasBasicLength) return LENGTH_ERROR;
  if (!RESERVATION_TYPES.has(type)) return invalid(work.request.rules.preemptType);
  if (registration?.key !== work.key) return CONFLICT;
  const { reservation, holder } = state;
  const byKey = state.withKey(actionKey);

  if (reservation === null || (isHeldByAll(reservation.type) && actionKey !== 0n)) {
    if (byKey.length === 0) return CONFLICT;
    preemptRegistrations(work, byKey, { abort, keep: registration });
    return work.countGeneration();
  }
  if (isHeldByAll(reservation.type)) {
    preemptRegistrations(work, state.all().filter((other) => other !== registration), { abort, keep: registration });
    state.reserve(registration, { type, scope });
    return work.countGeneration();
  }
  if (holder?.key !== actionKey) {
    if (actionKey === 0n) return invalid({ in: 'parameters', byte: 8 });
    if (byKey.length === 0) return CONFLICT;
    // Here a preemptor that names its own key goes too.
    preemptRegistrations(work, byKey, { abort, keep: undefined });
    return work.countGeneration();
  }
  preemptRegistrations(work, byKey, { abort, keep: registration });
  state.reserve(registration, { type, scope });
  if (reservation.type !== type || reservation.scope !== scope) work.attentionToOthers(registration, SENSE_CONDITION.RESERVATIONS_RELEASED);
  return work.countGeneration();
}

function preemptRegistrations<N extends ReservationNexus>(
  work: Work<N>,
  preempted: readonly Registration<N>[],
  { abort, keep }: { abort: boolean; keep: Registration<N> | undefined },
): void {
  for (const registration of preempted) {
    if (abort) work.abort(registration);
    if (registration !== work.registration) work.attention(registration, SENSE_CONDITION.REGISTRATIONS_PREEMPTED);
    if (registration !== keep) work.state.remove(registration);
  }
}

/** REGISTER AND MOVE, SPC-5 5.14.8; its parameter list is of a form of its own (SPC-5 6.17.4). */
function registerAndMove<N extends ReservationNexus>(work: Work<N>): ReserveOutResult {
  const { state, registration, parameters, actionKey } = work;
  const tooLong: ReserveOutResult = { kind: 'check', condition: SENSE_CONDITION.INVALID_FIELD_IN_PARAMETER_LIST };
  const length = readU32(parameters, 20);
  const whole = BASIC_LIST_LENGTH + length;
  if ((work.request.rules.moveLength === 'wraps' ? whole >>> 0 : whole) > parameters.length) return tooLong;
  if (length < 24) return invalid({ in: 'parameters', byte: 20 });
  if (registration?.key !== work.key) return CONFLICT;
  const reservation = state.reservation;
  if (reservation === null) return { kind: 'check', condition: SENSE_CONDITION.INVALID_FIELD_IN_CDB };
  if (!state.isHolder(registration)) return CONFLICT;
  if (actionKey === 0n) return invalid(work.request.rules.moveZeroKey);
  const received = parameters.subarray(BASIC_LIST_LENGTH);
  if (transportIdLength(received) > received.length) return tooLong;
  if (isHeldByAll(reservation.type)) return CONFLICT;
  const transportId = copyReceivedTransportId(received);
  if (isSameInitiatorPort(work.request.nexus.session.transportId, transportId)) return invalid({ in: 'parameters', byte: 24 });

  const flags = readU8(parameters, 17);
  const moved = state.add(transportId, readU16(parameters, 18), actionKey);
  moved.key = actionKey;
  state.reserve(moved, reservation);
  if ((flags & 0x02) !== 0) state.remove(registration);
  state.aptpl = (flags & 0x01) !== 0;
  return work.countGeneration();
}
