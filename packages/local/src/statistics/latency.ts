import { decodeName } from '@scst/sysfs';
import { type LatencyTotals } from './sample.js';

/** The files of a session's `latency/` are called by a direction and a size (SPEC sysfs 7). */
export const LATENCY_FILES: readonly string[] = ['n', 'r', 'w', 'b'].flatMap((direction) =>
  Array.from({ length: 11 }, (_, power) => `${direction}${512 << power}`),
);

/**
 * The sum of a latency file: `total COUNT - - AVERAGE DEVIATION us`. SCST shows the average in tenths of a microsecond, so that the sum is
 * good to a twentieth for each command.
 */
export const parseLatency = (bytes: Uint8Array): LatencyTotals => {
  const [, count, average] = /^total (\d+) - - (\d+\.\d+) /mu.exec(decodeName(bytes)) ?? [];
  const commands = Number(count ?? 0);
  return { commands, microseconds: commands * Number(average ?? 0) };
};

export const sumLatency = (all: readonly LatencyTotals[]): LatencyTotals => ({
  commands: all.reduce((sum, { commands }) => sum + commands, 0),
  microseconds: all.reduce((sum, { microseconds }) => sum + microseconds, 0),
});
