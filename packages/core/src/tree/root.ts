import { type ScstCore } from '../core.js';
import { ScstError } from '../errors.js';
import { parseBool } from '../modules/parameter.js';
import { L, parseNumber, UL } from '../text/numbers.js';
import { SCST_VERSION } from '../version.js';
import { type AttributeRow, bit } from './attribute.js';
import { directoryRow, DirectoryType, type FixedRow } from './directory.js';
import { deviceGroupsDirectory } from './device-groups.js';
import { devicesDirectory } from './devices.js';
import { targetsDirectory } from './drivers.js';
import { handlersDirectory } from './handlers.js';
import { sgvDirectory } from './sgv.js';
import { withoutFinalNewline } from './target.js';
import { traceLevelRow } from './trace-level.js';
import { Queued, type WorkQueue } from './work-queue.js';

/** The loaded SCST as the tree sees it: made anew each time the module `scst` is loaded. */
export interface ScstRoot {
  readonly core: ScstCore;
  readonly queue: WorkQueue;
}

/** Bytes; the longest cluster name is one less. */
const CLUSTER_NAME_LIMIT = 64;

const version = (core: ScstCore): string =>
  [
    `SCST version: ${SCST_VERSION}`,
    'SCST build date: ',
    'SCST build number: ',
    'SCST git commit sha1: ',
    `SCST kver: ${core.kernelRelease}`,
    'SCST arch type: ',
    'SCST config: TRACING',
  ].join('\n');

const attributes: readonly AttributeRow<ScstRoot>[] = [
  {
    name: 'setup_id',
    mode: 0o644,
    value: ({ core }) => `0x${core.settings.setupId.toString(16)}`,
    key: ({ core }) => core.settings.setupId !== 0,
    store: ({ core }, text) => {
      core.settings.setupId = Number(BigInt.asUintN(32, parseNumber(UL, text)));
    },
  },
  {
    name: 'threads',
    mode: 0o644,
    value: ({ core }) => core.settings.threads,
    key: ({ core }) => core.settings.threads !== core.settings.defaultThreads,
    store: ({ core }, text) => {
      const threads = Number(BigInt.asIntN(32, positive(parseNumber(L, text))));
      return new Queued(() => {
        core.settings.threads = threads;
      });
    },
  },
  {
    name: 'max_tasklet_cmd',
    mode: 0o644,
    value: ({ core }) => core.settings.maxTaskletCommands,
    key: ({ core }) => core.settings.maxTaskletCommands !== 10,
    store: ({ core }, text) => {
      core.settings.maxTaskletCommands = Number(BigInt.asIntN(32, parseNumber(UL, text)));
    },
  },
  {
    name: 'poll_us',
    mode: 0o644,
    value: ({ core }) => (core.settings.pollNanoseconds / 1000n).toString(),
    key: ({ core }) => core.settings.pollNanoseconds !== 0n,
    store: ({ core }, text) => {
      core.settings.pollNanoseconds = BigInt.asUintN(64, parseNumber(UL, text) * 1000n);
    },
  },
  {
    name: 'force_global_sgv_pool',
    mode: 0o644,
    value: ({ core }) => bit(core.settings.forceGlobalPool),
    key: ({ core }) => core.settings.forceGlobalPool,
    store: ({ core }, text) => {
      core.settings.forceGlobalPool = parseNumber(UL, text) !== 0n;
    },
  },
  {
    name: 'async_lun_replace',
    mode: 0o644,
    value: ({ core }) => bit(core.modules.flag('scst', 'async_lun_replace')),
    store: ({ core }, text) => {
      core.modules.values('scst')?.set('async_lun_replace', parseBool(text) ? 'Y' : 'N');
    },
  },
  {
    name: 'measure_latency',
    mode: 0o644,
    value: ({ core }) => bit(core.settings.measureLatency),
    store: ({ core }, text) => {
      core.setMeasureLatency(parseNumber(L, text) !== 0n);
    },
  },
  {
    name: 'suspend',
    mode: 0o644,
    value: ({ core }) => core.activity.closings,
    store: ({ core }, text) => {
      const seconds = parseNumber(L, text);
      if (seconds >= 0n) return core.suspend(Number(seconds));
      core.activity.open();
      return undefined;
    },
  },
  {
    name: 'cluster_name',
    mode: 0o644,
    text: ({ core }) => (core.settings.clusterName === null ? '' : `${core.settings.clusterName}\n[key]\n`),
    raw: true,
    store: ({ core }, bytes) => {
      const name = withoutFinalNewline(bytes);
      if (name.length >= CLUSTER_NAME_LIMIT) throw new ScstError('EINVAL', `a cluster name has less than ${CLUSTER_NAME_LIMIT} bytes`);
      // Nothing but a NUL and a newline is one less than nothing to SCST: an empty name, not none.
      core.settings.clusterName = name === '' && !/^\0[^]*\n$/.test(bytes) ? null : name;
    },
  },
  traceLevelRow<ScstRoot>(({ core }) => core.settings.traceLevel),
  { name: 'last_sysfs_mgmt_res', mode: 0o444, value: ({ queue }) => queue.lastResult },
  { name: 'version', mode: 0o444, value: ({ core }) => version(core) },
  { name: 'trace_cmds', mode: 0o444, text: ({ core }) => core.describeCommands(), queuedRead: true },
  { name: 'trace_mcmds', mode: 0o444, text: () => '', queuedRead: true },
];

const positive = (number: bigint): bigint => {
  if (number <= 0n) throw new ScstError('EINVAL', 'there must be one thread at least');
  return number;
};

const coreDirectory = (name: string, type: DirectoryType<ScstCore>): FixedRow<ScstRoot> => directoryRow(name, type, ({ core }) => core);

/** `/sys/kernel/scst_tgt` (SPEC sysfs 2). */
export const rootDirectory = new DirectoryType<ScstRoot>('scst_tgt', {
  attributes,
  fixed: [
    coreDirectory('device_groups', deviceGroupsDirectory),
    coreDirectory('devices', devicesDirectory),
    coreDirectory('handlers', handlersDirectory),
    coreDirectory('sgv', sgvDirectory),
    coreDirectory('targets', targetsDirectory),
  ],
});
