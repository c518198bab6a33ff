/** The direction of a command's data, as SCST counts it. */
export type DataDirection = 'none' | 'read' | 'write' | 'bidi' | 'unknown';

/** What one direction has seen. */
export interface DirectionCount {
  /** Commands. */
  commands: number;
  /** Whole KiB moved. */
  kib: number;
  /** Bytes moved beyond the whole KiB. */
  rest: number;
  /** Commands whose start or length is not a multiple of 4 KiB. */
  unaligned: number;
}

const nothing = (): DirectionCount => ({ commands: 0, kib: 0, rest: 0, unaligned: 0 });

/** The statistics of a session (SPEC sysfs 7). KiB and bytes are kept apart so that the sums stay exact for 2^53 KiB. */
export class IoCounters {
  readonly none = nothing();
  readonly read = nothing();
  readonly write = nothing();
  readonly bidi = nothing();
  readonly unknown = nothing();

  /** Counts one finished command. */
  count(direction: DataDirection, bytes: number, aligned: boolean): void {
    const counted = this[direction];
    counted.commands += 1;
    const rest = counted.rest + bytes;
    counted.kib += Math.floor(rest / 1024);
    counted.rest = rest % 1024;
    if (!aligned) counted.unaligned += 1;
  }

  /** Zeroes all counters of a direction. */
  reset(direction: DataDirection): void {
    Object.assign(this[direction], nothing());
  }
}

/** What a direction's sum over several sessions comes to. */
export const sumCounters = (all: Iterable<IoCounters>, direction: DataDirection): DirectionCount => {
  const sum = nothing();
  for (const counters of all) {
    const counted = counters[direction];
    sum.commands += counted.commands;
    sum.kib += counted.kib;
    sum.rest += counted.rest;
    sum.unaligned += counted.unaligned;
  }
  sum.kib += Math.floor(sum.rest / 1024);
  sum.rest %= 1024;
  return sum;
};
