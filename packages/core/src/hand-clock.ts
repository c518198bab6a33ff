import { type Clock } from './clock.js';

/** A clock for tests, that is moved by hand. */
export class HandClock implements Clock {
  #now = 0;
  #timers: { at: number; callback: () => void }[] = [];

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { at: this.#now + milliseconds, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get pending(): number {
    return this.#timers.length;
  }

  async move(milliseconds: number): Promise<void> {
    this.#now += milliseconds;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter(({ at }) => at > this.#now);
    for (const { callback } of due) callback();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
