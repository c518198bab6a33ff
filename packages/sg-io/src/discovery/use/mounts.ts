import { type MountEntry, parseMountTable } from '@scst/sysfs';
import { basename, join } from 'node:path';
import { linkAt, namesIn, readText } from '../kernel-files.js';
import { type Machine } from '../roots.js';

/** A mount that somebody sees. */
export interface SeenMount extends MountEntry {
  /** A process that sees it, where this one does not: its mounts are another namespace's. */
  readonly pid: number | undefined;
}

/** The mounts of every mount namespace of which a process may be looked at, this process's first. Those that namespaces share are there more than once. */
export const allMounts = async (machine: Machine): Promise<SeenMount[]> => {
  const mounts = await mountsOf(machine, 'self', undefined);
  const seen = new Set([await linkAt(join(machine.proc, 'self/ns/mnt'))]);
  for (const pid of await namesIn(machine.proc)) {
    if (!/^\d+$/u.test(pid)) continue;
    const namespace = await linkAt(join(machine.proc, pid, 'ns/mnt'));
    if (namespace === undefined || seen.has(namespace)) continue;
    seen.add(namespace);
    mounts.push(...(await mountsOf(machine, pid, Number(pid))));
  }
  return mounts;
};

/** Other namespaces see much of what this one sees; each mount is told once. */
export const withoutRepeats = (mounts: readonly SeenMount[]): SeenMount[] => {
  const told = new Set<string>();
  return mounts.filter(({ device, directory, source }) => {
    const key = `${device} ${directory} ${source}`;
    if (told.has(key)) return false;
    told.add(key);
    return true;
  });
};

/** File systems that somebody else has to answer for: one whose server has stopped keeps whoever looks at a file of it. */
const SERVED = /^(?:fuse|nfs|cifs|smb|9p|ceph|afs|lustre|gfs2|ocfs2|orangefs|coda|autofs)/u;

/** The numbers of the mounts on which a file can be looked at without waiting for anybody. */
export const quickMounts = (mounts: readonly SeenMount[]): ReadonlySet<number> => new Set(mounts.filter(({ type }) => !SERVED.test(type)).map(({ id }) => id));

const mountsOf = async (machine: Machine, process: string, pid: number | undefined): Promise<SeenMount[]> =>
  parseMountTable((await readText(join(machine.proc, process, 'mountinfo'))) ?? '').map((mount) => ({ ...mount, pid }));

/**
 * The block devices of each btrfs file system, by kernel name. It mounts under a number of its own, and under the name of but one
 * of its devices.
 */
export const btrfsMembers = async (machine: Machine): Promise<string[][]> => {
  const directory = join(machine.sys, 'fs/btrfs');
  const members = await Promise.all((await namesIn(directory)).map((uuid) => namesIn(join(directory, uuid, 'devices'))));
  return members.filter((names) => names.length > 0);
};

/** Whether a mount is that of a block device. */
export const isMountOf = (mount: MountEntry, device: { readonly name: string; readonly node: string; readonly number: string }, btrfs: readonly (readonly string[])[]): boolean => {
  if (mount.device === device.number || mount.source === device.node) return true;
  return mount.type === 'btrfs' && btrfs.some((members) => members.includes(device.name) && members.includes(basename(mount.source)));
};
