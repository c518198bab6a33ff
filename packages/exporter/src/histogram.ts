import { Histogram, type MetricObjectWithValues, type MetricType, type MetricValueWithName, type Registry } from 'prom-client';
import { type Sample } from './families/family.js';
import { type Distribution } from './totals/latency-follower.js';

/** A histogram whose buckets are read elsewhere and set, where prom-client's own counts what it is given one by one. */
export class ReadHistogram extends Histogram {
  readonly #labels: readonly string[];
  readonly #bounds: readonly number[];
  readonly #collect: () => Promise<void>;
  #samples: readonly Sample<Distribution>[] = [];

  constructor({ labels, bounds, collect, ...described }: { name: string; help: string; labels: readonly string[]; bounds: readonly number[]; registers: Registry[]; collect: () => Promise<void> }) {
    super({ ...described, labelNames: [...labels], buckets: [...bounds] });
    this.#labels = labels;
    this.#bounds = bounds;
    this.#collect = collect;
  }

  fill(samples: Iterable<Sample<Distribution>>): void {
    this.#samples = [...samples];
  }

  override reset(): void {
    // The base class calls this before there is anything to forget.
    if (#samples in this) this.#samples = [];
  }

  override async get(): Promise<MetricObjectWithValues<MetricValueWithName<string>>> {
    await this.#collect();
    const { name, help, aggregator } = this as unknown as { name: string; help: string; aggregator: 'sum' };
    return { name, help, type: 'histogram' as unknown as MetricType.Histogram, aggregator, values: [...this.#values(name)], collect: () => undefined };
  }

  /** What a registry asks for where a metric has it. */
  getForPromString(): Promise<MetricObjectWithValues<MetricValueWithName<string>>> {
    return this.get();
  }

  *#values(name: string): Generator<MetricValueWithName<string>> {
    for (const [given, { commands, seconds, buckets }] of this.#samples) {
      const labels = Object.fromEntries(this.#labels.map((label, index) => [label, given[index] ?? '']));
      let below = 0;
      for (const [index, bound] of this.#bounds.entries()) {
        below += buckets[index] ?? 0;
        yield { metricName: `${name}_bucket`, labels: { le: bound, ...labels }, value: below };
      }
      yield { metricName: `${name}_bucket`, labels: { le: '+Inf', ...labels }, value: commands };
      yield { metricName: `${name}_sum`, labels, value: seconds };
      yield { metricName: `${name}_count`, labels, value: commands };
    }
  }
}
