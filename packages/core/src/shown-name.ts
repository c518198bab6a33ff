import { type ByteString } from './bytes.js';

/** How a name shows in the tree: a directory cannot have `/` in its name, so sysfs puts `!` there. */
export const shownName = (name: ByteString): ByteString => name.replaceAll('/', '!');

/** True when one of the names shows in the tree as the given one does: there is no room for two. */
export const showsAsOneOf = (name: ByteString, names: Iterable<ByteString>): boolean => {
  const shown = shownName(name);
  for (const other of names) if (shownName(other) === shown) return true;
  return false;
};
