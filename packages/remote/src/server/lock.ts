import { lstat, mkdir, rename, rmdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { RemoteError } from '../protocol/remote-error.js';

/** What is done under a lock takes at most a few seconds; one this old belongs to a process that died with it. */
const ABANDONED_AFTER = 15_000;
const GIVE_UP_AFTER = 30_000;
const PAUSE = 20;

/**
 * Works while holding a lock: a directory, since making one is atomic and the lock lies where its permissions are the socket's.
 *
 * @throws RemoteError `ERR_SOCKET_PATH` when the lock cannot be had.
 */
export const withLock = async <T>(lock: string, work: () => Promise<T>): Promise<T> => {
  const start = Date.now();
  while (!(await take(lock))) {
    if (Date.now() - start > GIVE_UP_AFTER) throw new RemoteError('ERR_SOCKET_PATH', `${lock} is held by another starting server`, { hint: 'Remove it if there is none.' });
    await sleep(PAUSE);
    await removeAbandoned(lock);
  }
  try {
    return await work();
  } finally {
    await rmdir(lock).catch(() => undefined);
  }
};

const take = async (lock: string): Promise<boolean> => {
  try {
    await mkdir(lock, { mode: 0o700 });
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
};

const removeAbandoned = async (lock: string): Promise<void> => {
  const found = await lstat(lock).catch(() => undefined);
  if (found === undefined || Date.now() - found.mtimeMs < ABANDONED_AFTER) return;
  // Of several who find it so, one can move it aside; it is removed only if it is what was found.
  const aside = `${lock}.${process.pid}`;
  try {
    await rename(lock, aside);
    if ((await lstat(aside)).ino === found.ino) await rmdir(aside);
    else await rename(aside, lock);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
};

/** Whether an error is Node's for an errno. */
export const isErrno = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;
