import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { findServer } from '@scst/remote';

/** How a server is started. */
export interface ServerOptions {
  /** Path of the program, for Node. */
  readonly program: string;
  readonly socket: string;
  readonly stateDirectory: string;
  /** A file of scst.conf's format. */
  readonly config?: string | undefined;
  /** Words before Node's: a program that runs another one, such as strace. */
  readonly under?: readonly string[] | undefined;
  /** Words for Node. */
  readonly node?: readonly string[] | undefined;
  /** More words for `serve`. */
  readonly flags?: readonly string[] | undefined;
  /** Milliseconds it may take to come up. */
  readonly patience?: number | undefined;
}

/** `scst-local serve` in a process of its own. */
export class ServerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  /** Process of the server itself, which need not be the child. */
  readonly pid: number;
  readonly #said: () => string;

  private constructor(child: ChildProcess, { ended, pid, said }: { ended: Promise<unknown>; pid: number; said: () => string }) {
    this.#child = child;
    this.#ended = ended;
    this.pid = pid;
    this.#said = said;
  }

  /** What it has said on standard error so far. */
  get stderr(): string {
    return this.#said();
  }

  /** Starts a server and waits until it answers. Throws with what it said when it ends before that. */
  static async start(options: ServerOptions): Promise<ServerProcess> {
    const child = spawnServer(options);
    let said = '';
    child.stderr?.on('data', (piece: Buffer) => (said += piece.toString()));
    const ended = once(child, 'exit');
    const deadline = Date.now() + (options.patience ?? 15_000);
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the server ended with ${child.exitCode ?? child.signalCode}: ${said}`);
      const server = await findServer(options.socket).catch(() => undefined);
      if (server !== undefined) return new ServerProcess(child, { ended, pid: server.pid, said: () => said });
      if (Date.now() > deadline) {
        child.kill('SIGKILL');
        throw new Error(`the server did not come up: ${said}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** kill -9: nothing is written back, nothing is said, nothing is cleared away. */
  async kill(): Promise<void> {
    if (this.isRunning) process.kill(this.pid, 'SIGKILL');
    await this.#ended;
  }

  /** SIGTERM, as a service manager stops it, or another signal. Resolves with the status it ended with. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.isRunning) process.kill(this.pid, signal);
    await this.#ended;
    return this.#child.exitCode;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Bytes of memory the process has resident. */
  async residentBytes(): Promise<number> {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8');
    const kilobytes = /^VmRSS:\s*(\d+) kB$/mu.exec(status)?.[1];
    if (kilobytes === undefined) throw new Error(`process ${this.pid} has no resident memory: ${status}`);
    return Number(kilobytes) * 1024;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

/** What a server said that did not come to serve. */
export interface FailedStart {
  readonly exit: number | null;
  readonly stderr: string;
}

/** Starts a server that is to refuse; one that runs for a time is killed, and its exit is null. */
export const startAndFail = async (options: ServerOptions): Promise<FailedStart> => {
  const child = spawnServer(options);
  let stderr = '';
  child.stderr?.on('data', (piece: Buffer) => (stderr += piece.toString()));
  const tooLong = setTimeout(() => child.kill('SIGKILL'), options.patience ?? 10_000);
  await once(child, 'close');
  clearTimeout(tooLong);
  return { exit: child.exitCode, stderr };
};

const spawnServer = ({ program, socket, stateDirectory, config, under = [], node = [], flags = [] }: ServerOptions): ChildProcess => {
  const words = [...under, process.execPath, ...node, program, 'serve', '--socket', socket, '--state', stateDirectory, ...(config === undefined ? [] : ['--config', config]), ...flags];
  const [command = process.execPath, ...rest] = words;
  // libuv may hand file operations to io_uring, where no tracer sees them.
  return spawn(command, rest, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, UV_USE_IO_URING: '0' } });
};
