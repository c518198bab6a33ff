import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import type { IscsiStatus } from '@scst/iscsi-driver';

export interface ServerProcessOptions {
  /** Where the built program is. */
  readonly program: string;
  /** Where its configuration, state and socket are; the caller's to remove. */
  readonly directory: string;
  /** Text of scst.conf. */
  readonly config: string;
  readonly profile: 'scst' | 't10';
  /** `ADDRESS:PORT`. */
  readonly portals: readonly string[];
}

/** `scst-iscsi-target` in a process of its own. */
export class ServerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #socket: string;
  #log = '';

  private constructor(child: ChildProcess, socket: string) {
    this.#child = child;
    this.#socket = socket;
    child.stderr?.on('data', (text: Buffer) => {
      this.#log = (this.#log + text.toString()).slice(-20_000);
    });
  }

  /** Starts it, and waits until it listens. */
  static async start({ program, directory, config, profile, portals }: ServerProcessOptions): Promise<ServerProcess> {
    const [file, socket] = [join(directory, 'scst.conf'), join(directory, 'control')];
    await writeFile(file, config);
    const args = [program, '--json', 'serve', '--config', file, '--profile', profile, '--state', join(directory, 'state'), '--socket', socket, '--grace', '0', '--log-level', 'warn'];
    const child = spawn(process.execPath, [...args, ...portals.flatMap((portal) => ['--listen', portal])], { stdio: ['ignore', 'pipe', 'pipe'] });
    const server = new ServerProcess(child, socket);
    const listening = await Promise.race([once(child.stdout, 'data').then(() => true), once(child, 'exit').then(() => false)]);
    if (listening) return server;
    throw new Error(`scst-iscsi-target did not start: ${server.#log}`);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Whether it has ended by itself. */
  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get log(): string {
    return this.#log;
  }

  async status(): Promise<IscsiStatus> {
    return await new Promise((resolve, reject) => {
      request({ socketPath: this.#socket, path: '/iscsi', agent: false, headers: { host: 'scst' } }, (response) => {
        json(response).then((status) => { resolve(status as IscsiStatus); }, reject);
      }).on('error', reject).end();
    });
  }

  /** Ends it with no chance to say or write anything. */
  async kill(): Promise<void> {
    if (this.hasEnded) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.hasEnded) return;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    await once(this.#child, 'exit');
    clearTimeout(timer);
  }
}
