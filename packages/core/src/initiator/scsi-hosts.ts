import { LowestFree } from '../lowest-free.js';
import { type ScstCore } from '../core.js';
import { type Session } from '../target/session.js';
import { ScsiHost } from './scsi-host.js';

/** The SCSI hosts of the machine: one per session of scst_local, and those of other drivers the embedding program names. */
export class ScsiHosts {
  readonly core: ScstCore;
  readonly #numbers = new LowestFree();
  readonly #bySession = new Map<Session, ScsiHost>();

  constructor(core: ScstCore) {
    this.core = core;
  }

  /** The hosts of sessions, in the order they were made. */
  get all(): Iterable<ScsiHost> {
    return this.#bySession.values();
  }

  of(session: Session): ScsiHost | undefined {
    return this.#bySession.get(session);
  }

  /** Makes the host of a new session, with the lowest free number. */
  add(session: Session): ScsiHost {
    const host = new ScsiHost(session, this.#numbers.take());
    this.#bySession.set(session, host);
    return host;
  }

  /** Takes the host of a session away; resolves once none of its devices is held open. */
  async remove(session: Session): Promise<void> {
    const host = this.#bySession.get(session);
    if (host === undefined) return;
    await host.remove();
    this.#bySession.delete(session);
    this.#numbers.give(host.number);
  }

  /** Tells the machine that a session sees other LUNs now. */
  lunsChanged(session: Session): void {
    this.#bySession.get(session)?.lunsChanged();
  }
}
