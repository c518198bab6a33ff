import { sweepStateFiles } from '@scst/core';
import { makeDirectory } from '@scst/file-io';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { link, lstat, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalError } from './errors.js';
import { isAlive, type ProcessIdentity, thisProcess } from './process-life.js';

/** Who holds a state directory, as its lock file says. */
interface Holder extends ProcessIdentity {
  /** Where it serves. */
  readonly socket: string;
}

const LOCK = 'scst-local.lock';

/** How often, and after how many milliseconds, a lock that another process is taking over is looked at again. */
const ATTEMPTS = 500;
const PAUSE = 20;

/** Milliseconds after which a claim, which is held for a moment only, is nobody's. */
const ABANDONED_AFTER = 5000;

/** A state directory that this process alone uses. */
export interface StateLock {
  release(): Promise<void>;
}

/**
 * Takes a state directory, which is made if need be. Reservations and mode pages of two servers in one directory would overwrite each
 * other.
 *
 * The lock file is made whole under another name and then linked, which fails where there is one. One that a dead process has left is
 * replaced by one process only. What else a killed process has left half written is removed.
 *
 * @throws StateLockedError that says who holds it.
 */
export const lockState = async (directory: string, socket: string): Promise<StateLock> => {
  await makeDirectory(directory, 0o755);
  const path = join(directory, LOCK);
  const mine: Holder = { ...(await thisProcess()), socket };
  const draft = join(directory, `.${LOCK}.${randomBytes(6).toString('hex')}`);
  await writeFile(draft, `${JSON.stringify(mine)}\n`, { mode: 0o644, flag: 'wx' });
  try {
    await take(path, draft, directory);
  } finally {
    await rm(draft, { force: true });
  }
  // A process that is ended by a second signal does not come to its release().
  const atExit = (): void => {
    rmSync(path, { force: true });
  };
  process.on('exit', atExit);
  await sweepStateFiles(directory);
  return {
    release: async () => {
      process.off('exit', atExit);
      await rm(path, { force: true });
    },
  };
};

const take = async (path: string, draft: string, directory: string): Promise<void> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      await link(draft, path);
      return;
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error;
    }
    const found = await readLock(path);
    if (found === undefined) continue;
    if (found.holder !== undefined && (await isAlive(found.holder))) throw locked(directory, found.holder);
    if (await takeOver(path, draft)) return;
    await sleep(PAUSE);
  }
  throw new StateLockedError(`the state directory ${directory} could not be locked: other servers are starting at the same time`);
};

/** A state directory that another server uses. */
export class StateLockedError extends LocalError {
  /** The server that uses it, where it could be told. */
  readonly holder: { readonly pid: number; readonly socket: string } | undefined;

  constructor(message: string, options: { hint?: string; holder?: { readonly pid: number; readonly socket: string } } = {}) {
    super('LOCKED', message, options);
    this.name = 'StateLockedError';
    this.holder = options.holder;
  }
}

const locked = (directory: string, { pid, socket }: Holder): StateLockedError =>
  new StateLockedError(`the state directory ${directory} is in use by process ${pid}, which serves on ${socket}`, {
    hint: `Use that server (--connect ${socket}), stop it, or give another --state.`,
    holder: { pid, socket },
  });

/**
 * Puts a lock file in the place of one that a dead process has left. Of several who want that, the one whose link to the old file gets the
 * name `….claim` may do it, and looks once more whose file it is. False: it is somebody else's turn, or there is nothing to take over any more.
 */
const takeOver = async (path: string, draft: string): Promise<boolean> => {
  const claim = `${path}.claim`;
  try {
    await link(path, claim);
  } catch (error) {
    if (isErrno(error, 'EEXIST')) await removeAbandoned(claim);
    else if (!isErrno(error, 'ENOENT')) throw error;
    return false;
  }
  try {
    const found = await readLock(claim);
    if (found?.holder !== undefined && (await isAlive(found.holder))) return false;
    await rename(draft, path);
    return true;
  } finally {
    await rm(claim, { force: true });
  }
};

/** Removes a claim whose process died within the moment that it held it. */
const removeAbandoned = async (claim: string): Promise<void> => {
  const found = await lstat(claim).catch(() => undefined);
  if (found !== undefined && Date.now() - found.ctimeMs > ABANDONED_AFTER) await rm(claim, { force: true });
};

/** A lock file and who it names, if it says so; undefined where there is no such file. */
const readLock = async (path: string): Promise<{ holder: Holder | undefined } | undefined> => {
  try {
    const value = parseJson(await readFile(path, 'utf8'));
    return { holder: isHolder(value) ? value : undefined };
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const isHolder = (value: unknown): value is Holder =>
  typeof value === 'object' && value !== null && 'pid' in value && typeof value.pid === 'number' && 'began' in value && typeof value.began === 'string' && 'socket' in value && typeof value.socket === 'string';

const isErrno = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;
