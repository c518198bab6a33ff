import { copyTransportId, isSameInitiatorPort } from './initiator-port.js';
import { isHeldByAll, RESERVATION_TYPES } from './reservation-type.js';

/** An I_T_L nexus as persistent reservations see it. */
export interface ReservationNexus {
  readonly session: {
    /** TransportID of the initiator port. */
    readonly transportId: Uint8Array;
    readonly target: {
      /** RELATIVE TARGET PORT IDENTIFIER; 0 while the target has none. */
      readonly relTgtId: number;
    };
  };
}

/** A registration: an I_T nexus, named by TransportID and relative target port, and its reservation key (SPC-5 5.14.7). */
export interface Registration<N> {
  /** Exactly as long as it says it is. */
  readonly transportId: Uint8Array;
  readonly relativeTargetPort: number;
  /** 64 bits. */
  key: bigint;
  /** The nexus that speaks for it; null while none is connected. Of two LUNs of one session on one device only one does. */
  nexus: N | null;
}

/** The reservation there is: scope and type (SPC-5 table 61). */
export interface Reservation {
  readonly type: number;
  readonly scope: number;
}

/** What is written to the APTPL file, to `pr_state` and read from them. */
export interface ReservationState {
  readonly generation: number;
  readonly aptpl: boolean;
  readonly reservation: Reservation | null;
  readonly registrations: ReadonlyArray<{
    readonly transportId: Uint8Array;
    readonly relativeTargetPort: number;
    readonly key: bigint;
    readonly holder: boolean;
  }>;
}

/**
 * The persistent reservations of one logical unit (SPC-5 5.14): its registrations in order, the reservation, and the nexuses that
 * could speak for them. The service actions are in reserve-out.ts and reserve-in.ts; this is the state and its invariants:
 *
 * - a (TransportID, relative target port) is registered at most once;
 * - a nexus speaks for at most one registration, and a registration has at most one nexus;
 * - a reservation of a type that one registration holds ends with that registration, one that all hold ends with the last.
 */
export class PersistentReservations<N extends ReservationNexus = ReservationNexus> {
  /** PRGENERATION: 32 bits, wraps. */
  generation = 0;
  /** PTPL_A: state survives power loss. */
  aptpl = false;
  #reservation: Reservation | null = null;
  #holder: Registration<N> | null = null;
  readonly #registrations: Registration<N>[] = [];
  readonly #byNexus = new Map<N, Registration<N>>();
  /** All nexuses of the logical unit, in the order in which they came. */
  readonly #nexuses = new Set<N>();

  /** In order of registration. */
  get registrations(): ReadonlyArray<Readonly<Registration<N>>> {
    return this.#registrations;
  }

  get reservation(): Reservation | null {
    return this.#reservation;
  }

  /** The registration that holds the reservation; null when there is none, or when all hold it. */
  get holder(): Readonly<Registration<N>> | null {
    return this.#holder;
  }

  get nexuses(): Iterable<N> {
    return this.#nexuses;
  }

  /** The registration that this nexus speaks for. */
  registrationOf(nexus: N): Registration<N> | undefined {
    return this.#byNexus.get(nexus);
  }

