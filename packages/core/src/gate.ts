/** Holds back whoever comes while it is closed. Closings are counted: it opens when each was taken back. */
export class Gate {
  #closings = 0;
  #waiting: (() => void)[] = [];

  /** How many times it is closed at present. */
  get closings(): number {
    return this.#closings;
  }

  get closed(): boolean {
    return this.#closings > 0;
  }

  close(): void {
    this.#closings += 1;
  }

  /** Takes one closing back; none is no error. Those who wait are let through, in order, when it was the last. */
  open(): void {
    if (this.#closings === 0) return;
    this.#closings -= 1;
    if (this.#closings > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const pass of waiting) pass();
  }

  /** Takes all closings back. */
  openAll(): void {
    while (this.closed) this.open();
  }

  /** Calls back once the gate is open: at once when it is. */
  pass(callback: () => void): void {
    if (this.closed) this.#waiting.push(callback);
    else callback();
  }

  /** Resolves once the gate is open. */
  async whenOpen(): Promise<void> {
    while (this.closed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
