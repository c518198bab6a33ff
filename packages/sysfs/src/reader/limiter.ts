/** Lets at most so many pieces of work run at a time; the rest waits in order. */
export class Limiter {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #next = 0;
  #running = 0;

  constructor(limit: number) {
    this.#limit = Math.max(1, Math.floor(limit));
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#limit) this.#running += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      this.#pass();
    }
  }

  /** Hands the place to the next in line, or frees it. */
  #pass(): void {
    const next = this.#waiting[this.#next];
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    this.#next += 1;
    // A queue of thousands is not shifted one by one.
    if (this.#next > 1024) {
      this.#waiting.splice(0, this.#next);
      this.#next = 0;
    }
    next();
  }
}

/**
 * Maps items in order, so many at a time. Those that wait cost nothing, unlike calls that wait for a {@link Limiter}. After a
 * failure no further item is begun.
 */
export const mapTogether = async <T, R>(items: readonly T[], together: number, map: (item: T) => Promise<R>): Promise<R[]> => {
  const results = new Array<R>(items.length);
  const rest = items.entries();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const [index, item] of rest) {
      try {
        results[index] = await map(item);
      } catch (error) {
        failed = true;
        throw error;
      }
      if (failed) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(Math.max(1, Math.floor(together)), items.length) }, worker));
  return results;
};
