import { type ScstCore } from '@scst/core';
import { type RemoteConnection, type Served } from '@scst/remote';
import { type OperationOptions, type SysfsTree } from '@scst/sysfs';
import { LocalError } from './errors.js';
import { coreLunCounters } from './statistics/core-lun-counters.js';
import { StatisticsReader } from './statistics/reader.js';
import { type LunCounters, type StatisticsSample } from './statistics/sample.js';
import { type ScstState } from './watch/objects.js';
import { readState } from './watch/read-state.js';
import { type StateSource } from './watch/watch.js';
import { isSample, isStateList } from './wire.js';

/** How all of an SCST is looked at at once. */
export interface Looks {
  readonly state: StateSource;
  statistics(options: OperationOptions): Promise<StatisticsSample>;
  /** Milliseconds between two looks, where nobody asks for another pace. */
  readonly interval: number;
}

/** Every look is many system calls, which others pay for too. */
const FILES_INTERVAL = 1000;
const MEMORY_INTERVAL = 200;

/** Looks at a tree that files show. */
export const treeLooks = (tree: SysfsTree, { lunCounters, interval = FILES_INTERVAL }: { lunCounters?: LunCounters; interval?: number } = {}): Looks => {
  const reader = new StatisticsReader(tree, lunCounters);
  return {
    state: (options) => readState(tree, options),
    statistics: (options) => reader.read(options),
    interval,
  };
};

/** Looks at a core of this process. */
export const coreLooks = (core: ScstCore): Looks => treeLooks(core.tree, { lunCounters: coreLunCounters(core), interval: MEMORY_INTERVAL });

/** What a server adds, so that a look at all of it takes one request. */
export const lookRoutes = (core: ScstCore): NonNullable<Served['routes']> => {
  const looks = coreLooks(core);
  return {
    'GET /state': async ({ signal }) => [...(await looks.state({ signal, before: new Map() })).values()],
    'GET /statistics': ({ signal }) => looks.statistics({ signal }),
  };
};

/** Looks at what a server serves: through its own looks, or attribute by attribute where it has none. */
export const serverLooks = (connection: RemoteConnection): Looks => {
  const { tree, info, socket } = connection;
  const through = treeLooks(tree, { interval: MEMORY_INTERVAL });
  const unexpected = (what: string): LocalError => new LocalError('UNSUPPORTED', `the server on ${socket} does not tell its ${what} as this program expects`);
  const state = async ({ signal }: OperationOptions): Promise<ScstState> => {
    const answer = await connection.request('GET', '/state', undefined, { signal });
    if (!isStateList(answer)) throw unexpected('state');
    return new Map(answer.map((object) => [object.path, object]));
  };
  const statistics = async ({ signal }: OperationOptions): Promise<StatisticsSample> => {
    const answer = await connection.request('GET', '/statistics', undefined, { signal });
    if (!isSample(answer)) throw unexpected('statistics');
    return answer;
  };
  return {
    state: info.endpoints.includes('state') ? state : through.state,
    statistics: info.endpoints.includes('statistics') ? statistics : (options) => through.statistics(options),
    interval: MEMORY_INTERVAL,
  };
};
