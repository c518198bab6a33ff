import { ERRNO } from '@scst/sysfs';
import { type Clock } from '../clock.js';
import { ScstError } from '../errors.js';
import { type Mutex } from '../mutex.js';

/** After this the writer asks whether the core's lock is held, and gives up if so. */
const FIRST_WAIT = 15_000;
/** How often it asks from then on. */
const NEXT_WAIT = 5_000;

/** What a piece of work may still have to wait for once the lock has been let go: nobody else is kept from working meanwhile. */
export class Waiting {
  readonly until: Promise<unknown>;

  constructor(until: Promise<unknown>) {
    this.until = until;
  }
}

export interface WorkContext {
  /** Resolves when the one who asked for the work has given up waiting. */
  readonly abandoned: Promise<void>;
  /** What is to be done once the lock has been let go, before the result is known: freeing what failed. */
  cleanUp(work: () => Promise<void>): void;
}

/** What work comes to: a {@link Waiting}, or anything else: it is done. A promise is waited for with the lock held. */
export type WorkResult = unknown;

/** Work for the queue. */
export class Queued {
  readonly run: (context: WorkContext) => WorkResult;

  constructor(run: (context: WorkContext) => WorkResult) {
    this.run = run;
  }
}

/**
 * The helper threads of SCST's sysfs (SPEC sysfs 1.5). Work begins at once, each piece in a thread of its own; the core's lock puts
 * what it must into order. Who asked for it waits, and is told `EAGAIN` after 15 seconds if the lock is held then.
 */
export class WorkQueue {
  readonly #lock: Mutex;
  readonly #clock: Clock;
  #active = 0;
  #lastResult = 0;

  constructor(lock: Mutex, clock: Clock) {
    this.#lock = lock;
    this.#clock = clock;
  }

  /** What `last_sysfs_mgmt_res` shows: 0 or a negative errno. Throws `EAGAIN` while any work is under way. */
  get lastResult(): number {
    if (this.#active > 0) throw new ScstError('EAGAIN', `${this.#active} command(s) are under way`);
    return this.#lastResult;
  }

  /** Runs a write's work. */
  async write(work: Queued): Promise<void> {
    await this.#perform('write', async (abandoned) => {
      const cleanUps: (() => Promise<void>)[] = [];
      try {
        const waiting = await this.#lock.run(() => work.run({ abandoned, cleanUp: (cleanUp) => cleanUps.push(cleanUp) }));
        if (waiting instanceof Waiting) await waiting.until;
      } finally {
        await cleaned(cleanUps);
      }
    });
  }

  /** Runs a read's work. */
  async read<T>(work: () => T): Promise<T> {
    return await this.#perform('read', () => this.#lock.run(work));
  }

  async #perform<T>(kind: 'read' | 'write', work: (abandoned: Promise<void>) => Promise<T>): Promise<T> {
    this.#active += 1;
    let abandon: () => void = () => undefined;
    const abandoned = new Promise<void>((resolve) => {
      abandon = resolve;
    });
    const done = work(abandoned).then(
      (value) => {
        this.#finish(kind, 0);
        return value;
      },
      (error: unknown) => {
        this.#finish(kind, error instanceof ScstError ? -ERRNO[error.code] : -ERRNO.EIO);
        throw error;
      },
    );
    return await this.#await(done, abandon);
  }

  #finish(kind: 'read' | 'write', result: number): void {
    if (kind === 'write') this.#lastResult = result;
    this.#active -= 1;
  }

  /** The outcome of work, or `EAGAIN` when it takes long with the lock held. */
  #await<T>(done: Promise<T>, abandon: () => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const check = (): void => {
        if (this.#lock.locked) {
          abandon();
          reject(new ScstError('EAGAIN', 'the command is still being carried out; its result will be in last_sysfs_mgmt_res'));
        } else {
          cancel = this.#clock.after(NEXT_WAIT, check);
        }
      };
      let cancel = this.#clock.after(FIRST_WAIT, check);
      done.then(
        (value) => {
          cancel();
          resolve(value);
        },
        (error: unknown) => {
          cancel();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }
}

/** Does what was left for the end. Those who waited for the lock go first, as freeing takes its time in the kernel. */
const cleaned = async (cleanUps: readonly (() => Promise<void>)[]): Promise<void> => {
  if (cleanUps.length === 0) return;
  await new Promise((resolve) => setImmediate(resolve));
  for (const cleanUp of cleanUps) await cleanUp();
};
