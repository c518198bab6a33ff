/** A bound on how much runs at a time. What is beyond it waits in order. */
export class Turns {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @param limit At least 1. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How much waits. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves when there is room; undefined when there is room now. */
  take(): Promise<void> | undefined {
    if (this.#running < this.#limit) {
      this.#running += 1;
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Gives the place to the next in line, or frees it. */
  pass(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}
