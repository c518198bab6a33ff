import { randomBytes } from 'node:crypto';

/** Where the engine has time and chance from; injected by tests. */
export interface IscsiEnvironment {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Runs something every so many milliseconds until it is taken back. */
  every(milliseconds: number, run: () => void): () => void;
  /** Runs something once this turn of the event loop is over: what was answered meanwhile goes out together. */
  defer(run: () => void): void;
  /** Unpredictable bytes, for challenges. */
  random(length: number): Uint8Array;
}

/** The machine's own. Its timers keep no program alive. */
export const systemEnvironment: IscsiEnvironment = {
  now: () => performance.now(),
  every: (milliseconds, run) => {
    const timer = setInterval(run, milliseconds);
    timer.unref();
    return () => {
      clearInterval(timer);
    };
  },
  defer: (run) => {
    setImmediate(run);
  },
  random: (length) => randomBytes(length),
};
