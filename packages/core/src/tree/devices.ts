import { type ByteString } from '../bytes.js';
import { type ScstCore } from '../core.js';
import { type Device, type ThreadsPoolType } from '../device/device.js';
import { PassThroughDevice } from '../device/pass-through-device.js';
import { reassignThreadIndexes } from '../device/thread-index.js';
import { typeText } from '../device/types.js';
import { VirtualDevice } from '../device/virtual-device.js';
import { ScstError } from '../errors.js';
import { shownName } from '../shown-name.js';
import { L, parseFlag, parseNumber } from '../text/numbers.js';
import { matchesPrefix } from '../text/prefix.js';
import { firstLine, trimSpace } from '../text/words.js';
import { type AttributeRow, bit, type StoreResult } from './attribute.js';
import { type CollectionRow, directoryRow, type DirectoryEntry, DirectoryType, type FixedRow, linkRow } from './directory.js';
import { lunPath } from './luns.js';
import { virtualDeviceRows } from './virtual-device.js';
import { Queued } from './work-queue.js';

const POOL_TYPES: readonly ThreadsPoolType[] = ['per_initiator', 'shared'];

/** A `long` stored in 32 bits. Throws `EINVAL` below `min`. */
const int32 = (text: ByteString, min: bigint): number => {
  const number = parseNumber(L, text);
  if (number < min) throw new ScstError('EINVAL', `${number.toString()} is below ${min.toString()}`);
  return Number(BigInt.asIntN(32, number));
};

/** Makes the threads of a device anew: queued, and only when something changes. */
const setThreads = (device: Device, threadsNum: number, poolType: ThreadsPoolType): StoreResult => {
  if (threadsNum === device.threadsNum && poolType === device.threadsPoolType) return undefined;
  return new Queued(() => {
    device.threadsNum = threadsNum;
    device.threadsPoolType = poolType;
    reassignThreadIndexes(device);
  });
};

/** `0`: unblock; `1`: block and wait until the device is idle; `1 1 …`: block without waiting. */
const setBlock = (device: Device, text: ByteString): StoreResult => {
  const rest = trimSpace(text.slice(1));
  if (text.startsWith('0') && rest === '') {
    device.unblock();
    return undefined;
  }
  if (text.startsWith('1') && rest === '') return device.block(true);
  if (text.startsWith('1') && rest.startsWith('1')) return device.block(false);
  throw new ScstError('EINVAL', 'block is 0, 1 or "1 1 text"');
};

const hasHandler = (device: Device): boolean => device.handler !== null;

/** What all devices have (SPEC sysfs 9.1). */
const commonRows: readonly AttributeRow<Device>[] = [
  { name: 'type', mode: 0o444, value: (device) => typeText(device.type) },
  {
    name: 'max_tgt_dev_commands',
    mode: 0o644,
    value: (device) => device.maxTgtDevCommands,
    key: (device) => device.maxTgtDevCommands !== (device.handler?.maxTgtDevCommands ?? 0),
    store: (device, text) => {
      device.maxTgtDevCommands = int32(text, 0n);
    },
  },
  {
    name: 'numa_node_id',
    mode: 0o644,
    value: (device) => device.numaNodeId,
    key: (device) => device.numaNodeId !== -1,
    store: (device, text) => {
      device.numaNodeId = int32(text, -1n);
    },
  },
  { name: 'block', mode: 0o644, value: (device) => `${device.blockings} ${bit(device.pendingBlocks > 0)}`, store: setBlock },
  {
    name: 'threads_num',
    mode: 0o644,
    value: (device) => device.threadsNum,
    key: (device) => device.threadsNum !== device.handler?.threadsNum,
    store: (device, text) => setThreads(device, int32(text, 0n), device.threadsPoolType),
    when: hasHandler,
  },
  {
    name: 'threads_pool_type',
    mode: 0o644,
    value: (device) => (device.threadsNum === 0 ? 'Async' : device.threadsPoolType),
    key: (device) => device.threadsNum !== 0 && device.threadsPoolType !== device.handler?.threadsPoolType,
    raw: true,
    store: (device, text) => {
      const type = POOL_TYPES.find((name) => matchesPrefix(name, text));
      if (type === undefined) throw new ScstError('EINVAL', 'a threads pool type is per_initiator or shared');
      return setThreads(device, device.threadsNum, type);
    },
    when: hasHandler,
  },
  {
    name: 'pr_file_name',
    mode: 0o644,
    value: (device) => device.prFile,
    key: (device) => device.prFileMarked,
    store: (device, text) => {
      device.checkNoCluster('pr_file_name');
      return new Queued(() => device.setPrFile(firstLine(text)));
    },
  },
  {
    name: 'pr_state',
    mode: 0o644,
    text: (device) => device.server.prStateText(),
    store: (device, text) =>
      new Queued(() => {
        device.checkNotExported('pr_state');
        device.server.setPrState(text);
      }),
  },
  // The kernel writes the reservations into its log: the core has none.
  { name: 'dump_prs', mode: 0o200, store: () => undefined },
];

const exportsDirectory = new DirectoryType<Device>('device exported', {
  collections: [
    {
      lookup: (device, name) => {
        const number = /^export(0|[1-9]\d*)$/.exec(name)?.[1];
        const lun = number === undefined ? undefined : device.exports.get(Number(number));
        return lun === undefined ? undefined : { kind: 'link', target: `../../../${lunPath(lun)}` };
      },
      *names(device) {
        for (const number of device.exports.keys()) yield [`export${number}`, 'link'];
      },
    },
  ],
});

const commonFixed = <T extends Device>(): readonly FixedRow<T>[] => [
  directoryRow('exported', exportsDirectory, (device) => device),
  linkRow('handler', (device) => `../../handlers/${device.handler?.name ?? ''}`, hasHandler),
];

const virtualDirectory = new DirectoryType<VirtualDevice>('virtual device', {
  attributes: [...commonRows, ...virtualDeviceRows],
  fixed: commonFixed<VirtualDevice>(),
});

const passThroughDirectory = new DirectoryType<PassThroughDevice>('pass-through device', {
  attributes: [
    ...commonRows,
    {
      name: 'cluster_mode',
      mode: 0o644,
      value: (device) => bit(device.clusterMode),
      key: (device) => device.clusterMode,
      store: (device, text) =>
        new Queued(() => {
          device.clusterMode = parseFlag(L, text);
        }),
      when: (device) => device.handler?.name === 'dev_disk',
    },
  ],
  fixed: [...commonFixed<PassThroughDevice>(), linkRow('scsi_device', (device) => `../../../../${device.sysfsPath}`)],
});

const directoryOf = (device: Device): DirectoryEntry | undefined => {
  if (device instanceof VirtualDevice) return virtualDirectory.of(device);
  if (device instanceof PassThroughDevice) return passThroughDirectory.of(device);
  return undefined;
};

const devices: CollectionRow<ScstCore> = {
  lookup: (core, name) => {
    const device = core.devices.get(name);
    return device === undefined ? undefined : directoryOf(device);
  },
  *names(core) {
    for (const name of core.devices.keys()) yield [shownName(name), 'directory'];
  },
};

/** `devices/` (SPEC sysfs 9). */
export const devicesDirectory = new DirectoryType<ScstCore>('devices', { collections: [devices] });
