/**
 * The reservation of RESERVE and RELEASE (SPC-2 7.21, 7.22): one session holds the whole logical unit, or none does.
 *
 * `S` is the session, an I_T nexus: it is told apart by identity.
 */
export class Spc2Reservation<S> {
  #holder: S | null = null;

  get holder(): S | null {
    return this.#holder;
  }

  /** Someone else holds it. */
  isHeldAgainst(session: S): boolean {
    return this.#holder !== null && this.#holder !== session;
  }

  /** False: another session holds it. The holder may reserve again. */
  reserve(session: S): boolean {
    if (this.isHeldAgainst(session)) return false;
    this.#holder = session;
    return true;
  }

  /** Does nothing for a session that does not hold it; that is no error. */
  release(session: S): void {
    if (this.#holder === session) this.#holder = null;
  }

  /** A reset took it away. */
  clear(): void {
    this.#holder = null;
  }
}
