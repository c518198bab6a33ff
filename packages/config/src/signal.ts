import { setMaxListeners } from 'node:events';

/**
 * A signal that follows another after a while: what is under way when the first is aborted may still end by itself, so that it is
 * known how it ended.
 */
export const followingSignal = (signal: AbortSignal | undefined, delay: number): { signal: AbortSignal | undefined; stop: () => void } => {
  if (signal === undefined) return { signal: undefined, stop: () => undefined };
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  let timer: NodeJS.Timeout | undefined;
  const follow = (): void => {
    timer = setTimeout(() => { controller.abort(signal.reason); }, delay);
    timer.unref();
  };
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  const stop = (): void => {
    signal.removeEventListener('abort', follow);
    clearTimeout(timer);
  };
  return { signal: controller.signal, stop };
};
