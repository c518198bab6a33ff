import { setMaxListeners } from 'node:events';

/** The same signal for many who listen at a time: Node warns of more than ten listeners, which here are meant. */
export const forMany = (signal: AbortSignal | undefined): AbortSignal | undefined => {
  if (signal === undefined) return undefined;
  const own = AbortSignal.any([signal]);
  setMaxListeners(0, own);
  return own;
};
