import type { SysfsTree } from '../tree.js';

const tails = new WeakMap<SysfsTree, Promise<void>>();

/**
 * A turn at a tree's work queue. Resolves, when all who asked before have had theirs, with the function that ends the turn.
 *
 * @param signal Gives the turn up; the promise then rejects with the signal's reason, and those behind move up.
 */
export const takeTurn = async (tree: SysfsTree, signal: AbortSignal | undefined): Promise<() => void> => {
  const before = tails.get(tree) ?? Promise.resolve();
  let end: () => void = () => undefined;
  const mine = new Promise<void>((resolve) => {
    end = resolve;
  });
  tails.set(tree, before.then(() => mine));
  try {
    await untilAborted(before, signal);
    return end;
  } catch (error) {
    end();
    throw error;
  }
};

const untilAborted = (before: Promise<void>, signal: AbortSignal | undefined): Promise<void> => {
  if (signal === undefined) return before;
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      reject(new Error('left the queue', { cause: signal.reason }));
    };
    if (signal.aborted) {
      leave();
      return;
    }
    signal.addEventListener('abort', leave, { once: true });
    void before.then(() => {
      signal.removeEventListener('abort', leave);
      resolve();
    });
  });
};
