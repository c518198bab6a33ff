import { type RemoteServer, serve } from '@scst/remote';
import { HostTree } from '@scst/sysfs';
import { systemCall } from '../replay/system-call.js';
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
