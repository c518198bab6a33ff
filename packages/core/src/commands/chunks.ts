import type { ActiveCommand } from '../nexus/active-command.js';
import type { StoreCallback, StoreError } from '../store/block-store.js';

/**
 * Runs steps one after the other until one says that nothing is left (returns false, and then does not call `done`), or fails.
 * Steps may be done before they return; the stack does not grow by that.
 */
export function inTurn(step: (done: StoreCallback) => boolean, finish: (error: StoreError | null) => void): void {
  new Turns(step, finish).run();
}

class Turns {
  readonly #step: (done: StoreCallback) => boolean;
  readonly #finish: (error: StoreError | null) => void;
  #inStep = false;
  #doneInStep = false;

  constructor(step: (done: StoreCallback) => boolean, finish: (error: StoreError | null) => void) {
    this.#step = step;
    this.#finish = finish;
  }

  run(): void {
    do {
      this.#doneInStep = false;
      this.#inStep = true;
      const goesOn = this.#step(this.#done);
      this.#inStep = false;
      if (!goesOn) {
        this.#finish(null);
        return;
      }
    } while (this.#mayGoOn());
  }

  readonly #done: StoreCallback = (error) => {
    if (error !== null) this.#finish(error);
    else if (this.#inStep) this.#doneInStep = true;
    else this.run();
  };

  #mayGoOn(): boolean {
    return this.#doneInStep;
  }
}

/** Work on one chunk: `position` on the medium, `length` in bytes, and whom to call when it is done. */
export type ChunkStep = (position: number, length: number, done: StoreCallback) => void;

/**
 * Works through a range of the medium chunk by chunk, and calls `finish` at the end, at the first error, or when the command
 * has been aborted.
 */
export function inChunks(
  command: ActiveCommand,
  range: { readonly position: number; readonly length: number; readonly chunk: number },
  step: ChunkStep,
  finish: (error: StoreError | null) => void,
): void {
  let at = range.position;
  const end = range.position + range.length;
  inTurn((done) => {
    if (at >= end || command.aborted) return false;
    const position = at;
    const length = Math.min(range.chunk, end - at);
    at += length;
    step(position, length, done);
    return true;
  }, finish);
}
