import type { FileIo } from '@scst/file-io';
import * as fs from 'node:fs';
import { type BlockStore, type StoreCallback, StoreError, type StoreExtent, type StoreGeometry } from './block-store.js';
import { ASK_LATER, AtOnce } from './at-once.js';
import { Flushes } from './flushes.js';
import { FreedRanges } from './freed-ranges.js';
import { mergeExtents } from './merge-extents.js';

/** What a {@link NodeStore} works on. */
export interface OpenFile {
  readonly descriptor: number;
  /** For messages. */
  readonly name: string;
  readonly identity: string;
  readonly geometry: StoreGeometry;
  /** Looks up the size in bytes. Rejects with a `StoreError`. */
  readonly measure: () => Promise<bigint>;
  /** Whether the name leads to another file by now. */
  readonly isReplaced: () => Promise<boolean>;
  readonly io: FileIo;
  /** The file system is in memory: nothing of it waits for a device. */
  readonly isInMemory: boolean;
  /** Whatever changes the file is on stable storage before it is done: the file was opened with `O_DSYNC`, which is about writes alone. */
  readonly writeThrough: boolean;
  /** Called when the descriptor has been closed. The store is closed when it has ended. */
  readonly onClosed?: (() => Promise<void>) | undefined;
}

/** Zeros to write where the file system cannot make a range zeros. */
const ZEROS = new Uint8Array(1024 * 1024);

/**
 * An open file or block device of the machine, by Node's callback functions: one asynchronous operation for each call, straight
 * on the caller's bytes. What is in the page cache is read before the call returns; where the file is in memory alone, it is written
 * so too. The file is never truncated, or made longer than it was; one that somebody else has truncated is, by what is written behind its end,
 * as SCST has it.
 */
export class NodeStore implements BlockStore {
  readonly geometry: StoreGeometry;
  readonly identity: string;
  readonly #file: OpenFile;
  readonly #atOnce: AtOnce;
  #size: bigint;
  /** The size as a number: nothing beyond it is written. */
  #end: number;
  /** What this store has freed itself: a file system knows of whole blocks of its own alone, or cannot be asked. */
  readonly #freed = new FreedRanges();
  readonly #flushes: Flushes;
  #inFlight = 0;
  /** Operations that wait for the end of this turn of the event loop. `from`: bytes that have been moved already. */
  readonly #held: { isWrite: boolean; buffer: Uint8Array; from: number; position: number; done: StoreCallback }[] = [];
  #closed: (() => void) | null = null;
  /** Nothing begins any more: the descriptor may soon be another file's. */
  #isClosing = false;

