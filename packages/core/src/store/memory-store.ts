import { type BlockStore, type StoreCallback, StoreError, type StoreExtent, type StoreGeometry } from './block-store.js';
import { FreedRanges } from './freed-ranges.js';

/**
 * A store in memory, for tests, scratch disks, and as the example of how a store is written: what is at hand is answered
 * before the call returns.
 *
 * ```ts
 * const store = new MemoryStore(64 * 1024 * 1024);
 * store.write(data, 0, (error) => { … });
 * ```
 */
export class MemoryStore implements BlockStore {
  readonly geometry: StoreGeometry = {
    kind: 'memory',
    logicalBlockSize: 512,
    physicalBlockSize: 4096,
    discardGranularity: 512,
    discardMaxBytes: 0xffff_ffff,
    discardZeroes: true,
    rotational: false,
  };
  /** A write is a copy within one turn of the event loop: nothing comes between. */
  readonly atomicWriteLength = 8 * 1024 * 1024;
  readonly #bytes: Uint8Array;
  readonly #freed = new FreedRanges();

  /** A number of zero bytes, or bytes to use as they are. */
  constructor(content: number | Uint8Array) {
    this.#bytes = typeof content === 'number' ? new Uint8Array(content) : content;
  }

  get size(): bigint {
    return BigInt(this.#bytes.length);
  }

  read(buffer: Uint8Array, position: number, done: StoreCallback): void {
    const data = this.#bytes.subarray(position, position + buffer.length);
    buffer.set(data);
    done(data.length === buffer.length ? null : new StoreError('SHORT', `the store ends at ${this.#bytes.length}`));
  }

  write(buffer: Uint8Array, position: number, done: StoreCallback): void {
    if (position + buffer.length > this.#bytes.length) {
      done(new StoreError('ENOSPC', `the store ends at ${this.#bytes.length}`));
      return;
    }
    this.#freed.take(position, position + buffer.length);
    this.#bytes.set(buffer, position);
    done(null);
  }

  flush(done: StoreCallback): void {
    done(null);
  }

  unmap(position: number, length: number, done: StoreCallback): void {
    this.#bytes.fill(0, position, position + length);
    this.#freed.add(position, Math.min(position + length, this.#bytes.length));
    done(null);
  }

  async extents(position: number, length: number): Promise<StoreExtent[]> {
    return await Promise.resolve(this.#freed.extents(position, length));
  }

  async refresh(): Promise<bigint> {
    return await Promise.resolve(this.size);
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }
}
