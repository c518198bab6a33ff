import { randomBytes } from 'node:crypto';
import { open, readlink, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** Permission bits of a new file: it may hold CHAP secrets. */
const NEW_FILE_MODE = 0o600;

export interface AtomicWriteOptions {
  /** Permission bits. Default: those of the file that is replaced, 0600 for a new one. */
  mode?: number | undefined;
}

/**
 * Replaces a file as a whole: whoever reads it, also after a crash, finds the old or the new one. The new one is written beside it
 * and to the disk, takes its place by rename(2), and the directory is written to the disk. A symbolic link is followed, also to a file
 * that is not there yet.
 *
 * @throws Node's errors of files; one with the code `EINVAL` for a path that leads to something else than a file.
 */
export const writeAtomically = async (path: string, bytes: Uint8Array, { mode }: AtomicWriteOptions = {}): Promise<void> => {
  await checkReplaceable(path);
  const target = await placeOf(path);
  const present = await stat(target).catch(() => undefined);
  const directory = dirname(target);
  const temporary = join(directory, `.${basename(target)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`);
  const permissions = mode ?? (present === undefined ? NEW_FILE_MODE : present.mode & 0o7777);
  try {
    const file = await open(temporary, 'wx', permissions);
    try {
      await file.writeFile(bytes);
      // The umask does not apply to a file that takes the place of another.
      await file.chmod(permissions);
      if (present !== undefined && process.getuid?.() === 0) await file.chown(present.uid, present.gid);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw naming(error, temporary, target);
  }
  await syncDirectory(directory);
};

/** Linux follows no more links than this (path_resolution(7)). */
const MOST_LINKS = 40;

/** Where a path leads, be something there or not. */
const placeOf = async (path: string): Promise<string> => {
  let place = resolve(path);
  for (let links = 0; links < MOST_LINKS; links++) {
    const whole = await realpath(place).catch(() => undefined);
    if (whole !== undefined) return whole;
    const link = await readlink(place).catch(() => undefined);
    if (link === undefined) return place;
    place = resolve(dirname(place), link);
  }
  return place;
};

/** Throws where a path leads to what is no file: to take the place of `/dev/null`, or of a disk's node, would take that away from the whole machine. */
export const checkReplaceable = async (path: string): Promise<void> => {
  const present = await stat(path).catch(() => undefined);
  if (present?.isFile() === false) throw Object.assign(new Error(`EINVAL: ${path} is no file that could be replaced`), { code: 'EINVAL', path });
};

/** The error with the name of the file that is meant: nobody knows the other. */
const naming = (error: unknown, temporary: string, target: string): unknown => {
  if (!(error instanceof Error)) return error;
  error.message = error.message.replaceAll(temporary, target);
  if ('path' in error && error.path === temporary) error.path = target;
  return error;
};

const syncDirectory = async (path: string): Promise<void> => {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
};
