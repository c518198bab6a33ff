import { setMaxListeners } from 'node:events';
import { Counter, Gauge, Registry } from 'prom-client';
import { ExporterError } from './errors.js';
import { type Family, type Scraped } from './families/family.js';
import { FAMILIES } from './families/index.js';
import { ReadHistogram } from './histogram.js';
import { labelText, NameFilter, type NameLists } from './names.js';
import { type Limits, limitsOf, type ObjectFilters, type ScrapeLimits } from './options.js';
import { ReadErrors } from './reading/errors.js';
import { StuckReads, TreeReader } from './reading/reader.js';
import { type ScstSource } from './source.js';
import { nothing, surveyTree } from './survey/survey.js';
import { type Need, type Survey } from './survey/types.js';
import { Totals } from './totals/totals.js';

/** Upper bounds of the latency buckets, in seconds: from what memory answers in to what makes initiators abort. */
export const LATENCY_BUCKETS: readonly number[] = [25e-6, 50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 100e-3, 250e-3, 1];

export interface CollectorOptions {
  /** Registries that the metrics go to. Default: one of its own, {@link ScstCollector.registry}. */
  readonly registers?: readonly Registry[] | undefined;
  /** Which metric families there are. Default: all but the optional ones, which an allow list must name. What no family needs is not read. */
  readonly metrics?: NameLists | undefined;
  /** Which objects are read. */
  readonly objects?: ObjectFilters | undefined;
  readonly limits?: ScrapeLimits | undefined;
  /** Upper bounds of the latency buckets in seconds, ascending. Default: {@link LATENCY_BUCKETS}. */
  readonly latencyBuckets?: readonly number[] | undefined;
}

/** Makes a family's series of what was read. */
interface Filled {
  fill(scraped: Scraped): void;
}

/**
 * An SCST as metrics of prom-client. Registries that have them scrape it when they are asked for their metrics; scrapes do not overlap:
 * who asks while one is under way gets what that one reads.
 */
export class ScstCollector implements AsyncDisposable {
  /** The first of the registries. */
  readonly registry: Registry;
  readonly limits: Limits;
  readonly #source: () => Promise<ScstSource>;
  readonly #needs: ReadonlySet<Need>;
  readonly #filters: Readonly<Record<keyof ObjectFilters, NameFilter>>;
  readonly #filled: readonly Filled[];
  readonly #totals: Totals;
  readonly #stuck: StuckReads;
  readonly #errors = new ReadErrors();
  readonly #ending = new AbortController();
  #running: Promise<void> | undefined;
  /** Milliseconds that the next scrape may take. */
  #timeout: number;
  #last: { readonly scraped: Scraped; readonly at: number } | undefined;

