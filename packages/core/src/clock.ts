/** Time, as the core waits for it. */
export interface Clock {
  /** Calls back after so many milliseconds; the result calls it off. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** The machine's clock. */
export const systemClock: Clock = {
  after: (milliseconds, callback) => {
    // Timers may go off a millisecond early; what is waited for here is a least time.
    const timer = setTimeout(callback, milliseconds + 1);
    return () => {
      clearTimeout(timer);
    };
  },
};
