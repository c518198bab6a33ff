import { type ByteString } from '../bytes.js';
import { assignThreadIndex } from '../device/thread-index.js';
import { Nexus } from '../nexus/nexus.js';
import { shownName } from '../shown-name.js';
import { type AccessGroup } from './access-group.js';
import { IoCounters } from './counters.js';
import { LatencyRecorder } from './latency.js';
import { type Lun } from './lun.js';
import { type Target } from './target.js';

/** A session: an I_T nexus (SAM-6 4.6), an initiator logged in to a target. */
export class Session {
  readonly target: Target;
  /** As the initiator gave it. */
  readonly initiatorName: ByteString;
  /** The initiator name, made unique in its target by `_1`, `_2` … */
  readonly uniqueName: ByteString;
  /** The name of the session's directory: that name with `!` for `/`. */
  readonly name: ByteString;
  /** Counts the attempts to make a session since the driver was loaded, from 1. */
  readonly number: number;
  /** The set of LUNs the session uses. */
  #group: AccessGroup;
  /** By LUN. */
  readonly nexuses = new Map<number, Nexus>();
  readonly counters = new IoCounters();
  /** Commands the session has under way. */
  activeCommands = 0;
  /** Present while `measure_latency` is on. */
  latency: LatencyRecorder | null = null;
  /** Set once the session is being taken down; it may be seen until its devices are let go. */
  ending: Promise<void> | null = null;
  /** Told each time the session may see other LUNs than before, in the middle of the change. */
  readonly lunListeners = new Set<() => void>();
  /** The TransportID the driver gave when the session was made. */
  readonly #givenTransportId: Uint8Array;
  /** What `transport_id` was written to; null: never. */
  #writtenTransportId: Uint8Array | null = null;

  constructor(target: Target, group: AccessGroup, identity: { initiatorName: ByteString; uniqueName: ByteString; number: number; transportId: Uint8Array }) {
    this.target = target;
    this.initiatorName = identity.initiatorName;
    this.uniqueName = identity.uniqueName;
    this.name = shownName(identity.uniqueName);
    this.number = identity.number;
    this.#givenTransportId = identity.transportId;
    this.#group = group;
    if (target.core.measureLatency) this.latency = new LatencyRecorder();
    group.sessions.add(this);
    for (const lun of group.luns.values()) this.mapLun(lun);
  }

  get group(): AccessGroup {
    return this.#group;
  }

  /** What `transport_id` reads as. */
  get shownTransportId(): Uint8Array {
    return this.#writtenTransportId ?? this.#givenTransportId;
  }

  /**
   * The TransportID (SPC-5 7.6.4) that identifies the initiator in persistent reservations. In the profile `recorded` this is
   * the one the driver gave at the beginning, whatever `transport_id` was written to.
   */
  get transportId(): Uint8Array {
    return this.target.core.rules.writtenTransportIdIgnored ? this.#givenTransportId : this.shownTransportId;
  }

  /** Writes `transport_id`; null goes back to the one the driver gave. */
  setTransportId(transportId: Uint8Array | null): void {
    this.#writtenTransportId = transportId;
    for (const nexus of this.nexuses.values()) nexus.server.reservations.nexusRenamed(nexus);
  }

  /** @internal Makes the I_T_L nexus of a LUN. */
  mapLun(lun: Lun): void {
    const nexus = new Nexus(this, lun);
    this.nexuses.set(lun.number, nexus);
    assignThreadIndex(lun.device, nexus);
    this.#lunsChange();
  }

  /** @internal Ends the I_T_L nexus of a LUN; resolves when its commands have ended. */
  async unmapLun(number: number): Promise<void> {
    const nexus = this.nexuses.get(number);
    if (nexus === undefined) return;
    this.nexuses.delete(number);
    this.#lunsChange();
    await nexus.close();
  }

  #lunsChange(): void {
    for (const listener of this.lunListeners) listener();
  }

  /** @internal Moves the session to another set: LUNs with the same number, device and read-only flag stay as they are. */
  async useGroup(group: AccessGroup): Promise<void> {
    const old = this.#group;
    if (old === group) return;
    old.sessions.delete(this);
    this.#group = group;
    group.sessions.add(this);
    const closing: Promise<void>[] = [];
    for (const lun of old.luns.values()) {
      if (!sameLun(lun, group.luns.get(lun.number))) closing.push(this.unmapLun(lun.number));
    }
    for (const lun of group.luns.values()) {
      const kept = this.nexuses.get(lun.number);
      if (kept === undefined) this.mapLun(lun);
      else kept.lun = lun;
    }
    this.#lunsChange();
    this.target.core.hosts.lunsChanged(this);
    await Promise.all(closing);
  }

  /** @internal Ends all nexuses and leaves the set. */
  async end(): Promise<void> {
    this.#group.sessions.delete(this);
    await Promise.all([...this.nexuses.keys()].map((number) => this.unmapLun(number)));
  }
}

const sameLun = (left: Lun, right: Lun | undefined): boolean => left.device === right?.device && left.readOnly === right.readOnly;
