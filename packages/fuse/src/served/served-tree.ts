import type { SysfsTree } from '@scst/sysfs';
import type { DirectoryEntry } from '../protocol/dirent.js';
import { HandleTable } from './handles.js';
import { NodeTable } from './nodes.js';
import type { OpenFile } from './open-file.js';

/** A directory the kernel holds open, with the listing it reads on from. */
export interface OpenDirectory {
  entries: readonly DirectoryEntry[] | undefined;
}

export interface ServedTreeOptions {
  /** How long the kernel may keep names and attributes, in milliseconds. */
  cacheMilliseconds: number;
  /** The most files, and the most directories, that may be open. */
  maxOpenFiles: number;
}

/** A tree as it is served: the tree, and what the kernel holds of it. */
export class ServedTree {
  readonly tree: SysfsTree;
  readonly nodes = new NodeTable();
  readonly files: HandleTable<OpenFile>;
  readonly directories: HandleTable<OpenDirectory>;
  readonly cacheMilliseconds: number;
  /** The time all files show, in seconds: an attribute has none of its own. */
  readonly since = Math.floor(Date.now() / 1000);
  /** The longest name, in bytes, a listing may hold for the kernel. */
  longestListedName = LONGEST_LISTED_NAME.always;

  constructor(tree: SysfsTree, { cacheMilliseconds, maxOpenFiles }: ServedTreeOptions) {
    this.tree = tree;
    this.cacheMilliseconds = cacheMilliseconds;
    this.files = new HandleTable(maxOpenFiles);
    this.directories = new HandleTable(maxOpenFiles);
  }

  /** Closes what is open, after the kernel has gone. */
  closeAll(): void {
    this.directories.takeAll();
    for (const file of this.files.takeAll()) file.close().catch(() => undefined);
  }
}

/**
 * Names in listings: a kernel fails the whole listing for one that is longer than its `FUSE_NAME_MAX`, 1024 bytes until Linux 6.14
 * and PATH_MAX - 1 since. `sinceMinor` is the first protocol version that tells such a kernel for sure.
 */
export const LONGEST_LISTED_NAME = { always: 1024, long: 4095, sinceMinor: 43 };

/** NAME_MAX, as statfs(2) tells it of sysfs, which has longer names all the same and finds them. */
export const NAME_MAX = 255;
