/** Work nobody waits for: it is known, so that it can be waited for before things are closed. */
export class Background {
  readonly #running = new Set<Promise<void>>();

  /** Starts work. It must not fail: a failure is a defect, and is thrown as an unhandled rejection. */
  run(work: () => Promise<void>): void {
    const running = work().finally(() => {
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  /** Resolves once all that was started has ended, that started meanwhile included. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
