import type { SysfsTree } from '../tree.js';

/** Who has the turn, and who waits for it. */
class Queue {
  #taken = false;
  readonly #waiting = new Set<() => void>();

  /** Undefined when the turn is to be had at once. */
  take(signal: AbortSignal | undefined): Promise<void> | undefined {
    if (signal?.aborted === true) return Promise.reject(leaving(signal));
    if (this.#taken) return this.#wait(signal);
    this.#taken = true;
    return undefined;
  }

  /** Ends the turn: the next in line has it. */
  readonly pass = (): void => {
    for (const next of this.#waiting) {
      this.#waiting.delete(next);
      next();
      return;
    }
    this.#taken = false;
  };

  #wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(enter);
        reject(leaving(signal));
      };
      const enter = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      this.#waiting.add(enter);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }
}

const leaving = (signal: AbortSignal | undefined): Error => new Error('left the queue', { cause: signal?.reason });

const queues = new WeakMap<SysfsTree, Queue>();

/**
 * A turn at a tree's work queue. Resolves, when all who asked before have had theirs, with the function that ends the turn.
 *
 * @param signal Gives the turn up; the promise then rejects, with the signal's reason as its cause, and those behind move up.
 */
export const takeTurn = async (tree: SysfsTree, signal: AbortSignal | undefined): Promise<() => void> => {
  let queue = queues.get(tree);
  if (queue === undefined) queues.set(tree, (queue = new Queue()));
  const turn = queue.take(signal);
  if (turn !== undefined) await turn;
  return queue.pass;
};