  /**
   * @param source What is watched, or what finds it: asked at every scrape; while it rejects, `scst_up` is 0.
   * @throws ExporterError `BAD_OPTION`; Error of prom-client where a registry has a metric of one of the names already.
   */
  constructor(source: ScstSource | (() => Promise<ScstSource>), options: CollectorOptions = {}) {
    // Every read under way listens.
    setMaxListeners(0, this.#ending.signal);
    const { registers = [new Registry()], metrics = {}, objects = {}, latencyBuckets = LATENCY_BUCKETS } = options;
    const [registry] = registers;
    if (registry === undefined) throw new ExporterError('BAD_OPTION', 'registers is empty; leave it out for a registry of the collector’s own');
    checkBuckets(latencyBuckets);
    this.registry = registry;
    this.#source = typeof source === 'function' ? source : () => Promise.resolve(source);
    this.limits = limitsOf(options.limits);
    this.#timeout = this.limits.timeout;
    this.#filters = {
      drivers: new NameFilter(objects.drivers),
      targets: new NameFilter(objects.targets),
      groups: new NameFilter(objects.groups),
      sessions: new NameFilter(objects.sessions),
      devices: new NameFilter(objects.devices),
    };
    const filter = new NameFilter(metrics);
    const families = FAMILIES.filter(({ name, optional }) => filter.accepts(name) && (optional !== true || filter.allows(name)));
    this.#needs = new Set(families.flatMap(({ needs }) => needs));
    this.#totals = new Totals(latencyBuckets, 2 * this.limits.sessions);
    this.#stuck = new StuckReads(2 * this.limits.concurrency);
    const shared = { registers: [...registers], collect: () => this.#scrape() };
    this.#filled = families.map((family) => register(family, latencyBuckets, shared));
  }

  /**
   * Reads the tree and gives the text of the first registry's metrics, others that are in it included.
   *
   * @param options `timeout`: milliseconds the scrape may take, if that is less than the limit.
   */
  async metrics({ timeout }: { readonly timeout?: number | undefined } = {}): Promise<string> {
    // Registries ask all of their metrics at once, and so begin the scrape before this goes on.
    this.#timeout = Math.max(1, Math.min(this.limits.timeout, timeout ?? Infinity));
    const text = this.registry.metrics();
    this.#timeout = this.limits.timeout;
    return await text;
  }

  /** What the SCST looks like: as the last scrape saw it if that is not older than so many milliseconds, else as a new one does. */
  async look({ maxAge = 0 }: { readonly maxAge?: number } = {}): Promise<Scraped> {
    if (this.#last === undefined || performance.now() - this.#last.at > maxAge) await this.#scrape();
    if (this.#last === undefined) throw new ExporterError('CLOSED', 'nothing was read');
    return this.#last.scraped;
  }

  /** Reads that were given up and have not come back. Those of a file system hold a thread each, which keeps a process from ending by `process.exit()`. */
  get stuckReads(): number {
    return this.#stuck.size;
  }

  /** Whether the SCST can be reached: undefined if so, else why not, in words. */
  async check(): Promise<string | undefined> {
    try {
      const { tree } = await this.#source();
      const timeout = AbortSignal.timeout(this.limits.attributeTimeout);
      await tree.list('targets', { signal: AbortSignal.any([timeout, this.#ending.signal]) });
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Ends what is being read. The metrics stay in their registries; collecting them rejects from now on. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#running?.catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #scrape(): Promise<void> {
    if (this.#ending.signal.aborted) return Promise.reject(new ExporterError('CLOSED', 'the collector has been closed'));
    this.#running ??= this.#run(this.#timeout).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #run(timeout: number): Promise<void> {
    const began = performance.now();
    const { survey, reads, failures, errors } = await this.#read(timeout);
    this.#errors.add(errors);
    this.#totals.follow(survey);
    const seconds = (performance.now() - began) / 1000;
    const scraped: Scraped = { survey, totals: this.#totals, scrape: { seconds, reads, failures, errors: this.#errors, stuck: this.#stuck.size } };
    this.#last = { scraped, at: performance.now() };
    // All at once, with nothing awaited: whoever waits for the scrape sees one scrape's series.
    for (const family of this.#filled) family.fill(scraped);
  }

  async #read(timeout: number): Promise<{ survey: Survey; reads: number; failures: number; errors: ReadErrors }> {
    const errors = new ReadErrors();
    const began = performance.now();
    const source = await this.#find(errors, timeout);
    if (source === undefined) return { survey: nothing('nowhere', false), reads: 0, failures: errors.total, errors };
    const { tree, modules } = source;
    const reader = new TreeReader(tree, { limits: this.limits, stuck: this.#stuck, signal: this.#ending.signal, timeout: Math.max(1, timeout - (performance.now() - began)) });
    try {
      const survey = await surveyTree({ reader, needs: this.#needs, filters: this.#filters }, { description: tree.description, modules, sessionLimit: this.limits.sessions });
      errors.add(reader.errors);
      return { survey, reads: reader.reads, failures: errors.total, errors };
    } finally {
      reader.end();
    }
  }

  /** The source, if it is found within half of the time. */
  async #find(errors: ReadErrors, timeout: number): Promise<ScstSource | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => {
        errors.count('source', 'timeout');
        resolve(undefined);
      }, timeout / 2);
    });
    const finding = this.#source().catch((error: unknown) => {
      errors.count('source', codeOf(error));
      return undefined;
    });
    try {
      return await Promise.race([finding, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

const register = (family: Family, bounds: readonly number[], shared: { registers: Registry[]; collect: () => Promise<void> }): Filled => {
  const { name, help, labels } = family;
  if (family.type === 'histogram') {
    const histogram = new ReadHistogram({ name, help, labels, bounds, ...shared });
    return {
      fill: (scraped) => {
        histogram.fill([...family.samples(scraped)].map(([values, value]) => [values.map(labelText), value]));
      },
    };
  }
  const metric = family.type === 'gauge' ? new Gauge({ name, help, labelNames: [...labels], ...shared }) : new Counter({ name, help, labelNames: [...labels], ...shared });
  return {
    fill: (scraped) => {
      metric.reset();
      // One without labels would now be 0, which says what is not known.
      if (labels.length === 0) metric.remove();
      for (const [values, value] of family.samples(scraped)) {
        const set = Object.fromEntries(labels.map((label, index) => [label, labelText(values[index] ?? '')]));
        if (metric instanceof Gauge) metric.set(set, value);
        else metric.inc(set, value);
      }
    },
  };
};

const checkBuckets = (bounds: readonly number[]): void => {
  if (bounds.length === 0 || bounds.some((bound, index) => !(bound > (bounds[index - 1] ?? 0)) || !Number.isFinite(bound))) {
    throw new ExporterError('BAD_OPTION', `the latency buckets ${bounds.join(', ')} are no ascending seconds above 0`);
  }
};

/** A word for a reason, from a set that does not grow: codes of errors are written by programs, messages are not. */
const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error && typeof error.code === 'string' && /^[A-Z_\d]{1,40}$/u.test(error.code) ? error.code : 'other');
