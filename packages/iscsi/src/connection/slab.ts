/** What most slabs are made of. */
export const SLAB_LENGTH = 256 * 1024;
/** Larger ones are made in steps of this, so that they can be used again for another length. */
const STEP = 4096;
/** What the pool keeps at most for later. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** A piece of memory that commands' data and PDUs lie in. Who has a part of it counts as a reference. */
export class Slab {
  readonly bytes: Uint8Array;
  /** Bytes given out, from the beginning. */
  used = 0;
  references = 0;
  /** Whose data was in it last. */
  owner: object | null = null;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
  }
}

/** Slabs of all connections of a server. */
export class SlabPool {
  readonly #free = new Map<number, Slab[]>();
  #kept = 0;
  /** Bytes of slabs that are in use. */
  inUse = 0;

  /**
   * A slab of at least so many bytes, and of no more than a step above. What another owner left in it is wiped; with no owner it is
   * not, for memory that is written before anyone reads it.
   */
  acquire(length: number, owner: object | null): Slab {
    const size = Math.ceil(length / STEP) * STEP;
    this.inUse += size;
    const slab = this.#free.get(size)?.pop();
    if (slab === undefined) {
      const made = new Slab(size);
      made.owner = owner;
      return made;
    }
    this.#kept -= size;
    if (owner !== null && slab.owner !== owner) slab.bytes.fill(0);
    slab.owner = owner;
    return slab;
  }

  /** Takes one back that nobody refers to. */
  release(slab: Slab): void {
    const size = slab.bytes.length;
    this.inUse -= size;
    slab.used = 0;
    slab.references = 0;
    if (this.#kept + size > KEPT_BYTES) return;
    this.#kept += size;
    const free = this.#free.get(size);
    if (free === undefined) this.#free.set(size, [slab]);
    else free.push(slab);
  }

  /** One reference less; takes it back with the last. */
  dereference(slab: Slab): void {
    if (--slab.references === 0) this.release(slab);
  }

  /** Counts one as gone that nobody may use again. */
  forget(slab: Slab): void {
    this.inUse -= slab.bytes.length;
  }
}
