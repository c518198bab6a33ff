import { SysfsError } from './errors.js';
import { isTreePath, joinPath } from './paths.js';
import type { SysfsFile, SysfsTree } from './tree.js';

/** Where a tree stands in another. */
export interface TreePlace {
  /** The whole tree. */
  readonly tree: SysfsTree;
  /** Path of the part in it, `''` for the whole. */
  readonly path: string;
}

const places = new WeakMap<SysfsTree, TreePlace>();

/** The whole tree a {@link subtree} is a part of, and where; a tree that is no part of another is its own whole. */
export const placeOf = (tree: SysfsTree): TreePlace => places.get(tree) ?? { tree, path: '' };

/**
 * A directory of a tree as a tree of its own. Paths, also those in errors, are relative to the directory; the root-wide
 * `last_sysfs_mgmt_res` is still found by {@link manage}.
 *
 * @param path Directory, e.g. `targets/scst_local`. It need not exist yet.
 */
export const subtree = (tree: SysfsTree, path: string): SysfsTree => {
  const outer = placeOf(tree);
  const base = joinPath(outer.path, path);
  // What is not a path must stay none, or `..` at the head of an inner path would climb out.
  const inside = (inner: string): string => (inner === '' ? base : isTreePath(inner) ? `${base}/${inner}` : inner);
  const relative = <T>(inner: string, work: (full: string) => Promise<T>): Promise<T> => reporting(inner, () => work(inside(inner)));
  const whole = outer.tree;
  const part: SysfsTree = {
    description: `${base} of ${whole.description}`,
    stat: (inner, options) => relative(inner, (full) => whole.stat(full, options)),
    list: (inner, options) => relative(inner, (full) => whole.list(full, options)),
    readlink: (inner, options) => relative(inner, (full) => whole.readlink(full, options)),
    open: (inner, access, options) => relative(inner, async (full) => relativeFile(await whole.open(full, access, options), inner)),
    read: (inner, options) => relative(inner, (full) => whole.read(full, options)),
    write: (inner, data, options) => relative(inner, (full) => whole.write(full, data, options)),
    chmod: (inner, mode, options) => relative(inner, (full) => whole.chmod(full, mode, options)),
  };
  places.set(part, { tree: whole, path: base });
  return part;
};

const relativeFile = (file: SysfsFile, path: string): SysfsFile => ({
  read: (options) => reporting(path, () => file.read(options)),
  write: (data, options) => reporting(path, () => file.write(data, options)),
  close: () => file.close(),
  [Symbol.asyncDispose]: () => file.close(),
});

/** Work whose errors name the given path. */
const reporting = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw error instanceof SysfsError ? atPath(error, path) : error;
  }
};

const atPath = ({ operation, code, at, input, reason, hint, cause }: SysfsError, path: string): SysfsError =>
  new SysfsError({ operation, path, errno: code, at, input, reason, hint, cause });
