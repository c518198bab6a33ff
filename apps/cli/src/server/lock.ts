import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { link, lstat, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError } from '../errors.js';

/** Who holds a state directory, as its lock file says. */
interface Holder {
  readonly pid: number;
  /** When the process began, in the kernel's own count: tells a process from a later one that got its number. */
  readonly began: string;
  /** Where it serves. */
  readonly socket: string;
}

const LOCK = 'scst-local.lock';

/** How often a lock that another process is taking over at the same moment is looked at again. */
const ATTEMPTS = 10;

/** A state directory that this process alone uses. */
export interface StateLock {
  release(): Promise<void>;
}

/**
 * Takes a state directory, which is made if need be. Reservations and mode pages of two servers in one directory would overwrite each
 * other.
 *
 * The lock file is made whole under another name and then linked, which fails where there is one; one that a dead process has left is moved
 * aside, which succeeds for one process only.
 *
 * @throws CliError `LOCKED` that says who holds it.
 */
export const lockState = async (directory: string, socket: string): Promise<StateLock> => {
  await mkdir(directory, { recursive: true, mode: 0o755 });
  const path = join(directory, LOCK);
  const mine: Holder = { pid: process.pid, began: (await beginOf(process.pid)) ?? '', socket };
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
    const { holder } = found;
    if (holder !== undefined && (await isAlive(holder))) {
      throw new CliError('LOCKED', `the state directory ${directory} is in use by process ${holder.pid}, which serves on ${holder.socket}`, {
        hint: `Use that server (--connect ${holder.socket}), stop it, or give another --state.`,
        details: { pid: holder.pid, socket: holder.socket },
      });
    }
    await removeStale(path, found.inode, `${draft}.stale`);
  }
  throw new CliError('LOCKED', `the state directory ${directory} could not be locked: other servers are starting at the same time`);
};

/** Removes a lock file that a dead process has left, unless another process has put its own in the place meanwhile. */
const removeStale = async (path: string, inode: number, aside: string): Promise<void> => {
  try {
    await rename(path, aside);
    if ((await lstat(aside)).ino === inode) await rm(aside, { force: true });
    else await rename(aside, path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
};

/** A lock file and who it names, if it says so; undefined where there is no such file. */
const readLock = async (path: string): Promise<{ holder: Holder | undefined; inode: number } | undefined> => {
  try {
    const file = await open(path, 'r');
    try {
      const { ino } = await file.stat();
      const value: unknown = parseJson(await file.readFile('utf8'));
      return { holder: isHolder(value) ? value : undefined, inode: ino };
    } finally {
      await file.close();
    }
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

const isAlive = async ({ pid, began }: Holder): Promise<boolean> => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and another user's.
    if (!isErrno(error, 'EPERM')) return false;
  }
  const now = await beginOf(pid);
  return now === undefined || now === began;
};

/** When a process began, in clock ticks since the machine did (proc(5), stat, field 22); undefined where it cannot be known. */
const beginOf = async (pid: number): Promise<string | undefined> => {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in parentheses, which may hold anything.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
};

const isErrno = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;
