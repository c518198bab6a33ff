import { type FileIo, NEVER_CACHED } from '@scst/file-io';

/** Bytes: a longer read is worth a thread, and would hold the event loop for as long as copying it takes. */
const LONGEST = 256 * 1024;
/** Bytes read at once in one turn of the event loop, so that others get theirs. */
const ENOUGH_FOR_A_TURN = 2 * 1024 * 1024;
/** What a read costs beside its bytes, counted as bytes. It also bounds how deep callers nest that ask again when they are told. */
const READ_COSTS = 8 * 1024;

/** What {@link CachedReads.read} returns when this turn has read enough. */
export const ASK_LATER = -1;

/** Reads of a file's page cache, which are answered at once, and how much of them a turn of the event loop bears. */
export class CachedReads {
  readonly #io: FileIo;
  readonly #descriptor: number;
  #left = ENOUGH_FOR_A_TURN;
  #mayBeCached = true;

  constructor(io: FileIo, descriptor: number) {
    this.#io = io;
    this.#descriptor = descriptor;
  }

  /** Bytes that were at hand, from the beginning of the buffer, or {@link ASK_LATER}. */
  read(buffer: Uint8Array, position: number): number {
    if (!this.#mayBeCached || buffer.length > LONGEST) return 0;
    if (this.#left <= 0) return ASK_LATER;
    const count = this.#io.readCached(this.#descriptor, buffer, position);
    this.#left -= READ_COSTS;
    if (count > 0) this.#left -= count;
    if (count !== NEVER_CACHED) return count;
    this.#mayBeCached = false;
    return 0;
  }

  nextTurn(): void {
    this.#left = ENOUGH_FOR_A_TURN;
  }
}
