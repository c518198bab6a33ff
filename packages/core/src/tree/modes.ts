import { type DirectoryEntry, type Entry } from './directory.js';
import { type Place } from './walk.js';

/** Permission bits that were changed with chmod(2). They last as long as the object the entry belongs to. */
export class Modes {
  readonly #changed = new WeakMap<object, Map<string, number>>();

  /** The permission bits of an entry. */
  of({ entry, above }: Place): number {
    if (entry.kind === 'link') return 0o777;
    return this.#changed.get(entry.owner)?.get(key(entry, above.at(-1))) ?? entry.mode;
  }

  set({ entry, above }: Place, mode: number): void {
    if (entry.kind === 'link') return;
    const changed = this.#changed.get(entry.owner) ?? new Map<string, number>();
    changed.set(key(entry, above.at(-1)), mode & 0o7777);
    this.#changed.set(entry.owner, changed);
  }
}

/** One owner may have several directories, and several files in each. */
const key = (entry: Exclude<Entry, { kind: 'link' }>, step: { directory: DirectoryEntry; name: string } | undefined): string =>
  entry.kind === 'directory' ? entry.role : `${step?.directory.role ?? ''}/${step?.name ?? ''}`;
