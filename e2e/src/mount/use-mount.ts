import { connect } from '@scst/remote';
import { type SysfsTree } from '@scst/sysfs';
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the other process is asked for: to use the mount at a directory, and to serve what it sees; without a directory, to leave it. */
export interface Request {
  readonly socket: string;
  readonly directory?: string | undefined;
}

/** A mounted tree as another process sees it. */
export interface MountUser {
  readonly tree: SysfsTree;
  /** A system call that makes or removes an entry: mkdir, rmdir, rename, symlink, unlink, create. */
  call(name: string, ...operands: string[]): Promise<void>;
  close(): Promise<void>;
}

/** Commands that may block at the same time in the other process, over all mounts; half of its threads. */
const THREADS = 64;

/** The other program, user.ts, as it is built beside this one. */
const BUILT = fileURLToPath(new URL(`mount-user${extname(import.meta.url)}`, import.meta.url));

let user: ChildProcess | undefined;

/**
 * Uses a mount of this process from another one, as programs do. A process that waits for its own mount in one thread and serves it
 * in another may wait for itself: when it starts a program, or is killed.
 *
 * @param socket Path of a socket to be made, one for each mount.
 * @param program The other program. Default: the one that was built beside this.
 */
export const useMount = async (directory: string, socket: string, program = BUILT): Promise<MountUser> => {
  const child = userProcess(program);
  await ask(child, { directory, socket });
  const connection = await connect(socket);
  return {
    tree: connection.tree,
    call: async (name, ...operands) => {
      await connection.request('POST', '/call', [name, ...operands]);
    },
    close: async () => {
      await connection.close();
      await ask(child, { socket });
    },
  };
};

/** The other process, one for all mounts. It keeps nobody alive. */
const userProcess = (program: string): ChildProcess => {
  if (user?.connected === true) return user;
  if (!existsSync(program)) throw new Error(`${program} is not there; npm run build makes it`);
  user = fork(program, { execArgv: [], env: { ...process.env, UV_THREADPOOL_SIZE: String(THREADS) } });
  user.setMaxListeners(0);
  user.unref();
  user.channel?.unref();
  return user;
};

/** Questions under way. While there are any, the other process keeps this one alive. */
let waiting = 0;

const ask = async (child: ChildProcess, request: Request): Promise<void> => {
  waiting += 1;
  child.channel?.ref();
  try {
    await answered(child, request);
  } finally {
    waiting -= 1;
    if (waiting === 0) child.channel?.unref();
  }
};

const answered = (child: ChildProcess, request: Request): Promise<void> =>
  new Promise((resolve, reject) => {
    const done = (error?: Error): void => {
      child.off('message', onMessage);
      child.off('exit', onExit);
      if (error === undefined) resolve();
      else reject(error);
    };
    const onMessage = (message: unknown): void => {
      const { socket, error } = message as { socket: string; error?: string };
      if (socket === request.socket) done(error === undefined ? undefined : new Error(error));
    };
    const onExit = (): void => { done(new Error('the process that uses mounts has ended')); };
    child.on('message', onMessage).on('exit', onExit);
    child.send(request);
  });
