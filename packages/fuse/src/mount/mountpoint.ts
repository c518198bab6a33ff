import { topmostAt } from '@scst/sysfs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { FuseError } from '../errors.js';
import { FILE_SYSTEM_TYPE, readMountTable } from './mount-table.js';
import { runProgram } from './programs.js';

/** How long a mount may take to answer before it is taken to be somebody's who is busy. */
const PROBE_TIMEOUT = 5000;
const UMOUNT_TIMEOUT = 10_000;

const ALIVE = 0;
const DEAD = 3;

/** Asks a mount something and tells by its exit status how that went. In a process of its own, which can be killed if it gets no answer. */
const PROBE = `try { require('node:fs').statfsSync(process.argv[1]) } catch (error) {
  process.exit(error.code === 'ENOTCONN' || error.code === 'ECONNABORTED' ? ${DEAD} : ${ALIVE});
}`;

/**
 * Makes a directory ready to be mounted on: clears away mounts of ours that nobody serves any more (a server was killed), and
 * checks that it is an empty directory.
 *
 * @returns Its path as the mount table will have it: absolute, without links.
 * @throws FuseError `DIRECTORY_MISSING`, `NOT_A_DIRECTORY`, `DIRECTORY_NOT_EMPTY`, `ALREADY_MOUNTED`, `UNMOUNT_FAILED`.
 */
export const prepareMountpoint = async (directory: string, allowNonEmpty: boolean): Promise<string> => {
  // A dead mount answers nothing, not even lstat(2): the table is asked before the directory is.
  const place = join(await real(dirname(resolve(directory)), directory), basename(resolve(directory)));
  await clearDeadMounts(place);
  const target = await real(place, directory);
  if (target !== place) await clearDeadMounts(target);
  if (!(await stat(target)).isDirectory()) {
    throw new FuseError('NOT_A_DIRECTORY', `${directory} is no directory`, { directory, hint: 'Name an empty directory.' });
  }
  if (!allowNonEmpty && (await readdir(target)).length > 0) {
    throw new FuseError('DIRECTORY_NOT_EMPTY', `${directory} is not empty; mounting would hide what is in it`, {
      directory,
      hint: 'Name an empty directory, or allow it with allowNonEmpty.',
    });
  }
  return target;
};

/** Detaches what is mounted on a directory: at once, also while programs use it. @throws FuseError `UNMOUNT_FAILED`. */
export const detach = async (directory: string): Promise<void> => {
  const { status, stderr } = await runProgram('umount', ['-l', directory], UMOUNT_TIMEOUT);
  if (status !== 0) throw new FuseError('UNMOUNT_FAILED', `umount ${directory}: ${stderr || 'it did not end'}`, { directory });
};

const clearDeadMounts = async (place: string): Promise<void> => {
  for (let top = topmostAt(await readMountTable(), place); top?.type === FILE_SYSTEM_TYPE; top = topmostAt(await readMountTable(), place)) {
    const { status } = await runProgram(process.execPath, ['-e', PROBE, place], PROBE_TIMEOUT);
    if (status !== DEAD) {
      throw new FuseError('ALREADY_MOUNTED', `a tree is mounted on ${place} already, and served`, {
        directory: place,
        hint: `Unmount it (umount ${place}), or name another directory.`,
      });
    }
    await detach(place);
  }
};

const real = async (path: string, directory: string): Promise<string> => {
  try {
    return await realpath(path);
  } catch (cause) {
    throw new FuseError('DIRECTORY_MISSING', `there is no directory ${directory}`, { directory, hint: `Make it: mkdir -p ${directory}`, cause });
  }
};
