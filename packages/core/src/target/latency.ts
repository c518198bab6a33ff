import { type DataDirection } from './counters.js';

/** The directions a latency file exists for, by the first letter of its name. */
export const LATENCY_DIRECTIONS = { n: 'none', r: 'read', w: 'write', b: 'bidi' } as const satisfies Record<string, DataDirection>;

/** Transfer sizes are counted in powers of two, from 512 bytes to 512 KiB; smaller and larger ones count with the nearest. */
export const LATENCY_SIZES: readonly number[] = Array.from({ length: 11 }, (_, power) => 512 << power);

interface Bucket {
  count: number;
  min: number;
  max: number;
  sum: number;
  sumOfSquares: number;
}

/** How long commands took: only made while `measure_latency` is on. Times are kept in tenths of a microsecond, as SCST shows them. */
export class LatencyRecorder {
  readonly #buckets = new Map<string, Bucket>();

  /** Notes a finished command: bytes of its transfer, and the microseconds from its arrival to its status. */
  record(direction: DataDirection, bytes: number, microseconds: number): void {
    const key = bucketKey(direction, bytes);
    const tenths = Math.round(microseconds * 10);
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      this.#buckets.set(key, { count: 1, min: tenths, max: tenths, sum: tenths, sumOfSquares: tenths * tenths });
      return;
    }
    bucket.count += 1;
    bucket.min = Math.min(bucket.min, tenths);
    bucket.max = Math.max(bucket.max, tenths);
    bucket.sum += tenths;
    bucket.sumOfSquares += tenths * tenths;
  }

  /** Forgets everything of every direction and size: what a write to any latency file does. */
  reset(): void {
    this.#buckets.clear();
  }

  /** The lines a latency file shows under its header: none before the first command. */
  lines(direction: DataDirection, size: number): string[] {
    const bucket = this.#buckets.get(bucketKey(direction, size));
    if (bucket === undefined) return [];
    const { count, min, max, sum, sumOfSquares } = bucket;
    const average = Math.floor(sum / count);
    const deviation = Math.floor(Math.sqrt(Math.max(0, (sumOfSquares - (sum * sum) / count) / count)));
    return [
      `EXEC ${count} ${tenth(min)} ${tenth(max)} ${tenth(average)} ${tenth(deviation)} us`,
      `total ${count} - - ${tenth(average)} ${tenth(deviation)} us`,
    ];
  }
}

const bucketKey = (direction: DataDirection, bytes: number): string => {
  const power = Math.ceil(Math.log2(Math.max(bytes, 1))) - 9;
  return `${direction}${Math.min(Math.max(power, 0), LATENCY_SIZES.length - 1)}`;
};

const tenth = (value: number): string => `${Math.floor(value / 10)}.${value % 10}`;
