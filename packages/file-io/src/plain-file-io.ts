import { spawn } from 'node:child_process';
import { checkRange, type Extent, type FileIo, NEVER_CACHED } from './file-io.js';

/** Bytes from which starting a program costs less than writing zeros. */
const WORTH_A_PROGRAM = 4 * 1024 * 1024;

/** Without the native part: nothing is known of caches and holes, and large holes are punched by util-linux's `fallocate`. */
export class PlainFileIo implements FileIo {
  readonly native = false;
  readonly #program: string;
  #programIsThere = true;

  /** `program` takes the arguments of fallocate(1). */
  constructor(program = 'fallocate') {
    this.#program = program;
  }

  readCached(descriptor: number, buffer: Uint8Array, position: number): number;
  readCached(): number {
    return NEVER_CACHED;
  }

  /** True only for 4 MiB and more, where the program is installed: for less, writing zeros costs less than starting it. */
  async punchHole(descriptor: number, position: number, length: number): Promise<boolean> {
    checkRange(position, length);
    if (length === 0) return true;
    if (!this.#programIsThere || length < WORTH_A_PROGRAM) return false;
    return await new Promise<boolean>((resolve) => {
      const child = spawn(this.#program, ['--punch-hole', '--offset', String(position), '--length', String(length), '/proc/self/fd/3'], {
        stdio: ['ignore', 'ignore', 'ignore', descriptor],
      });
      child.once('error', () => {
        this.#programIsThere = false;
        resolve(false);
      });
      child.once('exit', (code) => {
        resolve(code === 0);
      });
    });
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
}

async function onlyNothing(position: number, length: number): Promise<boolean> {
  checkRange(position, length);
  return await Promise.resolve(length === 0);
}
