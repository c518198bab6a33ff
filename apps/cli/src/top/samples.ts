import { pause, ratesBetween, type Scst, type StatisticsRates } from '@scst/local';

/** The rates of one interval after the other, the first after one has gone by. Ends when the signal is aborted. */
export async function* rates(scst: Scst, interval: number, signal: AbortSignal): AsyncGenerator<StatisticsRates, void, void> {
  try {
    let before = await scst.statistics({ signal });
    let took = 0;
    for (;;) {
      await pause(interval, took, signal);
      const began = performance.now();
      const after = await scst.statistics({ signal });
      took = performance.now() - began;
      yield ratesBetween(before, after);
      before = after;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
