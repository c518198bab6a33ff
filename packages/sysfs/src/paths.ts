/** The parts of a path that name something; empty parts (`a//b`, a trailing `/`) count for nothing, as in the kernel. */
export const pathParts = (path: string): string[] => path.split('/').filter((part) => part !== '');

/** Without empty parts, as nearly every path is. */
const isPlain = (path: string): boolean => !path.startsWith('/') && !path.endsWith('/') && !path.includes('//');

/** A path of parts, e.g. `joinPath('targets', driver, target, 'luns')`. Empty parts are left out. */
export const joinPath = (...parts: readonly string[]): string => {
  const joined = parts.filter((part) => part !== '').join('/');
  return isPlain(joined) ? joined : pathParts(joined).join('/');
};

/** The last part of a path, `''` for the root. */
export const baseName = (path: string): string => (path.endsWith('/') ? (pathParts(path).at(-1) ?? '') : path.slice(path.lastIndexOf('/') + 1));

/** The path without its last part. */
export const parentPath = (path: string): string => pathParts(path).slice(0, -1).join('/');

/**
 * False for a path no tree can hold: `.` and `..` are not followed (tree.ts, Paths), and a NUL cannot be part of a name.
 * Implementations answer such a path with `ENOENT`.
 */
export const isTreePath = (path: string): boolean => !path.includes('\0') && !pathParts(path).some((part) => part === '.' || part === '..');

/**
 * Where a link leads: its target, as {@link SysfsTree.readlink} gives it, taken from the directory the link stands in.
 * `undefined` when it leads out of the tree, as `host` of a session does (SPEC 7).
 *
 * @example resolveLink('devices/disk1/handler', '../../handlers/vdisk_fileio') // 'handlers/vdisk_fileio'
 */
export const resolveLink = (linkPath: string, target: string): string | undefined => {
  if (target.startsWith('/')) return undefined;
  const parts = pathParts(parentPath(linkPath));
  for (const part of pathParts(target)) {
    if (part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
};
