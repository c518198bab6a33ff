import { execFile, execFileSync } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type Fill } from './command-steps.js';
import { Sandbox } from './sandbox.js';

const run = promisify(execFile);

/** What stands behind block devices of recordings. */
const IMAGES = '/disk/block-devices';

/** The files of a recording, under the very names that it has for them, and its loop devices. Nothing else of the machine is written to. */
export class KernelFiles {
  /** Where recordings keep their files. */
  static readonly FOLDERS = ['/tmp/st', '/disk'] as const;
  readonly #root = new Sandbox('/');
  readonly #loops: string[] = [];

  /** The file that holds the bytes of a recorded path. */
  place(path: string): string {
    if (path.startsWith('/dev/')) return `${IMAGES}/${path.slice('/dev/'.length)}`;
    if (!KernelFiles.FOLDERS.some((folder) => path.startsWith(`${folder}/`))) throw new Error(`${path} is not below ${KernelFiles.FOLDERS.join(' or ')}`);
    return path;
  }

  async size(path: string, bytes: number): Promise<void> {
    await this.#root.size(this.place(path), bytes);
  }

  async fill(path: string, bytes: number, fill: Fill): Promise<void> {
    await this.#root.fill(this.place(path), bytes, fill);
  }

  async overwrite(path: string, offset: number, data: Uint8Array): Promise<void> {
    await this.#root.overwrite(this.place(path), offset, data);
  }

  async directory(path: string): Promise<void> {
    await mkdir(path, { recursive: true });
  }

  async remove(path: string): Promise<void> {
    await rm(this.place(path));
  }

  /** Makes a loop device of a file. */
  attachLoop(device: string, file: string, logicalBlockSize?: number): void {
    execFileSync('losetup', [...(logicalBlockSize === undefined ? [] : ['--sector-size', String(logicalBlockSize)]), device, file]);
    this.#loops.push(device);
  }

  /** Takes the loop devices away; SCST has to have let go of them. */
  async detach(): Promise<void> {
    for (const device of this.#loops.splice(0).reverse()) await run('losetup', ['-d', device]);
  }
}
