import { SysfsError, type SysfsTree } from '@scst/sysfs';

/** The name of an object's directory: the tree shows `/` in a name as `!`. */
export const directoryName = (name: string): string => name.replaceAll('/', '!');

/** Whether something is at a path. */
export const exists = async (tree: SysfsTree, path: string): Promise<boolean> => {
  try {
    await tree.stat(path);
    return true;
  } catch (error) {
    if (error instanceof SysfsError && error.code === 'ENOENT') return false;
    throw error;
  }
};

/** Names of the directories below a path. */
export const directories = async (tree: SysfsTree, path: string): Promise<string[]> =>
  (await tree.list(path)).filter(({ type }) => type === 'directory').map(({ name }) => name);

/** Names of the links below a path. */
export const links = async (tree: SysfsTree, path: string): Promise<string[]> =>
  (await tree.list(path)).filter(({ type }) => type === 'link').map(({ name }) => name);

/** The last name of a link's target. */
export const linkedName = async (tree: SysfsTree, path: string): Promise<string> => {
  const target = await tree.readlink(path);
  return target.slice(target.lastIndexOf('/') + 1);
};

/** What work comes to, or undefined where what it looks at goes away meanwhile. */
export const orGone = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SysfsError && (error.code === 'ENOENT' || error.code === 'ENODEV')) return undefined;
    throw error;
  }
};
