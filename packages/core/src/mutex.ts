/**
 * A lock for work that spans awaits, first come first served. The core has one of them, as the kernel's SCST has: whoever
 * adds or removes an object holds it.
 */
export class Mutex {
  #held = false;
  readonly #waiting: (() => void)[] = [];

  /** True while anybody holds the lock. */
  get locked(): boolean {
    return this.#held;
  }

  /** Runs work with the lock held; the lock is let go when the work has ended, however it ended. */
  async run<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.#held) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#held = true;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#held = false;
      else next();
    }
  }
}
