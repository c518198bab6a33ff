import { type ByteString } from '../bytes.js';

/** Names in use in one directory; a name that is taken gets the first free of `_1`, `_2` … */
export class UniqueNames {
  readonly #used = new Set<ByteString>();
  /** Per name, the lowest suffix that may be free. */
  readonly #hints = new Map<ByteString, number>();

  has(name: ByteString): boolean {
    return this.#used.has(name);
  }

  /** The name, or the name with the first free suffix; it is taken from then on. */
  take(name: ByteString): ByteString {
    let taken = name;
    if (this.#used.has(name)) {
      let suffix = this.#hints.get(name) ?? 1;
      while (this.#used.has(`${name}_${suffix}`)) suffix += 1;
      this.#hints.set(name, suffix + 1);
      taken = `${name}_${suffix}`;
    }
    this.#used.add(taken);
    return taken;
  }

  /** Gives a name back, as {@link take} returned it. */
  give(name: ByteString): void {
    this.#used.delete(name);
    const [, base, suffix] = /^([^]*)_([1-9]\d{0,8})$/.exec(name) ?? [];
    const hint = base === undefined ? undefined : this.#hints.get(base);
    if (base !== undefined && hint !== undefined) this.#hints.set(base, Math.min(hint, Number(suffix)));
  }
}
