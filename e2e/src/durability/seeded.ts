/** A source of numbers that a seed determines, so that a failed run can be had again (mulberry32). */
export class Seeded {
  #state: number;

  constructor(readonly seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number below a limit. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let bits = this.#state;
    bits = Math.imul(bits ^ (bits >>> 15), bits | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) % limit;
  }
}

/** The seed of a run: `SEED`, or one that changes with the time. */
export const seedOfRun = (): number => Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
