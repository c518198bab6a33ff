import { execFile } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A file of so many bytes 0xa5 in a directory of its own, which goes with it. */
export class TestFile implements AsyncDisposable {
  readonly path: string;
  readonly handle: fs.FileHandle;
  readonly #directory: string;

  private constructor(directory: string, handle: fs.FileHandle) {
    this.#directory = directory;
    this.path = join(directory, 'file');
    this.handle = handle;
  }

  static async make(size: number, parent = tmpdir()): Promise<TestFile> {
    const directory = await fs.mkdtemp(join(parent, 'scst-file-io-'));
    const path = join(directory, 'file');
    await fs.writeFile(path, new Uint8Array(size).fill(0xa5));
    return new TestFile(directory, await fs.open(path, 'r+'));
  }

  get fd(): number {
    return this.handle.fd;
  }

  /** Bytes that are on the disk. */
  async allocated(): Promise<number> {
    await this.handle.sync();
    return (await this.handle.stat()).blocks * 512;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.handle.close();
    await fs.rm(this.#directory, { recursive: true, force: true });
  }
}

/** A loop device on a file; a text says why there can be none here. */
export async function loopDevice(path: string): Promise<string | { readonly device: string; readonly detach: () => Promise<void> }> {
  if (process.getuid?.() !== 0) return 'loop devices need root';
  try {
    const device = (await run('losetup', ['--find', '--show', path])).stdout.trim();
    return {
      device,
      detach: async () => {
        await run('losetup', ['--detach', device]);
      },
    };
  } catch (error) {
    return `there is no loop device: ${error instanceof Error ? error.message : String(error)}`;
  }
}
