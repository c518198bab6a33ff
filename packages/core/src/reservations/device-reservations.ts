import { RESERVATION_CLASSES } from '../commands/command.js';
import type { ActiveCommand } from '../nexus/active-command.js';
import type { DeviceServer } from '../nexus/device-server.js';
import type { Nexus } from '../nexus/nexus.js';
import type { SessionObject } from '../nexus/objects.js';
import { PersistentReservations } from './persistent-reservations.js';
import { RESERVATION_RULES, type ReservationRules } from './reservation-rules.js';
import type { TargetPorts } from './reserve-out.js';
import { SavedReservations } from './saved-reservations.js';
import { Spc2Reservation } from './spc2-reservation.js';
import { applyStateText, stateText } from './state-text.js';
import { targetPorts } from './target-ports.js';

/** The reservations of one device, of both kinds, as its server uses them. */
export class DeviceReservations {
  readonly server: DeviceServer;
  /** RESERVE and RELEASE. */
  readonly spc2 = new Spc2Reservation<SessionObject>();
  /** PERSISTENT RESERVE IN and OUT. */
  readonly persistent = new PersistentReservations<Nexus>();
  readonly rules: ReservationRules;
  readonly ports: TargetPorts;
  readonly #saved: SavedReservations;

  constructor(server: DeviceServer) {
    this.server = server;
    this.rules = RESERVATION_RULES[server.core.profile];
    this.ports = targetPorts(server);
    this.#saved = new SavedReservations(server.core.storage, this.#defaultPath);
  }

  get #defaultPath(): string {
    return `${this.server.core.stateDirectory}/pr/${this.server.device.name}`;
  }

  /** Something is reserved; while false {@link conflicts} need not be asked. */
  get inUse(): boolean {
    return this.spc2.holder !== null || this.persistent.reservation !== null;
  }

  /** True: the command ends with RESERVATION CONFLICT (SPEC 2 steps 6 and 7). */
  conflicts({ nexus, row, cdb }: ActiveCommand): boolean {
    const { whileReserved } = row;
    const passes = RESERVATION_CLASSES[typeof whileReserved === 'function' ? whileReserved(cdb) : whileReserved];
    if (!passes.reserve && this.spc2.isHeldAgainst(nexus.session)) return true;
    return !this.persistent.allows(nexus, passes);
  }

  nexusOpened(nexus: Nexus): void {
    this.persistent.attach(nexus);
  }

  /** The session's `transport_id` was written. */
  nexusRenamed(nexus: Nexus): void {
    this.persistent.rename(nexus);
  }

  /** The SPC-2 reservation of the nexus's session goes, registrations stay. */
  nexusClosed(nexus: Nexus): void {
    this.spc2.release(nexus.session);
    this.persistent.detach(nexus);
  }

  /** LUN or target reset: the SPC-2 reservation goes, persistent ones stay. */
  reset(): void {
    this.spc2.clear();
  }

  /** Reads what was saved (APTPL). Throws a `ScstError`, `EINVAL` for a damaged file, and then has taken nothing from it. */
  async load(): Promise<void> {
    await this.setFile(null);
  }

  /**
   * Saves what there is if APTPL asks for it, else sees to it that nothing is saved. The promise resolves when that is on stable
   * storage; undefined: there was nothing to do.
   */
  save(): Promise<void> | undefined {
    return this.#saved.save(this.persistent.state());
  }

  /** Resolves when what has been acknowledged is saved. */
  async close(): Promise<void> {
    await this.#saved.settled();
  }

  /** The text of `pr_state` (SPEC sysfs 9.5). */
  stateText(): string {
    return stateText(this.persistent.state());
  }

  /** Throws a `ScstError`: see {@link applyStateText}. */
  setStateText(text: string): void {
    applyStateText(this.persistent, text);
  }

  /**
   * Saves to another file from now on, and takes over what is in it; null: the default path. A file that cannot be trusted is
   * refused with a `ScstError`, and everything stays as it was.
   */
  async setFile(path: string | null): Promise<void> {
    const state = await this.#saved.open(path ?? this.#defaultPath);
    if (state !== undefined) {
      this.persistent.restore(state);
      return;
    }
    this.persistent.removeAll();
    this.persistent.release();
  }
}
