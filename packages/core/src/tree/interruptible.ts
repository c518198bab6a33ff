import { SysfsError } from '@scst/sysfs';
import { type Call } from './core-tree.js';

/** Runs a call; an aborted signal makes it reject with `EINTR`. What has begun may go on. */
export const interruptible = async <T>(call: Call, signal: AbortSignal | undefined, work: () => T | Promise<T>): Promise<T> => {
  if (signal === undefined) return await work();
  if (signal.aborted) throw interruption(call, signal);
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      reject(interruption(call, signal));
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};

const interruption = (call: Call, signal: AbortSignal): SysfsError => new SysfsError({ ...call, errno: 'EINTR', reason: 'the call was aborted', cause: signal.reason });
