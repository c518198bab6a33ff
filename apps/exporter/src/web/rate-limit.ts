/** A token bucket: so many requests at once, and one more after each interval. */
export class RateLimit {
  readonly #interval: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;

  /** @param intervalMilliseconds 0: no limit. */
  constructor(intervalMilliseconds: number, burst: number, now: number = performance.now()) {
    this.#interval = intervalMilliseconds;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = now;
  }

  /** Takes a token; false when there is none. */
  take(now: number = performance.now()): boolean {
    if (this.#interval <= 0) return true;
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#at) / this.#interval);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
