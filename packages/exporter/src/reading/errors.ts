/** What kept attributes from being read, and how often: by the attribute's kind and by a reason from a fixed set. */
export class ReadErrors {
  readonly #counts = new Map<string, { readonly attribute: string; readonly reason: string; count: number }>();

  count(attribute: string, reason: string, number = 1): void {
    const key = `${attribute} ${reason}`;
    const known = this.#counts.get(key);
    if (known === undefined) this.#counts.set(key, { attribute, reason, count: number });
    else known.count += number;
  }

  add(other: ReadErrors): void {
    for (const { attribute, reason, count } of other) this.count(attribute, reason, count);
  }

  get total(): number {
    let total = 0;
    for (const { count } of this) total += count;
    return total;
  }

  [Symbol.iterator](): IterableIterator<{ readonly attribute: string; readonly reason: string; readonly count: number }> {
    return this.#counts.values();
  }
}
