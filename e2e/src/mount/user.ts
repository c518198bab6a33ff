import { type RemoteServer, serve } from '@scst/remote';
import { errnoName, HostTree, SysfsError } from '@scst/sysfs';
import { constants, mkdir, open, rename, rmdir, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Request } from './use-mount.js';

/**
 * A program that uses mounts another process serves, and tells what it sees through a socket for each: the tree as node:fs has it,
 * and `POST /call` for the system calls that make and remove entries. It ends with the process that started it.
 */
process.on('message', (request: Request) => {
  answer(request).then(
    () => process.send?.({ socket: request.socket }),
    (error: unknown) => process.send?.({ socket: request.socket, error: String(error) }),
  );
});
process.on('disconnect', () => { process.exit(); });

const servers = new Map<string, RemoteServer>();

const answer = async ({ socket, directory }: Request): Promise<void> => {
  if (directory === undefined) {
    await servers.get(socket)?.close();
    servers.delete(socket);
    return;
  }
  const routes = { 'POST /call': ({ body }: { body: unknown }) => systemCall(directory, words(body)) };
  servers.set(socket, await serve({ tree: new HostTree({ root: directory }), routes }, { socket }));
};

const words = (body: unknown): string[] => {
  if (Array.isArray(body) && body.every((word) => typeof word === 'string')) return body;
  throw new TypeError('a system call is a list of words');
};

/** The system calls by name, on paths below a directory. */
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

const systemCall = async (root: string, [call = '', first = '', second = '']: readonly string[]): Promise<void> => {
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
