/** Keeps something from the rest of the machine for as long as it is open. */
export interface Guard {
  close(): Promise<void>;
}

/** What several users hold together. */
interface Holding {
  users: number;
  readonly guard: Promise<Guard>;
}

/**
 * What this process writes to, each thing kept from the rest of the machine by one guard. Linux gives `O_EXCL` to one descriptor alone,
 * but several devices of one SCST may share a block device, as they may in the kernel: so the guard is nobody's own, but is opened for
 * the first of them and closed behind the last.
 */
export class DeviceClaims {
  readonly #held = new Map<string, Holding>();
  /** Guards that are being closed: what they keep cannot be had before that. */
  readonly #ending = new Map<string, Promise<void>>();

  /**
   * Resolves with what gives the claim back, once, when the user has closed what it claimed. `open` opens the guard where nobody here has
   * it yet; when it fails, everybody who waits for it fails with it.
   */
  async take(identity: string, open: () => Promise<Guard>): Promise<() => Promise<void>> {
    const holding = this.#held.get(identity) ?? this.#hold(identity, open);
    holding.users++;
    const guard = await holding.guard;
    return async () => {
      holding.users--;
      if (holding.users > 0) return;
      this.#held.delete(identity);
      const ending = guard.close().finally(() => this.#ending.delete(identity));
      this.#ending.set(identity, ending);
      await ending;
    };
  }

  #hold(identity: string, open: () => Promise<Guard>): Holding {
    const ended = this.#ending.get(identity) ?? Promise.resolve();
    const holding: Holding = { users: 0, guard: ended.then(open, open) };
    this.#held.set(identity, holding);
    holding.guard.catch(() => this.#held.delete(identity));
    return holding;
  }
}
