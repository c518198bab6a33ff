import { encodeName, type SysfsEntry } from '@scst/sysfs';
import { DIRENT_TYPE, dirents, direntSize, type DirectoryEntry } from '../protocol/dirent.js';
import { openOut, readIn, releaseIn } from '../protocol/files.js';
import { inodeNumber } from '../served/inode-number.js';
import { childPath, type Node } from '../served/nodes.js';
import type { ServedTree } from '../served/served-tree.js';
import { EMPTY, type Operation } from './operation.js';

export const opendir: Operation = {
  transfer: false,
  run: (served, { nodeid }) => {
    const node = served.nodes.get(nodeid);
    served.nodes.assertThere(node);
    const fh = served.directories.add(node.path, { entries: undefined });
    return Promise.resolve({ body: openOut.encode({ fh, open_flags: 0 }), undelivered: () => { served.directories.take(fh); } });
  },
};

/** Reads on in a listing. At position 0, also after rewinddir(3), the directory is listed anew. */
export const readdir: Operation = {
  transfer: false,
  run: async (served, { nodeid, body }, signal) => {
    const { fh, offset, size } = readIn.decode(body);
    const directory = served.directories.get(fh);
    if (offset === 0 || directory.entries === undefined) {
      const node = served.nodes.get(nodeid);
      served.nodes.assertThere(node);
      directory.entries = listing(served, node, await served.tree.list(node.path, { signal }), size);
    }
    return { body: dirents.encode(directory.entries, offset, size) };
  },
};

export const releasedir: Operation = {
  transfer: false,
  run: (served, { body }) => {
    served.directories.take(releaseIn.decode(body).fh);
    return Promise.resolve(EMPTY);
  },
};

const SLASH = 0x2f;

/**
 * The entries of a directory, `.` and `..` first. Names the kernel would fail the whole listing for are left out: those that are
 * too long for it, do not fit into a reply, or are no names.
 */
const listing = (served: ServedTree, node: Node, entries: readonly SysfsEntry[], room: number): DirectoryEntry[] => [
  { ino: node.ino, type: DIRENT_TYPE.directory, name: encodeName('.') },
  { ino: node.parent?.ino ?? node.ino, type: DIRENT_TYPE.directory, name: encodeName('..') },
  ...entries
    .map(({ name, type }) => ({ ino: inodeNumber(childPath(node, name)), type: DIRENT_TYPE[type], name: encodeName(name) }))
    .filter((entry) => isListable(entry.name, served.longestListedName) && direntSize(entry) <= room),
];

const isListable = (name: Uint8Array, longest: number): boolean =>
  name.length > 0 && name.length <= longest && !name.includes(SLASH) && !name.includes(0);
