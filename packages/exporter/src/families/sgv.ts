import { pageSize } from '../page-size.js';
import { type SgvCache, type SgvGlobal } from '../parse/sgv.js';
import { type Family, known } from './family.js';

const cacheFamily = (type: 'gauge' | 'counter', name: string, help: string, value: (cache: SgvCache) => number): Family => ({
  name,
  type,
  help,
  labels: ['cache'],
  needs: ['sgv'],
  *samples({ survey }) {
    for (const cache of survey.sgv.caches) yield [[cache.name], value(cache)];
  },
});

const globalFamily = (type: 'gauge' | 'counter', name: string, help: string, value: (all: SgvGlobal) => number | undefined): Family => ({
  name,
  type,
  help,
  labels: [],
  needs: ['sgv'],
  samples: ({ survey }) => known([], survey.sgv.global === undefined ? undefined : value(survey.sgv.global)),
});

const bytes = (pages: number | undefined): number | undefined => (pages === undefined ? undefined : pages * pageSize());

/** SCST's cache of memory for commands' data. */
export const SGV_FAMILIES: readonly Family[] = [
  cacheFamily('gauge', 'scst_sgv_cached_bytes', 'Memory that the cache holds.', ({ cachedPages }) => cachedPages * pageSize()),
  cacheFamily('gauge', 'scst_sgv_inactive_bytes', 'Memory that the cache holds and no command uses.', ({ inactivePages }) => inactivePages * pageSize()),
  cacheFamily('gauge', 'scst_sgv_cached_entries', 'Vectors of memory that the cache holds.', ({ cachedEntries }) => cachedEntries),
  cacheFamily('counter', 'scst_sgv_allocations_total', 'Allocations of a size that the cache keeps.', ({ allocations }) => allocations),
  cacheFamily('counter', 'scst_sgv_hits_total', 'Allocations that the cache had at hand.', ({ hits }) => hits),
  cacheFamily('counter', 'scst_sgv_big_allocations_total', 'Allocations too large for the cache.', ({ bigAllocations }) => bigAllocations),
  cacheFamily('counter', 'scst_sgv_other_allocations_total', 'Allocations made past the cache.', ({ otherAllocations }) => otherAllocations),
  globalFamily('gauge', 'scst_sgv_all_inactive_bytes', 'Memory of all caches that no command uses.', ({ inactivePages }) => bytes(inactivePages)),
  globalFamily('gauge', 'scst_sgv_all_active_bytes', 'Memory of all caches that commands use, where SCST counts it.', ({ activePages }) => bytes(activePages)),
  globalFamily('gauge', 'scst_sgv_high_watermark_bytes', 'Memory beyond which the caches give back what is not used, where SCST has such a bound.', ({ highWatermarkPages }) => bytes(highWatermarkPages)),
  globalFamily('counter', 'scst_sgv_high_watermark_releases_total', 'How often memory was given back for the bound, where SCST counts it.', ({ highWatermarkReleases }) => highWatermarkReleases),
  globalFamily('counter', 'scst_sgv_high_watermark_failures_total', 'How often giving memory back was not enough, where SCST counts it.', ({ highWatermarkFailures }) => highWatermarkFailures),
];
