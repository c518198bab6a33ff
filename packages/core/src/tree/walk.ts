import { type ErrnoName } from '@scst/sysfs';
import { type ByteString } from '../bytes.js';
import { type DirectoryEntry, type Entry } from './directory.js';

/** The longest path, as Linux has it. Names have no limit of their own: sysfs finds those over 255 bytes, too. */
const PATH_MAX = 4096;
/** Links followed in one path before it is given up. */
const MAX_LINKS = 40;

/** A path that leads nowhere. */
export class WalkError extends Error {
  readonly code: ErrnoName;

  constructor(code: ErrnoName) {
    super(code);
    this.name = 'WalkError';
    this.code = code;
  }
}

/** Where a path has led: an entry, and the directories above it, the root first. */
export interface Place {
  readonly entry: Entry;
  readonly above: readonly Step[];
}

/** A directory on the way, and the name under which the next step was found in it. */
export interface Step {
  readonly directory: DirectoryEntry;
  readonly name: ByteString;
}

/**
 * Walks a path from a root. Links on the way are followed; one at the end is when `follow` is set, or the path ends in `/`. `.` and
 * `..` are names nothing has, but in the targets of links. Throws a {@link WalkError}.
 */
export const walk = (root: DirectoryEntry, base: readonly ByteString[], path: ByteString, follow: boolean): Place => {
  if (path.length + base.join('/').length + 2 >= PATH_MAX) throw new WalkError('ENAMETOOLONG');
  if (path.includes('\0')) throw new WalkError('ENOENT');
  const parts = path.split('/').filter((part) => part !== '');
  if (parts.some((part) => part === '.' || part === '..')) throw new WalkError('ENOENT');
  const walker = new Walker(root);
  walker.steps([...base, ...parts], follow || path.endsWith('/'));
  if (path.endsWith('/') && walker.entry.kind !== 'directory') throw new WalkError('ENOTDIR');
  return { entry: walker.entry, above: walker.above };
};

class Walker {
  entry: Entry;
  above: Step[] = [];
  #links = 0;

  constructor(root: DirectoryEntry) {
    this.entry = root;
  }

  steps(parts: readonly ByteString[], followLast: boolean): void {
    let left = parts.length;
    for (const part of parts) {
      this.#step(part);
      left -= 1;
      if (left > 0 || followLast) this.#follow();
    }
  }

  #step(name: ByteString): void {
    const directory = this.entry;
    if (directory.kind !== 'directory') throw new WalkError('ENOTDIR');
    if (name === '..') {
      const parent = this.above.pop();
      if (parent !== undefined) this.entry = parent.directory;
      return;
    }
    const entry = directory.lookup(name);
    if (entry === undefined) throw new WalkError('ENOENT');
    this.above.push({ directory, name });
    this.entry = entry;
  }

  #follow(): void {
    while (this.entry.kind === 'link') {
      this.#links += 1;
      if (this.#links > MAX_LINKS) throw new WalkError('ELOOP');
      const parts = this.entry.target.split('/').filter((part) => part !== '' && part !== '.');
      const place = this.above.pop();
      if (place !== undefined) this.entry = place.directory;
      this.steps(parts, false);
    }
  }
}

/** True while a place is still what a path from the root would lead to. */
export const stillThere = (root: DirectoryEntry, place: Place): boolean => {
  let entry: Entry | undefined = root;
  for (const { directory, name } of place.above) {
    if (entry?.kind !== 'directory' || entry.owner !== directory.owner || entry.role !== directory.role) return false;
    entry = entry.lookup(name);
  }
  if (entry === undefined || entry.kind !== place.entry.kind) return false;
  return entry.kind === 'link' || (place.entry.kind !== 'link' && entry.owner === place.entry.owner);
};
