import type { ConnectionTransport } from '../engine.js';
import { type Slab, SLAB_LENGTH, type SlabPool } from './slab.js';

/** Reservations above this get a slab of their own. */
const OWN_SLAB_FROM = SLAB_LENGTH / 4;

/** What went out in one write. */
interface Batch {
  readonly slabs: readonly Slab[];
  readonly counts: readonly number[];
  readonly bytes: number;
}

/**
 * A connection's way out. PDUs are written into memory that was reserved for them, and gathered until {@link flush}; what lies side
 * by side in memory, as the answers to commands that end in order do, becomes one piece.
 */
export class Output {
  readonly #pool: SlabPool;
  readonly #transport: ConnectionTransport;
  readonly #sent: () => void;
  #current: Slab | null = null;
  /** Where the last {@link reserve} is. */
  slab: Slab;
  at = 0;
  /** The pieces that wait for the flush, column by column. */
  #slabs: Slab[] = [];
  #starts: number[] = [];
  #ends: number[] = [];
  #counts: number[] = [];
  #bytes = 0;
  readonly #inFlight: Batch[] = [];
  /** Bytes gathered or on their way. */
  backlog = 0;
  /** Writes that have gone, to see whether anything moves. */
  sentWrites = 0;

  /** `sent` is called whenever a write has gone. */
  constructor(pool: SlabPool, transport: ConnectionTransport, nothing: Slab, sent: () => void) {
    this.#pool = pool;
    this.#transport = transport;
    this.#sent = sent;
    this.slab = nothing;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  get isIdle(): boolean {
    return this.backlog === 0;
  }

  /** Finds room for so many bytes: {@link slab} from {@link at}. It is given up by {@link push} or {@link cancel}. */
  reserve(length: number): void {
    if (length > OWN_SLAB_FROM) {
      this.slab = this.#pool.acquire(length, this);
      this.at = 0;
      this.slab.references = 1;
      return;
    }
    let slab = this.#current;
    if (slab === null || slab.used + length > slab.bytes.length) {
      if (slab !== null && slab.references === 0) this.#pool.release(slab);
      slab = this.#current = this.#pool.acquire(SLAB_LENGTH, this);
    }
    this.slab = slab;
    this.at = slab.used;
    slab.used += length;
    slab.references++;
  }

  /** Sends a part of what was reserved. */
  push(slab: Slab, start: number, end: number): void {
    const last = this.#slabs.length - 1;
    if (last >= 0 && this.#slabs[last] === slab && this.#ends[last] === start) {
      this.#ends[last] = end;
      this.#counts[last] = (this.#counts[last] as number) + 1;
    } else {
      this.#slabs.push(slab);
      this.#starts.push(start);
      this.#ends.push(end);
      this.#counts.push(1);
    }
    this.#bytes += end - start;
    this.backlog += end - start;
  }

  /** One more part of a reservation is going to be pushed. */
  retain(slab: Slab): void {
    slab.references++;
  }

  /** Nothing is sent of what was reserved. */
  cancel(slab: Slab): void {
    this.#dereference(slab, 1);
  }

  /** Hands over what was gathered. */
  flush(): void {
    const count = this.#slabs.length;
    if (count === 0) return;
    const pieces: Uint8Array[] = [];
    for (let index = 0; index < count; index++) {
      const { bytes } = this.#slabs[index] as Slab;
      const start = this.#starts[index] as number;
      pieces.push(new Uint8Array(bytes.buffer, bytes.byteOffset + start, (this.#ends[index] as number) - start));
    }
    this.#inFlight.push({ slabs: this.#slabs, counts: this.#counts, bytes: this.#bytes });
    this.#slabs = [];
    this.#starts = [];
    this.#ends = [];
    this.#counts = [];
    this.#bytes = 0;
    this.#transport.write(pieces, this.#written);
  }

  readonly #written = (): void => {
    const batch = this.#inFlight.shift();
    if (batch === undefined) return;
    const { slabs, counts } = batch;
    for (let index = 0; index < slabs.length; index++) this.#dereference(slabs[index] as Slab, counts[index] as number);
    this.backlog -= batch.bytes;
    this.sentWrites++;
    this.#sent();
  };

  #dereference(slab: Slab, count: number): void {
    slab.references -= count;
    if (slab.references > 0) return;
    if (slab === this.#current) slab.used = 0;
    else this.#pool.release(slab);
  }

  /** Throws away what was gathered, and lets go of memory that nothing lies in. */
  discard(): void {
    for (let index = 0; index < this.#slabs.length; index++) this.#dereference(this.#slabs[index] as Slab, this.#counts[index] as number);
    this.backlog -= this.#bytes;
    this.#slabs = [];
    this.#starts = [];
    this.#ends = [];
    this.#counts = [];
    this.#bytes = 0;
    this.trim();
  }

  /** Lets go of memory that nothing lies in; later parts of it go as they come back. */
  trim(): void {
    const slab = this.#current;
    if (slab === null) return;
    if (slab.references === 0) this.#pool.release(slab);
    this.#current = null;
  }
}
