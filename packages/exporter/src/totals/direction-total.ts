import { type DirectionCounters } from '../survey/types.js';

/** What a direction's counters have come to, resets or not. */
export interface DirectionTotal {
  commands: number;
  kib: number;
  unaligned: number;
}

export const COUNTERS = ['commands', 'kib', 'unaligned'] as const;

export const noTotal = (): DirectionTotal => ({ commands: 0, kib: 0, unaligned: 0 });

/** Follows the counters of one direction of one session. */
export class DirectionFollower {
  readonly total = noTotal();
  #last: Partial<DirectionTotal> = {};

  /** The counters begin anew: those of a session that was made again. */
  restart(): void {
    this.#last = {};
  }

  /**
   * Takes what the counters read, and gives what came since the last time. SCST zeroes the three of a direction together (SPEC sysfs 7),
   * so one that fell tells of all of them, also of those that have grown past their old value since.
   */
  follow(counters: DirectionCounters): DirectionTotal {
    if (COUNTERS.some((name) => (counters[name] ?? Infinity) < (this.#last[name] ?? 0))) this.restart();
    const grown = noTotal();
    for (const name of COUNTERS) {
      const value = counters[name];
      if (value === undefined) continue;
      grown[name] = value - (this.#last[name] ?? 0);
      this.#last[name] = value;
      this.total[name] += grown[name];
    }
    return grown;
  }
}
