import * as fs from 'node:fs';
import { type BlockStore, type StoreCallback, StoreError, type StoreExtent, type StoreGeometry } from './block-store.js';
import { FreedRanges } from './freed-ranges.js';
import type { PunchHole } from './punch-hole.js';

/** What a {@link NodeStore} works on. */
export interface OpenFile {
  readonly descriptor: number;
  /** For messages. */
  readonly name: string;
  readonly geometry: StoreGeometry;
  /** Looks up the size in bytes. Rejects with a `StoreError`. */
  readonly measure: () => Promise<bigint>;
  readonly punchHole: PunchHole;
}

/** Zeros to write where a hole cannot be punched. */
const ZEROS = new Uint8Array(1024 * 1024);

/**
 * An open file or block device of the machine, by Node's callback functions: one asynchronous operation for each call, straight
 * on the caller's bytes. The file is never truncated or made longer.
 */
export class NodeStore implements BlockStore {
  readonly geometry: StoreGeometry;
  readonly #file: OpenFile;
  #size: bigint;
  /** The size as a number: nothing beyond it is written. */
  #end: number;
  /** What this store has freed itself: Node cannot ask a file for its holes. */
  readonly #freed = new FreedRanges();
  #inFlight = 0;
  /** Reads that wait for the end of this turn of the event loop. */
  #held: { buffer: Uint8Array; position: number; done: StoreCallback }[] = [];
  #closed: (() => void) | null = null;

  /** `size` in bytes, as found when the file was opened. */
  constructor(file: OpenFile, size: bigint) {
    this.#file = file;
    this.geometry = file.geometry;
    this.#size = size;
    this.#end = Number(size);
  }

  get size(): bigint {
    return this.#size;
  }

  read(buffer: Uint8Array, position: number, done: StoreCallback): void {
    this.#inFlight++;
    if (this.#inFlight === 1) this.#readNow(buffer, position, done);
    else if (this.#held.push({ buffer, position, done }) === 1) setImmediate(this.#letGo);
  }

  /** Hands over the reads that came together. One by one, each of them would wake a thread of the pool for itself. */
  readonly #letGo = (): void => {
    const held = this.#held;
    this.#held = [];
    for (const { buffer, position, done } of held) this.#readNow(buffer, position, done);
  };

  #readNow(buffer: Uint8Array, position: number, done: StoreCallback): void {
    fs.read(this.#file.descriptor, buffer, 0, buffer.length, position, (error, count) => {
      if (error === null && count < buffer.length && count > 0) this.#readRest(buffer, count, position, done);
      else this.#finish(error ?? (count < buffer.length ? this.#short(position) : null), done);
    });
  }

  /** A read came back with a part of what was asked, which it may; the end of the file is where nothing comes back. */
  #readRest(buffer: Uint8Array, from: number, position: number, done: StoreCallback): void {
    fs.read(this.#file.descriptor, buffer, from, buffer.length - from, position + from, (error, count) => {
      if (error === null && count > 0 && from + count < buffer.length) this.#readRest(buffer, from + count, position, done);
      else this.#finish(error ?? (from + count < buffer.length ? this.#short(position) : null), done);
    });
  }

  #short(position: number): StoreError {
    return new StoreError('SHORT', `${this.#file.name} ends before what was asked of it at ${position}`);
  }

  write(buffer: Uint8Array, position: number, done: StoreCallback): void {
    if (position + buffer.length > this.#end) {
      done(new StoreError('ENOSPC', `${this.#file.name} ends at ${this.#size.toString()}`));
      return;
    }
    this.#inFlight++;
    this.#freed.take(position, position + buffer.length);
    this.#writeFrom(buffer, 0, position, done);
  }

  #writeFrom(buffer: Uint8Array, from: number, position: number, done: StoreCallback): void {
    fs.write(this.#file.descriptor, buffer, from, buffer.length - from, position + from, (error, count) => {
      if (error === null && from + count < buffer.length) this.#writeFrom(buffer, from + count, position, done);
      else this.#finish(error, done);
    });
  }

  flush(done: StoreCallback): void {
    this.#inFlight++;
    fs.fdatasync(this.#file.descriptor, (error) => {
      this.#finish(error, done);
    });
  }

  unmap(position: number, length: number, done: StoreCallback): void {
    this.#inFlight++;
    this.#file
      .punchHole(this.#file.descriptor, position, length)
      .then((punched) => {
        if (punched) {
          this.#freed.add(position, position + length);
          this.#finish(null, done);
        } else this.#writeZeros(position, position + length, done);
      })
      .catch((error: unknown) => {
        this.#finish(error as Error, done);
      });
  }

  #writeZeros(position: number, end: number, done: StoreCallback): void {
    if (position >= end) {
      this.#finish(null, done);
      return;
    }
    fs.write(this.#file.descriptor, ZEROS, 0, Math.min(ZEROS.length, end - position), position, (error, count) => {
      if (error === null) this.#writeZeros(position + count, end, done);
      else this.#finish(error, done);
    });
  }

  async extents(position: number, length: number): Promise<StoreExtent[]> {
    return await Promise.resolve(this.#freed.extents(position, length));
  }

  async refresh(): Promise<bigint> {
    this.#size = await this.#file.measure();
    this.#end = Number(this.#size);
    return this.#size;
  }

  /** Waits for what is in flight. */
  async close(): Promise<void> {
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.#closed = resolve;
      });
    }
    await new Promise<void>((resolve, reject) => {
      fs.close(this.#file.descriptor, (error) => {
        if (error === null) resolve();
        else reject(toStoreError(error));
      });
    });
  }

  #finish(error: Error | null, done: StoreCallback): void {
    this.#inFlight--;
    if (this.#inFlight === 0) this.#closed?.();
    done(error === null ? null : toStoreError(error));
  }
}

/** @internal What Node throws, as a `StoreError` with the errno's name. */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new StoreError(code ?? 'EIO', message, { cause: error });
}