  find(transportId: Uint8Array, relativeTargetPort: number): Registration<N> | undefined {
    return this.#registrations.find(
      (registration) => registration.relativeTargetPort === relativeTargetPort && isSameInitiatorPort(registration.transportId, transportId),
    );
  }

  withKey(key: bigint): Registration<N>[] {
    return this.#registrations.filter((registration) => registration.key === key);
  }

  /** A copy of the list, to be worked through while registrations go. */
  all(): Registration<N>[] {
    return [...this.#registrations];
  }

  isHolder(registration: Readonly<Registration<N>>): boolean {
    if (this.#reservation === null) return false;
    return isHeldByAll(this.#reservation.type) || this.#holder === registration;
  }

  /** Compatible reservation handling (SPC-5 5.14.3): RESERVE and RELEASE of this nexus do nothing, and succeed. */
  isCompatible(nexus: N): boolean {
    return this.#reservation !== null && this.#hasRights(nexus, this.#reservation);
  }

  /** Whether a command that writes or reads (or only does harmless things) may run; SPC-5 table 63 and SPEC 13. */
  allows(nexus: N, may: { readonly writeExclusive: boolean; readonly exclusiveAccess: boolean }): boolean {
    const reservation = this.#reservation;
    if (reservation === null) return true;
    const rule = RESERVATION_TYPES.get(reservation.type);
    // A type that pr_state brought in and nobody knows lets nobody in.
    if (rule === undefined) return false;
    return (rule.excludes === 'writes' ? may.writeExclusive : may.exclusiveAccess) || this.#hasRights(nexus, reservation);
  }

  #hasRights(nexus: N, reservation: Reservation): boolean {
    const registration = this.#byNexus.get(nexus);
    const rule = RESERVATION_TYPES.get(reservation.type);
    if (registration === undefined || rule === undefined) return false;
    return rule.rights === 'registrants' || registration === this.#holder;
  }

  /** A nexus came. It speaks for its registration if that has no other. */
  attach(nexus: N): void {
    this.#nexuses.add(nexus);
    const { transportId, target } = nexus.session;
    const registration = this.find(transportId, target.relTgtId);
    if (registration?.nexus === null) this.#bind(registration, nexus);
  }

  /** A nexus went. Its registration stays; another nexus of the same ports speaks for it now. */
  detach(nexus: N): void {
    this.#nexuses.delete(nexus);
    const registration = this.#byNexus.get(nexus);
    if (registration === undefined) return;
    this.#byNexus.delete(nexus);
    registration.nexus = null;
    const heir = this.#nexusFor(registration);
    if (heir !== undefined) this.#bind(registration, heir);
  }

  /** The ports of a nexus have other names now: it speaks for the registration of those, if for any. */
  rename(nexus: N): void {
    const { transportId, target } = nexus.session;
    const registration = this.#byNexus.get(nexus);
    if (registration?.relativeTargetPort === target.relTgtId && isSameInitiatorPort(registration.transportId, transportId)) return;
    this.detach(nexus);
    this.attach(nexus);
  }

  /** Adds a registration, unless there is one of these ports; that one is given back then, unchanged. */
  add(transportId: Uint8Array, relativeTargetPort: number, key: bigint): Registration<N> {
    const existing = this.find(transportId, relativeTargetPort);
    if (existing !== undefined) return existing;
    const registration: Registration<N> = { transportId: copyTransportId(transportId), relativeTargetPort, key, nexus: null };
    this.#registrations.push(registration);
    const nexus = this.#nexusFor(registration);
    if (nexus !== undefined) this.#bind(registration, nexus);
    return registration;
  }

  remove(registration: Registration<N>): void {
    const at = this.#registrations.indexOf(registration);
    if (at < 0) return;
    this.#registrations.splice(at, 1);
    if (registration.nexus !== null) this.#byNexus.delete(registration.nexus);
    registration.nexus = null;
    const reservation = this.#reservation;
    if (reservation === null) return;
    if (isHeldByAll(reservation.type)) {
      if (this.#registrations.length === 0) this.#reservation = null;
      this.#holder = null;
    } else if (this.#holder === registration) {
      this.release();
    }
  }

  removeAll(): void {
    while (this.#registrations[0] !== undefined) this.remove(this.#registrations[0]);
  }

  /**
   * Makes a reservation, or changes the one there is. `holder` counts for the types that one registration holds; a change to an
   * all-registrants type leaves the former holder's key to be seen in READ RESERVATION, as SCST does.
   */
  reserve(holder: Registration<N> | null, reservation: Reservation): void {
    this.#reservation = reservation;
    if (!isHeldByAll(reservation.type)) this.#holder = holder;
  }

  /** Ends the reservation; registrations stay. */
  release(): void {
    this.#reservation = null;
    this.#holder = null;
  }

  /** What there is, to be kept. */
  state(): ReservationState {
    return {
      generation: this.generation,
      aptpl: this.aptpl,
      reservation: this.#reservation,
      registrations: this.#registrations.map((registration) => ({
        transportId: registration.transportId,
        relativeTargetPort: registration.relativeTargetPort,
        key: registration.key,
        holder: this.isHolder(registration),
      })),
    };
  }

  /** Puts what was kept in place of what there is. PRGENERATION is left to the caller: a power loss sets it to zero. */
  restore(state: ReservationState): void {
    this.removeAll();
    this.release();
    this.aptpl = state.aptpl;
    let holder: Registration<N> | undefined;
    for (const { transportId, relativeTargetPort, key, holder: holds } of state.registrations) {
      const registration = this.add(transportId, relativeTargetPort, key);
      if (holds) holder = registration;
    }
    if (state.reservation === null) return;
    this.#reservation = state.reservation;
    this.#holder = isHeldByAll(state.reservation.type) ? null : (holder ?? null);
  }

  /** Remembers all there is. What is returned puts it back, for the nexuses that there are by then. */
  checkpoint(): () => void {
    const { generation, aptpl } = this;
    const reservation = this.#reservation;
    const holder = this.#holder;
    const kept = this.#registrations.map((registration) => ({ registration, key: registration.key, nexus: registration.nexus }));
    return () => {
      this.generation = generation;
      this.aptpl = aptpl;
      this.#reservation = reservation;
      this.#holder = holder;
      this.#byNexus.clear();
      this.#registrations.splice(0, Infinity, ...kept.map(({ registration }) => registration));
      for (const { registration, key, nexus } of kept) {
        registration.key = key;
        registration.nexus = null;
        if (nexus !== null && this.#nexuses.has(nexus)) this.#bind(registration, nexus);
      }
      for (const { registration } of kept) {
        const heir = registration.nexus === null ? this.#nexusFor(registration) : undefined;
        if (heir !== undefined) this.#bind(registration, heir);
      }
    };
  }

  #bind(registration: Registration<N>, nexus: N): void {
    registration.nexus = nexus;
    this.#byNexus.set(nexus, registration);
  }

  /** The first nexus of the registration's ports that speaks for no registration. */
  #nexusFor(registration: Readonly<Registration<N>>): N | undefined {
    for (const nexus of this.#nexuses) {
      const { transportId, target } = nexus.session;
      const matches = target.relTgtId === registration.relativeTargetPort && isSameInitiatorPort(transportId, registration.transportId);
      if (matches && !this.#byNexus.has(nexus)) return nexus;
    }
    return undefined;
  }
}
