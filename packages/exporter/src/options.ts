import { ExporterError } from './errors.js';
import { type NameLists } from './names.js';

/** Bounds of a scrape. */
export interface ScrapeLimits {
  /** Reads of the tree under way at a time. Default: 32. */
  readonly concurrency?: number | undefined;
  /** Milliseconds a scrape takes at most; what has not been read by then is left out. Default: 10,000. */
  readonly timeout?: number | undefined;
  /** Milliseconds one attribute may take before it is left out and its place is given to another. Default: 1,000. */
  readonly attributeTimeout?: number | undefined;
  /** Sessions that get series of their own; who logs in chooses their number and names. Default: 10,000. */
  readonly sessions?: number | undefined;
}

/** Which objects get series. What is not let through is not read, and is missing from sums. */
export interface ObjectFilters {
  readonly drivers?: NameLists | undefined;
  readonly targets?: NameLists | undefined;
  /** Names of access-control groups; the target's own LUNs are the group `''`, which a pattern other than `*` does not match. */
  readonly groups?: NameLists | undefined;
  /** Names of sessions, as the tree shows them. */
  readonly sessions?: NameLists | undefined;
  readonly devices?: NameLists | undefined;
}

/** Limits, all of them given. */
export type Limits = { readonly [Name in keyof ScrapeLimits]-?: number };

const DEFAULTS: Limits = { concurrency: 32, timeout: 10_000, attributeTimeout: 1_000, sessions: 10_000 };

/** @throws ExporterError `BAD_OPTION` for a limit that is no whole number above 0. */
export const limitsOf = (given: ScrapeLimits = {}): Limits => {
  const limits: Record<keyof Limits, number> = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof Limits)[]) {
    const value = given[name];
    if (value === undefined) continue;
    if (!Number.isSafeInteger(value) || value < 1 || value > 2 ** 31 - 1) throw new ExporterError('BAD_OPTION', `the limit ${name} is ${value}; it is a whole number from 1 to 2147483647`);
    limits[name] = value;
  }
  return limits;
};
