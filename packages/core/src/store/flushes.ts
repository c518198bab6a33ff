import { type StoreCallback, StoreError } from './block-store.js';

/**
 * The flushes of one open file, one at a time: what is asked for while one is at work is done by the next one, together.
 *
 * Linux tells an open file once that something could not be written, and takes what was lost for written from then on: the next
 * fdatasync(2) succeeds. So a failure stays: no flush succeeds any more until the file is opened anew.
 */
export class Flushes {
  readonly #sync: (done: (error: Error | null) => void) => void;
  readonly #name: string;
  #waiting: StoreCallback[] = [];
  #isAtWork = false;
  #failure: string | null = null;

  /** `sync` is fdatasync(2) of the file, `name` the file's name for messages. */
  constructor(sync: (done: (error: Error | null) => void) => void, name: string) {
    this.#sync = sync;
    this.#name = name;
  }

  /** Everything written so far is on stable storage when `done` is called without an error. */
  ask(done: StoreCallback): void {
    this.#waiting.push(done);
    if (!this.#isAtWork) this.#begin();
  }

  #begin(): void {
    const asked = this.#waiting;
    this.#waiting = [];
    this.#isAtWork = true;
    const end = (error: StoreError | null): void => {
      for (const done of asked) done(error);
      this.#isAtWork = false;
      if (this.#waiting.length > 0) this.#begin();
    };
    if (this.#failure !== null) {
      const error = new StoreError('EIO', `${this.#name} is not flushed any more: ${this.#failure} when it was, and what had been written before may be lost`);
      // Whoever waits is told in a turn of its own, as after a flush.
      setImmediate(end, error);
      return;
    }
    this.#sync((error) => {
      end(error === null ? null : this.#failed(error));
    });
  }

  #failed(cause: NodeJS.ErrnoException): StoreError {
    const code = cause.code ?? 'EIO';
    this.#failure = code;
    process.emitWarning(`${this.#name} could not be flushed (${code}): what was written to it since it was last flushed may be lost. No flush of it succeeds until it is opened anew.`, {
      code: 'SCST_FLUSH_FAILED',
    });
    return new StoreError(code, cause.message, { cause });
  }
}
