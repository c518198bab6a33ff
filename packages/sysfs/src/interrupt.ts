import { SysfsError } from './errors.js';

/** What an aborted call was doing, for its error. */
export interface InterruptedCall {
  readonly operation: string;
  readonly path: string;
  readonly input?: Uint8Array | undefined;
}

/** The error of an aborted call: `EINTR`, with the signal's reason as its cause. */
export const interrupted = (signal: AbortSignal, call: InterruptedCall): SysfsError =>
  new SysfsError({ ...call, errno: 'EINTR', reason: 'the call was aborted', cause: signal.reason });

/** Throws {@link interrupted} when the signal has been aborted. */
export const throwIfInterrupted = (signal: AbortSignal | undefined, call: InterruptedCall): void => {
  if (signal?.aborted === true) throw interrupted(signal, call);
};

/**
 * The outcome of work that cannot itself be stopped, or `EINTR` as soon as the signal is aborted, whichever comes first.
 *
 * @param signal Ends the waiting, not the work.
 * @param onLate Told what the work gave after the waiting had ended, e.g. to close what it opened.
 */
export const orInterrupted = <T>(work: Promise<T>, signal: AbortSignal | undefined, call: InterruptedCall, onLate?: (value: T) => void): Promise<T> => {
  if (signal === undefined) return work;
  return new Promise<T>((resolve, reject) => {
    let over = false;
    const finish = (): boolean => {
      if (over) return false;
      over = true;
      signal.removeEventListener('abort', onAbort);
      return true;
    };
    const onAbort = (): void => {
      if (finish()) reject(interrupted(signal, call));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(
      (value) => {
        if (finish()) resolve(value);
        else onLate?.(value);
      },
      (error: unknown) => {
        // After an abort nobody is left to be told of a failure.
        if (finish()) reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
    if (signal.aborted) onAbort();
  });
};
