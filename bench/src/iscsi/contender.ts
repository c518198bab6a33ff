import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:net';

/** An iSCSI target with one LUN over the measured file. */
export interface Contender extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  readonly targetName: string;
  readonly pid: number;
}

/** A program that is running. */
export class Program implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #output = '';

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (text: Buffer) => {
        this.#output = (this.#output + text.toString()).slice(-4000);
      });
    }
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', () => { resolve(); });
      this.#child.once('error', () => { resolve(); });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The end of what it has said. */
  get output(): string {
    return this.#output;
  }

  /** Waits until something listens on a port of 127.0.0.1. */
  async listens(port: number): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt++) {
      if (this.#child.exitCode !== null) break;
      if (await answers(port)) return;
      await sleep(50);
    }
    await this[Symbol.asyncDispose]();
    throw new Error(`nothing listens on port ${port}: ${this.output}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5000);
    await this.#ended;
    clearTimeout(timer);
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
