import { type ScstCore } from '../core.js';
import { type AttributeRow } from './attribute.js';
import { DirectoryType } from './directory.js';

/** The caches of the kernel's SCST on one NUMA node. The core has no such caches: their statistics stay at zero. */
const CACHES = ['sgv', 'sgv-0', 'sgv-clust', 'sgv-clust-0', 'sgv-dma', 'sgv-dma-0'];

const SIZES = ['4K', '8K', '16K', '32K', '64K', '128K', '256K', '512K', '1024K', '2048K', '4096K'];

const INACTIVE = 'Inactive pages                             0';

const columns = (name: string, ...values: string[]): string => `${name.padEnd(31)}${values.map((value) => value.padEnd(12)).join('').trimEnd()}`;

const statistics = (cache: string): string =>
  [
    columns('Name', 'Hit', 'Total', '% merged', 'Cached (P/I/O)'),
    columns(cache, '0', '0', '0', '0/0/0'),
    ...SIZES.map((size) => columns(`  ${cache}-${size}`, '0', '0', '0')),
    columns('  big/other', '', '0/0', '0/0'),
  ].join('\n');

const zeroed = <T>(name: string, value: (owner: T) => string): AttributeRow<T> => ({ name, mode: 0o644, value, store: () => undefined });

/** A cache's directory: its owner is a name, boxed so that it can own the file. */
interface Cache {
  readonly name: string;
}

const cacheDirectory = new DirectoryType<Cache>('sgv cache', { attributes: [zeroed('stats', (cache) => statistics(cache.name))] });

const boxes = new Map<string, Cache>(CACHES.map((name) => [name, { name }]));

/** The statistics of all caches in one text: the file `sgv` of procfs. */
export const sgvText = (): string => `${INACTIVE}\n\n${CACHES.map((cache) => `${statistics(cache)}\n`).join('\n')}`;

/** `sgv/` (SPEC sysfs 11). */
export const sgvDirectory = new DirectoryType<ScstCore>('sgv', {
  attributes: [zeroed('global_stats', () => INACTIVE)],
  collections: [
    {
      lookup: (_core, name) => {
        const cache = boxes.get(name);
        return cache === undefined ? undefined : cacheDirectory.of(cache);
      },
      *names() {
        for (const name of boxes.keys()) yield [name, 'directory'];
      },
    },
  ],
});
