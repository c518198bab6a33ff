/** Hands out the lowest number not in use, as Linux does for host numbers, sg minors and sd letters. */
export class LowestFree {
  readonly #used = new Set<number>();
  /** No number below this one is free. */
  #hint = 0;

  take(): number {
    let number = this.#hint;
    while (this.#used.has(number)) number += 1;
    this.#used.add(number);
    this.#hint = number + 1;
    return number;
  }

  give(number: number): void {
    if (this.#used.delete(number)) this.#hint = Math.min(this.#hint, number);
  }
}
