/**
 * A bound on how much runs at a time. Work beyond it waits in order; a waiter whose signal is aborted leaves without having run.
 *
 * Work that was abandoned by its caller (an aborted write the kernel has not answered yet) keeps its place until it has really
 * ended, since it still occupies the thread the bound stands for.
 */
export class Lane {
  readonly #limit: number;
  readonly #waiting = new Set<() => void>();
  #running = 0;

  /** @param limit How many pieces of work may run at a time, at least 1. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Runs work when its turn comes. Rejects with the signal's reason when aborted while waiting. */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#running < this.#limit) this.#running += 1;
    else await this.#turn(signal);
    try {
      return await work();
    } finally {
      this.#pass();
    }
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.#waiting.delete(go);
        reject(new Error('left the queue', { cause: signal?.reason }));
      };
      this.#waiting.add(go);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  /** Hands the place to the next in line, or frees it. */
  #pass(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}

/** Threads of libuv's pool, which every asynchronous file operation of the process goes through: UV_THREADPOOL_SIZE, or 4. */
const threadPoolSize = (): number => {
  const given = Number.parseInt(process.env['UV_THREADPOOL_SIZE'] ?? '', 10);
  return Number.isNaN(given) ? 4 : Math.min(Math.max(given, 1), 1024);
};

/**
 * What may block for long. SCST answers a management write only when it is done, which is 15 s for a slow one and for ever for a
 * `del_target` whose SCSI devices are held open; four of those would occupy every thread of the pool, and with it every file
 * operation of the process. So at most half of the pool does such work, whatever the number of trees, and the rest waits its turn
 * outside of the pool.
 */
export const blockingLane = new Lane(Math.max(1, Math.floor(threadPoolSize() / 2)));

/** What answers at once: bounded only so that a burst of thousands does not run out of file descriptors. */
export const quickLane = new Lane(64);

/** For operations that are part of work which already has its place in a lane. */
export const unboundedLane = new Lane(Number.POSITIVE_INFINITY);