  /** `size` in bytes, as found when the file was opened. */
  constructor(file: OpenFile, size: bigint) {
    this.#file = file;
    this.#atOnce = new AtOnce(file.io, file.descriptor, file.isInMemory);
    this.#flushes = new Flushes((done) => {
      fs.fdatasync(file.descriptor, done);
    }, file.name);
    this.geometry = file.geometry;
    this.identity = file.identity;
    this.#size = size;
    this.#end = Number(size);
  }

  get size(): bigint {
    return this.#size;
  }

  read(buffer: Uint8Array, position: number, done: StoreCallback): void {
    if (this.#isClosing) {
      done(this.#gone());
      return;
    }
    const count = this.#held.length > 0 ? ASK_LATER : this.#atOnce.read(buffer, position);
    if (count === buffer.length) {
      done(null);
      return;
    }
    this.#inFlight++;
    if (count >= 0 && this.#inFlight === 1) this.#readFrom(buffer, count, position, done);
    else this.#hold(false, buffer, count, position, done);
  }

  #hold(isWrite: boolean, buffer: Uint8Array, from: number, position: number, done: StoreCallback): void {
    if (this.#held.push({ isWrite, buffer, from, position, done }) === 1) setImmediate(this.#letGo);
  }

  /**
   * Goes on with what came together, in its order, and with what follows from it while the turn bears it. Handed over one by one, each
   * operation would wake a thread of the pool for itself.
   */
  readonly #letGo = (): void => {
    this.#atOnce.nextTurn();
    const held = this.#held;
    let next = 0;
    try {
      for (let operation = held[0]; operation !== undefined; operation = held[next]) {
        const { isWrite, buffer, from, position, done } = operation;
        const count = from !== ASK_LATER ? from : isWrite ? this.#atOnce.write(buffer, position) : this.#atOnce.read(buffer, position);
        if (count === ASK_LATER) break;
        next++;
        if (count === buffer.length) this.#finish(null, done);
        else if (isWrite) this.#writeFrom(buffer, count, position, done);
        else this.#readFrom(buffer, count, position, done);
      }
    } finally {
      held.splice(0, next);
      if (held.length > 0) setImmediate(this.#letGo);
    }
  };

  /** A read may come back with a part of what was asked; the end of the file is where nothing comes back. */
  #readFrom(buffer: Uint8Array, from: number, position: number, done: StoreCallback): void {
    fs.read(this.#file.descriptor, buffer, from, buffer.length - from, position + from, (error, count) => {
      if (error === null && count > 0 && from + count < buffer.length) this.#readFrom(buffer, from + count, position, done);
      else this.#finish(error ?? (from + count < buffer.length ? this.#short(position) : null), done);
    });
  }

  #short(position: number): StoreError {
    return new StoreError('SHORT', `${this.#file.name} ends before what was asked of it at ${position}`);
  }

  write(buffer: Uint8Array, position: number, done: StoreCallback): void {
    if (this.#isClosing) {
      done(this.#gone());
      return;
    }
    if (position + buffer.length > this.#end) {
      done(new StoreError('ENOSPC', `${this.#file.name} ends at ${this.#size.toString()}`));
      return;
    }
    this.#freed.take(position, position + buffer.length);
    const count = this.#held.length > 0 && this.#file.isInMemory ? ASK_LATER : this.#atOnce.write(buffer, position);
    if (count === buffer.length) {
      done(null);
      return;
    }
    this.#inFlight++;
    if (count === ASK_LATER) this.#hold(true, buffer, count, position, done);
    else this.#writeFrom(buffer, count, position, done);
  }

  #writeFrom(buffer: Uint8Array, from: number, position: number, done: StoreCallback): void {
    fs.write(this.#file.descriptor, buffer, from, buffer.length - from, position + from, (error, count) => {
      if (error === null && from + count < buffer.length) this.#writeFrom(buffer, from + count, position, done);
      else this.#finish(error, done);
    });
  }

  flush(done: StoreCallback): void {
    if (this.#isClosing) {
      done(this.#gone());
      return;
    }
    this.#inFlight++;
    this.#flushes.ask((error) => {
      this.#finish(error, done);
    });
  }

  #gone(): StoreError {
    return new StoreError('EBADF', `${this.#file.name} has been closed`);
  }

  unmap(position: number, length: number, done: StoreCallback): void {
    this.#free(position, length, this.geometry.kind === 'block' ? this.#discard : this.#punchHole, done);
  }

  zero(position: number, length: number, done: StoreCallback): void {
    this.#free(position, length, this.#punchHole, done);
  }

  /** Frees a range in a way that may turn out not to be there: then zeros are written. */
  #free(position: number, length: number, way: (position: number, length: number) => Promise<boolean>, done: StoreCallback): void {
    const end = Math.min(position + length, this.#end);
    if (this.#isClosing) {
      done(this.#gone());
      return;
    }
    if (end <= position) {
      done(null);
      return;
    }
    this.#inFlight++;
    // Before it is done: what is written from now on is not free, whichever comes first on the disk.
    this.#freed.add(position, end);
    way(position, end - position).then(
      (freed) => {
        if (freed) this.#finishFreeing(done);
        else this.#writeZeros(position, end, done);
      },
      (error: unknown) => {
        this.#freed.take(position, end);
        this.#finish(error as Error, done);
      },
    );
  }

  /** To be free is no write, and `O_DSYNC` does not wait for it. */
  #finishFreeing(done: StoreCallback): void {
    if (!this.#file.writeThrough) {
      this.#finish(null, done);
      return;
    }
    this.#flushes.ask((error) => {
      this.#finish(error, done);
    });
  }

  readonly #punchHole = async (position: number, length: number): Promise<boolean> => await this.#file.io.punchHole(this.#file.descriptor, position, length);

  /** As zeros where the device can do that; else its whole blocks are discarded, if it can do that. */
  readonly #discard = async (position: number, length: number): Promise<boolean> => {
    if (await this.#punchHole(position, length)) return true;
    const { logicalBlockSize, discardMaxBytes } = this.geometry;
    if (discardMaxBytes === 0) return false;
    const start = Math.ceil(position / logicalBlockSize) * logicalBlockSize;
    const end = Math.floor((position + length) / logicalBlockSize) * logicalBlockSize;
    return end > start && (await this.#file.io.discard(this.#file.descriptor, start, end - start));
  };

  #writeZeros(position: number, end: number, done: StoreCallback): void {
    this.#freed.take(position, end);
    this.#writeZerosFrom(position, end, done);
  }

  #writeZerosFrom(position: number, end: number, done: StoreCallback): void {
    if (position >= end) {
      this.#finish(null, done);
      return;
    }
    fs.write(this.#file.descriptor, ZEROS, 0, Math.min(ZEROS.length, end - position), position, (error, count) => {
      if (error === null) this.#writeZerosFrom(position + count, end, done);
      else this.#finish(error, done);
    });
  }

  async extents(position: number, length: number, limit = Infinity): Promise<StoreExtent[]> {
    if (this.#isClosing) throw this.#gone();
    this.#inFlight++;
    try {
      const found = await this.#file.io.extents(this.#file.descriptor, position, length, limit);
      const freed = this.#freed.extents(position, length);
      const known = found?.map(({ kind, ...stretch }) => ({ ...stretch, allocated: kind === 'data' }));
      return known === undefined ? freed : mergeExtents(known, freed);
    } catch (error) {
      throw toStoreError(error);
    } finally {
      this.#leave();
    }
  }

  async refresh(): Promise<bigint> {
    this.#size = await this.#file.measure();
    this.#end = Number(this.#size);
    return this.#size;
  }

  async isReplaced(): Promise<boolean> {
    try {
      return await this.#file.isReplaced();
    } catch (error) {
      throw toStoreError(error);
    }
  }

  /** Waits for what is in flight; what is asked for from now on fails with `EBADF`. Closing twice is no error. */
  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.#closed = resolve;
      });
    }
    const error = await new Promise<Error | null>((resolve) => {
      fs.close(this.#file.descriptor, resolve);
    });
    await this.#file.onClosed?.();
    if (error !== null) throw toStoreError(error);
  }

  #finish(error: Error | null, done: StoreCallback): void {
    this.#leave();
    done(error === null ? null : toStoreError(error));
  }

  #leave(): void {
    this.#inFlight--;
    if (this.#inFlight === 0) this.#closed?.();
  }
}

/** @internal What Node throws, as a `StoreError` with the errno's name. */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new StoreError(code ?? 'EIO', message, { cause: error });
}
