/** What one stage of commands of one direction and size took. Times are seconds. */
export interface StageLatency {
  /** SCST's name of the command's state, e.g. `EXEC`. */
  readonly stage: string;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** All of them together: as near as an average with one decimal of a microsecond tells. */
  readonly sum: number;
}

/** Directions of latency files, by the first letter of their names (SPEC sysfs 7). */
export const LATENCY_LETTERS = { n: 'none', r: 'read', w: 'write', b: 'bidi' } as const;

/** Transfer sizes of latency files, in bytes: powers of two from 512 to 512 KiB. Smaller and larger transfers count with the nearest. */
export const LATENCY_SIZES: readonly number[] = Array.from({ length: 11 }, (_, power) => 512 << power);

const HEADER = 'state count min max avg stddev';

/** A stage's line. Builds that count clock cycles have a second line per stage, whose unit is `cc -> us`: it tells the same, and is passed over. */
const LINE = /^(\S+) (\d+) (\d+\.\d) (\d+\.\d) (\d+\.\d) \d+\.\d us$/u;

const MICROSECOND = 1e-6;

/**
 * A file of a session's `latency/`. Its line `total` is not used: its count is the mean over the stages, which falls when a rare stage is
 * seen for the first time.
 *
 * @returns Nothing seen: `[]`. Undefined for a text of another form.
 */
export const parseLatency = (text: string): StageLatency[] | undefined => {
  const [header, ...lines] = text.split('\n');
  if (header !== HEADER) return undefined;
  const stages: StageLatency[] = [];
  for (const line of lines) {
    const found = LINE.exec(line);
    if (found === null) continue;
    const [, stage = '', count, min, max, average] = found;
    if (stage === 'total') continue;
    stages.push({ stage, count: Number(count), min: Number(min) * MICROSECOND, max: Number(max) * MICROSECOND, sum: Number(count) * Number(average) * MICROSECOND });
  }
  return stages;
};
