import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a directory and those above it that are missing. `mkdir` of Node.js with `recursive` does not come to an end where a directory is there
 * in which none can be made and the kernel says ENOENT, as below /proc; it takes a processor until the process is killed.
 *
 * @param mode Of each that is made; the umask is taken off.
 * @throws NodeJS.ErrnoException What mkdir(2) says: `ENOENT`, `EACCES`, `EROFS`, `ENOTDIR`, `EEXIST` where a file has the name.
 */
export const makeDirectory = async (path: string, mode: number): Promise<void> => {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    if (await isDirectory(path)) return;
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path || (await isDirectory(parent))) throw error;
    await makeDirectory(parent, mode);
    // Somebody else may have been faster.
    await mkdir(path, { mode }).catch(async (again: unknown) => {
      if (!(await isDirectory(path))) throw again;
    });
  }
};

const isDirectory = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isDirectory() === true;
