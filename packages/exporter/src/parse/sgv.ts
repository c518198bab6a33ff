/** A cache of SCST's memory (SPEC sysfs 11). */
export interface SgvCache {
  /** Allocations that the cache had at hand. */
  readonly hits: number;
  readonly allocations: number;
  readonly cachedPages: number;
  readonly inactivePages: number;
  readonly cachedEntries: number;
  /** Allocations too large for the cache, and those made past it. */
  readonly bigAllocations: number;
  readonly otherAllocations: number;
}

/** `sgv/CACHE/stats`: the second line is the cache's own, `NAME HIT TOTAL MERGED P/I/O`; one of the others is `big/other A/B C/D`. */
export const parseSgvCache = (text: string): SgvCache | undefined => {
  const own = /^\S+\s+(\d+)\s+(\d+)\s+\d+\s+(\d+)\/(\d+)\/(\d+)\s*$/mu.exec(text);
  const big = /^\s*big\/other\s+(\d+)\/(\d+)\s/mu.exec(text);
  if (own === null || big === null) return undefined;
  const [hits = 0, allocations = 0, cachedPages = 0, inactivePages = 0, cachedEntries = 0] = own.slice(1).map(Number);
  return { hits, allocations, cachedPages, inactivePages, cachedEntries, bigAllocations: Number(big[1]), otherAllocations: Number(big[2]) };
};

/** What all caches have in common. What a build does not count is undefined. */
export interface SgvGlobal {
  readonly inactivePages: number;
  readonly activePages: number | undefined;
  readonly highWatermarkPages: number | undefined;
  readonly lowWatermarkPages: number | undefined;
  readonly highWatermarkReleases: number | undefined;
  readonly highWatermarkFailures: number | undefined;
}

/** `sgv/global_stats`: one line `Inactive pages N`, or several with a pair of numbers each. */
export const parseSgvGlobal = (text: string): SgvGlobal | undefined => {
  const lines = new Map([...text.matchAll(/^(\S.*?)\s{2,}(\d+)(?:\/(\d+))?\s*$/gmu)].map(([, name = '', one, two]) => [name.toLowerCase(), [Number(one), two === undefined ? undefined : Number(two)] as const]));
  const both = lines.get('inactive/active pages');
  const inactivePages = (both ?? lines.get('inactive pages'))?.[0];
  if (inactivePages === undefined) return undefined;
  const [marks, releases] = [lines.get('hi/lo watermarks [pages]'), lines.get('hi watermark releases/failures')];
  return { inactivePages, activePages: both?.[1], highWatermarkPages: marks?.[0], lowWatermarkPages: marks?.[1], highWatermarkReleases: releases?.[0], highWatermarkFailures: releases?.[1] };
};
