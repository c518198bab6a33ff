import { setTimeout as sleep } from 'node:timers/promises';
import { type OperationOptions } from '@scst/sysfs';
import { eventsBetween, type ScstEvent } from './events.js';
import { type ScstState } from './objects.js';

export interface EventOptions {
  /** Ends the iteration. */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds between two looks. Default: 1000 for a tree that files show, 200 for one in memory. After a look that took long the next one
   * waits longer, so that at most a tenth of the time is spent on looking.
   */
  interval?: number | undefined;
  /** Tell first of everything that is there, then that this was all. Nothing falls in between. Default: false. */
  initial?: boolean | undefined;
}

/** Reads a state. `before` is the one read last. */
export type StateSource = (options: OperationOptions & { before: ScstState }) => Promise<ScstState>;

/** How many times as long as a look takes nothing is asked after it. */
const REST = 9;

/** A pace for those who look again and again: waits between two looks as {@link EventOptions.interval} says. */
export const pause = async (interval: number, took: number, signal?: AbortSignal): Promise<void> => {
  await sleep(Math.max(interval, took * REST), undefined, signal === undefined ? {} : { signal });
};

/** The events of whatever a source shows. Ends when the signal is aborted; fails as the source does. */
export async function* watch(source: StateSource, defaultInterval: number, { signal, interval = defaultInterval, initial = false }: EventOptions = {}): AsyncGenerator<ScstEvent, void, void> {
  let state: ScstState = new Map();
  let first = true;
  try {
    while (signal?.aborted !== true) {
      const began = performance.now();
      const next = await source({ signal, before: state });
      const took = performance.now() - began;
      const time = new Date();
      if (!first || initial) yield* eventsBetween(state, next, time, first);
      if (first && initial) yield { type: 'ready', time };
      state = next;
      first = false;
      await pause(interval, took, signal);
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
}
