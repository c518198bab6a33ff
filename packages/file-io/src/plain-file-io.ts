import { spawn } from 'node:child_process';
import { checkRange, type Extent, type FileIo, type LockOutcome, NEVER_CACHED } from './file-io.js';

/** Bytes from which starting a program costs less than writing zeros. */
const WORTH_A_PROGRAM = 4 * 1024 * 1024;

/** What flock(1) is to end with where somebody else has the lock. */
const TAKEN = 99;

/** Where a program finds the file that it is given. */
const HANDED_OVER = 3;

/** The programs of util-linux. */
export interface FilePrograms {
  /** Takes the arguments of fallocate(1). */
  readonly fallocate?: string;
  /** Takes the arguments of flock(1). */
  readonly flock?: string;
}

/** Without the native part: nothing is known of caches and holes; util-linux's programs punch large holes and lock files. */
export class PlainFileIo implements FileIo {
  readonly native = false;
  readonly #fallocate: string;
  readonly #flock: string;
  #canPunch = true;

  constructor({ fallocate = 'fallocate', flock = 'flock' }: FilePrograms = {}) {
    this.#fallocate = fallocate;
    this.#flock = flock;
  }

  readCached(descriptor: number, buffer: Uint8Array, position: number): number;
  readCached(): number {
    return NEVER_CACHED;
  }

  /** True only for 4 MiB and more, where the program is installed: for less, writing zeros costs less than starting it. */
  async punchHole(descriptor: number, position: number, length: number): Promise<boolean> {
    checkRange(position, length);
    if (length === 0) return true;
    if (!this.#canPunch || length < WORTH_A_PROGRAM) return false;
    const code = await run(this.#fallocate, ['--punch-hole', '--offset', String(position), '--length', String(length), `/proc/self/fd/${HANDED_OVER}`], descriptor);
    this.#canPunch = code !== undefined;
    return code === 0;
  }

  async zeroRange(_descriptor: number, position: number, length: number): Promise<boolean> {
    return await onlyNothing(position, length);
  }

  async discard(_descriptor: number, position: number, length: number): Promise<boolean> {
    return await onlyNothing(position, length);
  }

  async zeroOut(_descriptor: number, position: number, length: number): Promise<boolean> {
    return await onlyNothing(position, length);
  }

  async extents(_descriptor: number, position: number, length: number): Promise<Extent[] | undefined> {
    await onlyNothing(position, length);
    return undefined;
  }

  /** The program locks the open file that it shares with this process, which keeps the lock when the program has ended. */
  async lock(descriptor: number): Promise<LockOutcome> {
    const code = await run(this.#flock, ['--exclusive', '--nonblock', '--conflict-exit-code', String(TAKEN), String(HANDED_OVER)], descriptor);
    return code === 0 ? 'locked' : code === TAKEN ? 'taken' : 'impossible';
  }
}

/** Runs a program that has the file as {@link HANDED_OVER}, and tells what it ended with. Undefined: there is no such program. */
async function run(program: string, args: string[], descriptor: number): Promise<number | null | undefined> {
  return await new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore', descriptor] });
    child.once('error', () => {
      resolve(undefined);
    });
    child.once('exit', resolve);
  });
}

async function onlyNothing(position: number, length: number): Promise<boolean> {
  checkRange(position, length);
  return await Promise.resolve(length === 0);
}
