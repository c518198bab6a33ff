import { makeDirectory } from '@scst/file-io';
import type { Stats } from 'node:fs';
import { chmod, link, lstat, rm, stat } from 'node:fs/promises';
import type { Server } from 'node:http';
import { basename, dirname, join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { isMainThread } from 'node:worker_threads';
import { askServer, type Listener } from '../client/ask.js';
import { isErrno, withLock } from './lock.js';
import { RemoteError } from '../protocol/remote-error.js';

/** Bytes of a socket's path, as sockaddr_un takes them (unix(7): 108 with the NUL). */
const LONGEST_PATH = 107;

/** A server's socket in the file system. */
export interface BoundSocket {
  /** Removes the socket's name, unless it has become somebody else's. */
  release(): Promise<void>;
}

/**
 * Makes a server listen on a unix socket that only its user can connect to (mode 0600).
 *
 * The socket is bound under a name of its own and then linked to the one wanted, which fails where a file of that name is. So two
 * servers that start at once cannot both win, the socket is never reachable with another mode, and closing the server, where libuv
 * removes the name that was bound, cannot remove a name that has become another server's.
 *
 * @throws RemoteError `ERR_SERVER_ALIVE` when a server answers there; `ERR_SOCKET_PATH` for a path that is too long, in a directory
 *   others can change, or of something that is no socket of ours.
 */
export const bindSocket = async (server: Server, path: string): Promise<BoundSocket> => {
  const directory = dirname(path);
  const temporary = join(directory, `.${randomBytes(4).toString('hex')}`);
  const longest = Math.max(Buffer.byteLength(path), Buffer.byteLength(temporary));
  if (longest > LONGEST_PATH) {
    throw new RemoteError('ERR_SOCKET_PATH', `the socket’s path ${path} is too long: a unix socket’s path has at most ${LONGEST_PATH} bytes, and this needs ${longest}`, {
      hint: 'Use a directory with a shorter path, such as /run/scst.',
    });
  }
  await checkDirectory(directory);
  await listen(server, temporary).catch((cause: unknown) => {
    const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new RemoteError('ERR_SOCKET_PATH', `no socket can be made in ${directory}${code}`, { cause, hint: 'Use a directory in which you may write.' });
  });
  try {
    await chmod(temporary, 0o600);
    await takeName(temporary, path);
    const mine = await lstat(path);
    return { release: () => release(path, mine) };
  } catch (error) {
    await new Promise((resolve) => server.close(resolve));
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
};

const checkDirectory = async (directory: string): Promise<void> => {
  await makeDirectory(directory, 0o700).catch((cause: unknown) => {
    throw new RemoteError('ERR_SOCKET_PATH', `the directory ${directory} cannot be made`, { cause });
  });
  const { mode, uid } = await stat(directory);
  const othersWrite = (mode & 0o022) !== 0 && (mode & 0o1000) === 0;
  if (othersWrite || (uid !== 0 && uid !== process.getuid?.())) {
    throw new RemoteError('ERR_SOCKET_PATH', `the directory ${directory} can be changed by other users, who could put a socket of theirs in place`, {
      hint: 'Use a directory of your own with mode 0755 or stricter.',
    });
  }
};

/** Binds; where the process allows it, with a umask that leaves no moment with a wider mode. */
const listen = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    // The umask is the whole process's, and bind(2) happens within listen(); workers cannot change it and have the chmod alone.
    const before = isMainThread ? process.umask(0o177) : undefined;
    try {
      server.listen({ path }, () => {
        server.off('error', reject);
        resolve();
      });
    } finally {
      if (before !== undefined) process.umask(before);
    }
  });

/** Gives the bound socket its name, removing what a server that is no more has left there. */
const takeName = async (temporary: string, path: string): Promise<void> => {
  for (;;) {
    try {
      await link(temporary, path);
      return;
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error;
    }
    await withLock(join(dirname(path), `.${basename(path)}.lock`), () => removeStale(path));
  }
};

/**
 * Removes a socket nobody listens on any more. Under the lock no other starting server can remove it, and none can take the name as
 * long as it is there, so what is removed is what was found.
 */
const removeStale = async (path: string): Promise<void> => {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw new RemoteError('ERR_SOCKET_PATH', `${path} is there and is no socket; it is left alone`, { hint: 'Choose another path, or remove it.' });
  }
  const listener = await askServer(path);
  if (listener.state !== 'nobody') throw alive(path, listener);
  await rm(path, { force: true });
};

const alive = (path: string, listener: Listener): RemoteError => {
  if (listener.state === 'scst') {
    const { pid, description } = listener.info;
    return new RemoteError('ERR_SERVER_ALIVE', `a server is alive on ${path}: process ${pid}, ${description}`, { pid, hint: `Stop process ${pid} first, or use another socket.` });
  }
  const what = listener.state === 'forbidden' ? 'belongs to a server of another user' : 'has a server that speaks something else';
  return new RemoteError('ERR_SERVER_ALIVE', `${path} ${what}`, { hint: 'Use another socket.' });
};

const release = async (path: string, mine: Stats): Promise<void> => {
  const now = await lstat(path).catch(() => undefined);
  if (now?.ino === mine.ino && now.dev === mine.dev) await rm(path, { force: true });
};
