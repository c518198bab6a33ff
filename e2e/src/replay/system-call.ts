import { errnoName, SysfsError } from '@scst/sysfs';
import { constants, mkdir, open, rename, rmdir, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** The system calls that make and remove entries, by name, on paths below a directory. */
const CALLS: Readonly<Record<string, (path: (operand: string) => string, first: string, second: string) => Promise<unknown>>> = {
  mkdir: (path, first) => mkdir(path(first)),
  rmdir: (path, first) => rmdir(path(first)),
  rename: (path, first, second) => rename(path(first), path(second)),
  symlink: (path, first, second) => symlink(first, path(second)),
  unlink: (path, first) => unlink(path(first)),
  create: async (path, first) => {
    await (await open(path(first), constants.O_WRONLY | constants.O_CREAT)).close();
  },
};

/** Makes a system call below a directory. What it fails with is a SysfsError. */
export const systemCall = async (root: string, [call = '', first = '', second = '']: readonly string[]): Promise<void> => {
  const run = CALLS[call];
  if (run === undefined) throw new TypeError(`there is no system call ${call}`);
  try {
    await run((operand) => join(root, operand), first, second);
  } catch (error) {
    const errno = error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? errnoName(error.errno) : undefined;
    if (errno === undefined) throw error;
    throw new SysfsError({ operation: call, path: first, errno, at: 'open' });
  }
};
