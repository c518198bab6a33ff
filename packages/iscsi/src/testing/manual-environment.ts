import type { IscsiEnvironment } from '../environment.js';

/** Time and chance in the hands of a test. */
export class ManualEnvironment implements IscsiEnvironment {
  #now = 0;
  #timers: { readonly run: () => void; readonly period: number; due: number }[] = [];
  #deferred: (() => void)[] = [];
  #seed: number;

  constructor(seed = 1) {
    this.#seed = seed;
  }

  now(): number {
    return this.#now;
  }

  every(period: number, run: () => void): () => void {
    const timer = { run, period, due: this.#now + period };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Timers that have not been taken back. */
  get timers(): number {
    return this.#timers.length;
  }

  defer(run: () => void): void {
    this.#deferred.push(run);
  }

  random(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => {
      this.#seed = (Math.imul(this.#seed, 1_103_515_245) + 12_345) >>> 0;
      return this.#seed >>> 16;
    });
  }

  /** Lets everything happen that is due now: what was put off, and promises. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet++) {
      await new Promise((resolve) => setImmediate(resolve));
      const deferred = this.#deferred;
      if (deferred.length > 0) quiet = -1;
      this.#deferred = [];
      for (const run of deferred) run();
    }
  }

  /** Lets time pass, second by second. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    while (this.#now < end) {
      this.#now = Math.min(end, this.#now + 1000);
      for (const timer of [...this.#timers]) {
        if (timer.due > this.#now) continue;
        timer.due = this.#now + timer.period;
        timer.run();
      }
      await this.settle();
    }
  }
}
