/** An amount that is lent in order of asking; who asks for more than is left waits. */
export class Budget {
  readonly #total: number;
  readonly #waiting = new Set<{ amount: number; go: () => void }>();
  #lent = 0;

  constructor(total: number) {
    this.#total = total;
  }

  /**
   * Lends an amount. Resolves with the function that gives it back, which may be called more than once.
   *
   * @param amount At most the total.
   * @param signal Gives the place in the line up; the promise then rejects with the signal's reason.
   */
  async take(amount: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#waiting.size > 0 || this.#lent + amount > this.#total) await this.#turn(amount, signal);
    else this.#lent += amount;
    let lent = true;
    return () => {
      if (!lent) return;
      lent = false;
      this.#lent -= amount;
      this.#serve();
    };
  }

  #turn(amount: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(waiter);
        this.#serve();
        reject(new Error('gave up waiting', { cause: signal.reason }));
      };
      const waiter = {
        amount,
        go: (): void => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      this.#waiting.add(waiter);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  #serve(): void {
    for (const waiter of this.#waiting) {
      if (this.#lent + waiter.amount > this.#total) return;
      this.#lent += waiter.amount;
      this.#waiting.delete(waiter);
      waiter.go();
    }
  }
}
