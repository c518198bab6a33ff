import { topmostAt } from '@scst/sysfs';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMountTable } from '../mount/mount-table.js';
import { isSupported } from '../mount/support.js';

/** Why no tree can be mounted here, or undefined. Printed, so that a run without these tests says so. */
export const mountingProblem = async (): Promise<string | undefined> => {
  const support = await isSupported();
  if (support.supported) return undefined;
  process.stderr.write(`tests that mount are skipped: ${support.reason}. ${support.hint}\n`);
  return support.reason;
};

/** A fresh directory and what removes it, a mount left behind included. */
export const mountpoint = async (): Promise<{ directory: string; remove(): Promise<void> }> => {
  const parent = await realpath(await mkdtemp(join(tmpdir(), 'scst-fuse-')));
  const directory = join(parent, 'tree');
  await mkdir(directory);
  return {
    directory,
    remove: async () => {
      if (await isMounted(directory)) await run('umount', '-l', directory);
      await rm(parent, { recursive: true });
    },
  };
};

export const isMounted = async (directory: string): Promise<boolean> => topmostAt(await readMountTable(), directory)?.type === 'fuse.scst';

/** How a program ended. */
export interface Ended {
  readonly status: number | string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program. Tests touch a mount of their own process through programs, as any user of it does. */
export const run = (program: string, ...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(program, args, { encoding: 'latin1', env: { ...process.env, LC_ALL: 'C' }, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : (error.code ?? error.signal), stdout, stderr });
    });
    child.stdin?.end();
  });

/** Runs a shell script; its arguments are $1 and on. */
export const sh = (script: string, ...args: string[]): Promise<Ended> => run('sh', '-c', script, 'sh', ...args);

/** Runs a perl script with Fcntl and Errno; its arguments are @ARGV. */
export const perl = (script: string, ...args: string[]): Promise<Ended> => run('perl', '-MFcntl', '-MErrno', '-e', script, ...args);

/** A program that runs, by what it printed and how it ends. */
export class Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  #stdout = '';
  #stderr = '';

  constructor(program: string, ...args: string[]) {
    this.child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => { this.#stdout += text; });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => { this.#stderr += text; });
    this.ended = new Promise((resolve) => {
      this.child.on('close', (status, signal) => { resolve({ status: status ?? signal ?? undefined, stdout: this.#stdout, stderr: this.#stderr }); });
    });
  }

  /** Resolves when it has printed a line. Rejects when it ends before. */
  async printed(line: string): Promise<void> {
    while (!this.#stdout.split('\n').includes(line)) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) throw new Error(`it ended: ${this.#stdout} ${this.#stderr}`);
      await pause(5);
    }
  }

  say(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }
}

export const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** Waits until something holds. Rejects after five seconds. */
export const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (const end = Date.now() + 5000; !(await holds()); ) {
    if (Date.now() > end) throw new Error(`it did not come about: ${holds.toString()}`);
    await pause(5);
  }
};
