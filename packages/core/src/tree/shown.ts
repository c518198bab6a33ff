import { type ByteString } from '../bytes.js';
import { shownName } from '../shown-name.js';
import { type CollectionRow, type DirectoryType } from './directory.js';

/** The member that shows under a name: a `!` in it may stand for a `/`. */
export const findShown = <U>(members: ReadonlyMap<ByteString, U>, shown: ByteString): U | undefined => {
  const found = members.get(shown);
  if (found !== undefined || !shown.includes('!')) return found;
  for (const [name, member] of members) if (shownName(name) === shown) return member;
  return undefined;
};

/** A directory for each member of a map, under the names they show in the tree. */
export const shownDirectories = <T, U extends object>(type: DirectoryType<U>, members: (owner: T) => ReadonlyMap<ByteString, U>): CollectionRow<T> => ({
  lookup: (owner, name) => {
    const member = findShown(members(owner), name);
    return member === undefined ? undefined : type.of(member);
  },
  *names(owner) {
    for (const name of members(owner).keys()) yield [shownName(name), 'directory'];
  },
});
