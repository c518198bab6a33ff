import { type FileIo, NEVER_CACHED } from '@scst/file-io';
import { readSync, writeSync } from 'node:fs';

/** Bytes: a longer operation is worth a thread, and would hold the event loop for as long as copying it takes. */
const LONGEST = 256 * 1024;
/** Bytes moved at once in one turn of the event loop, so that others get theirs. */
const ENOUGH_FOR_A_TURN = 2 * 1024 * 1024;
/** What an operation costs beside its bytes, counted as bytes. It also bounds how deep callers nest that ask again when they are told. */
const EACH_COSTS = 8 * 1024;

/** What {@link AtOnce.read} and {@link AtOnce.write} return when this turn has moved enough. */
export const ASK_LATER = -1;

/**
 * What of a file's reads and writes waits for no device, and is done before the call returns: reads of the page cache; and where the
 * file system is in memory (tmpfs has no `RWF_NOWAIT`), reads and writes by plain system calls. Memory that was swapped out is waited
 * for as the process waits for its own. A turn of the event loop bears only so much.
 */
export class AtOnce {
  readonly #io: FileIo;
  readonly #descriptor: number;
  readonly #isInMemory: boolean;
  #left = ENOUGH_FOR_A_TURN;
  #mayBeCached = true;

  constructor(io: FileIo, descriptor: number, isInMemory: boolean) {
    this.#io = io;
    this.#descriptor = descriptor;
    this.#isInMemory = isInMemory;
  }

  /** Bytes that were at hand, from the beginning of the buffer, or {@link ASK_LATER}. */
  read(buffer: Uint8Array, position: number): number {
    if (!this.#mayBeCached || buffer.length > LONGEST) return 0;
    if (this.#left <= 0) return ASK_LATER;
    const count = this.#isInMemory ? this.#readMemory(buffer, position) : this.#io.readCached(this.#descriptor, buffer, position);
    this.#left -= EACH_COSTS;
    if (count > 0) this.#left -= count;
    if (count !== NEVER_CACHED) return count;
    this.#mayBeCached = false;
    return 0;
  }

  /** Bytes that have been written, from the beginning of the buffer, or {@link ASK_LATER}. */
  write(buffer: Uint8Array, position: number): number {
    if (!this.#isInMemory || buffer.length > LONGEST) return 0;
    if (this.#left <= 0) return ASK_LATER;
    this.#left -= EACH_COSTS + buffer.length;
    try {
      return writeSync(this.#descriptor, buffer, 0, buffer.length, position);
    } catch {
      // What is wrong, writing it again by a thread finds out.
      return 0;
    }
  }

  #readMemory(buffer: Uint8Array, position: number): number {
    try {
      return readSync(this.#descriptor, buffer, 0, buffer.length, position);
    } catch {
      return 0;
    }
  }

  nextTurn(): void {
    this.#left = ENOUGH_FOR_A_TURN;
  }
}
