import { type MountEntry, parseMountTable, topmostAt } from '@scst/sysfs';
import { readFile } from 'node:fs/promises';

/** What mounted trees are called in the mount table. */
const MOUNTED_TREE = 'fuse.scst';

/** The mounts that this process sees. */
export const ownMounts = async (): Promise<MountEntry[]> => parseMountTable(await readFile('/proc/self/mountinfo', 'utf8').catch(() => ''));

/** The mount that a path lies on, links in it aside. */
export const mountOver = (mounts: readonly MountEntry[], path: string): MountEntry | undefined => {
  const over = mounts.map(({ directory }) => directory).filter((directory) => path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`));
  const [nearest] = over.sort((a, b) => b.length - a.length);
  return nearest === undefined ? undefined : topmostAt(mounts, nearest);
};

export const isMountedTree = ({ type }: MountEntry): boolean => type === MOUNTED_TREE;
