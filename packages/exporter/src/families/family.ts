import { type ReadErrors } from '../reading/errors.js';
import { type Need, type Survey } from '../survey/types.js';
import { type Distribution } from '../totals/latency-follower.js';
import { type Totals } from '../totals/totals.js';

/** What series are made of, after a scrape. */
export interface Scraped {
  readonly survey: Survey;
  readonly totals: Totals;
  readonly scrape: {
    readonly seconds: number;
    readonly reads: number;
    /** Of this scrape. */
    readonly failures: number;
    /** Of all scrapes. */
    readonly errors: ReadErrors;
    readonly stuck: number;
  };
}

interface Described {
  /** Name, with the unit and `_total` as Prometheus' conventions have them. */
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  /** What of the tree it is made of; what no family needs is not read. */
  readonly needs: readonly Need[];
  /** True: only where an allow list names it, since it has many series or is for few. */
  readonly optional?: boolean;
}

/** A series: the labels' values in their order, and the value. */
export type Sample<T = number> = readonly [labels: readonly string[], value: T];

/** A metric family, as a row of a table. */
export type Family =
  | (Described & { readonly type: 'gauge' | 'counter'; samples(scraped: Scraped): Iterable<Sample> })
  | (Described & { readonly type: 'histogram'; samples(scraped: Scraped): Iterable<Sample<Distribution>> });

/** The series of what may be unknown: none. */
export const known = function* (labels: readonly string[], value: number | boolean | undefined): Generator<Sample> {
  if (value !== undefined) yield [labels, Number(value)];
};

/** Bytes of KiB. */
export const KIB = 1024;
