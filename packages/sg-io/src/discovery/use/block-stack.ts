import { basename, join } from 'node:path';
import { nodePath } from '../discover.js';
import { linkAt, namesIn, readText } from '../kernel-files.js';
import { type Machine } from '../roots.js';
import { mountOver } from './covering.js';
import { isMountOf, type SeenMount } from './mounts.js';

/** What is known of the machine's mounts. */
export interface MountTables {
  readonly mounts: readonly SeenMount[];
  /** The block devices of each btrfs file system. */
  readonly btrfs: readonly (readonly string[])[];
}

/** A block device that stands on a SCSI device: itself, a partition, or what is made of those. */
export interface StackedDevice {
  /** Its kernel name: `sda1`, `dm-0`. */
  readonly name: string;
  readonly node: string;
  /** `major:minor`. */
  readonly number: string;
  /** What it stands on; undefined for the SCSI device itself. */
  readonly below: StackedDevice | undefined;
  /** What it is: undefined for a disk or a partition, else `the LVM volume vg-lv`. */
  readonly made: string | undefined;
}

/**
 * Everything that stands on a block device, itself first: its partitions, and what holds it or them, whatever its depth. Loop devices count
 * that show it, or a file on a file system of it.
 */
export const stackOn = async (machine: Machine, name: string, { mounts, btrfs }: MountTables): Promise<StackedDevice[]> => {
  const loops = [...(await loopFiles(machine))];
  const found = new Map<string, StackedDevice>();
  const visit = async (current: string, below: StackedDevice | undefined): Promise<void> => {
    const directory = join(machine.sys, 'class/block', current);
    const number = await readText(join(directory, 'dev'));
    // One that stands on two of ours is one device.
    if (number === undefined || found.has(current)) return;
    const isPartition = (await readText(join(directory, 'partition'))) !== undefined;
    const device: StackedDevice = { name: current, node: nodePath(machine, current), number, below, made: below === undefined || isPartition ? undefined : await whatIs(machine, directory, current) };
    found.set(current, device);
    const partitions = (await namesIn(directory)).filter((entry) => entry.startsWith(current) && entry !== current);
    for (const partition of partitions) {
      if ((await readText(join(directory, partition, 'partition'))) !== undefined) await visit(partition, device);
    }
    for (const holder of await namesIn(join(directory, 'holders'))) await visit(holder, device);
    // bcache does not tell the kernel whom it holds; its cache devices are claimed.
    const cached = await linkAt(join(directory, 'bcache/dev'));
    if (cached !== undefined) await visit(basename(cached), device);
    for (const [file, names] of loops) {
      const over = file === device.node ? undefined : mountOver(mounts, file);
      if (file === device.node || (over !== undefined && isMountOf(over, device, btrfs))) for (const loop of names) await visit(loop, device);
    }
  };
  await visit(name, undefined);
  return [...found.values()];
};

/** Loop devices by the file they show. The kernel does not count them among the holders of a block device. */
const loopFiles = async (machine: Machine): Promise<Map<string, string[]>> => {
  const files = new Map<string, string[]>();
  for (const name of await namesIn(join(machine.sys, 'class/block'))) {
    if (!/^loop\d+$/u.test(name)) continue;
    const file = await readText(join(machine.sys, 'class/block', name, 'loop/backing_file'));
    if (file !== undefined) files.set(file, [...(files.get(file) ?? []), name]);
  }
  return files;
};

/** The beginnings of the UUIDs that programs give to the device-mapper devices they make. */
const DEVICE_MAPPER_KINDS: readonly (readonly [prefix: string, kind: string])[] = [
  ['LVM-', 'LVM volume'],
  ['mpath-', 'multipath device'],
  ['CRYPT-', 'encrypted volume'],
];

const whatIs = async ({ dev }: Machine, directory: string, name: string): Promise<string> => {
  if (name.startsWith('bcache')) return `the cached device ${name}`;
  const [dmName, dmUuid, raid, loop] = await Promise.all(['dm/name', 'dm/uuid', 'md/level', 'loop/backing_file'].map((file) => readText(join(directory, file))));
  if (dmName !== undefined) {
    const kind = DEVICE_MAPPER_KINDS.find(([prefix]) => dmUuid?.startsWith(prefix))?.[1] ?? 'device-mapper device';
    return `the ${kind} ${dmName}`;
  }
  if (raid !== undefined) return `the RAID array ${name} (${raid === '' ? 'inactive' : raid})`;
  if (loop === undefined) return `the block device ${name}`;
  return loop.startsWith(`${dev}/`) ? `the loop device ${name}` : `the loop device ${name} of the file ${loop}`;
};

/** A device with what it stands on: `/dev/dm-0 (the LVM volume vg-data on /dev/sda1)`. */
export const describeStacked = ({ node, made, below }: StackedDevice): string => (made === undefined || below === undefined ? node : `${node} (${made} on ${below.node})`);
