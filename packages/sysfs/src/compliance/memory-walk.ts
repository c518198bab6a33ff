import type { ErrnoName } from '../errno.js';
import { decodeName, encodeName } from '../names.js';
import { isTreePath, pathParts } from '../paths.js';
import type { DirectoryNode, MemoryNode } from './memory-nodes.js';

/** Links followed in one path before ELOOP, as in the kernel. */
const MOST_LINKS = 40;

/** One string per byte sequence: surrogates that together are valid UTF-8 become the character they spell. */
export const canonicalName = (name: string): string => decodeName(encodeName(name));

/**
 * Finds the node of a path as the kernel walks it.
 *
 * @param follow Follow a link that is the path's last part, as open(2) does and lstat(2) does not.
 * @returns The node, or the errno the walk ends with.
 */
export const walk = (root: DirectoryNode, path: string, follow: boolean): MemoryNode | ErrnoName => {
  if (!isTreePath(path)) return 'ENOENT';
  const left = pathParts(path).map(canonicalName);
  const followLast = follow || path.endsWith('/');
  const trail: DirectoryNode[] = [root];
  let node: MemoryNode = root;
  let links = 0;
  for (let part = left.shift(); part !== undefined; part = left.shift()) {
    if (node.type !== 'directory') return 'ENOTDIR';
    if (part === '.') continue;
    if (part === '..') {
      trail.pop();
      const parent = trail.at(-1);
      if (parent === undefined) return 'ENOENT';
      node = parent;
      continue;
    }
    const child = node.children.get(part);
    if (child === undefined) return 'ENOENT';
    if (child.type === 'link' && (left.length > 0 || followLast)) {
      if ((links += 1) > MOST_LINKS) return 'ELOOP';
      if (child.target.startsWith('/')) return 'ENOENT';
      left.unshift(...pathParts(child.target).map(canonicalName));
      continue;
    }
    node = child;
    if (child.type === 'directory') trail.push(child);
  }
  return path.endsWith('/') && node.type !== 'directory' ? 'ENOTDIR' : node;
};
