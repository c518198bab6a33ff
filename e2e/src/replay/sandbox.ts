import { type FileHandle, mkdir, mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Fill } from './command-steps.js';

const CHUNK = 1 << 20;

/**
 * The files of a recording's machine, below a temporary directory: `/tmp/st/disk1.img` of the recording is
 * `SANDBOX/tmp/st/disk1.img` here.
 */
export class Sandbox implements AsyncDisposable {
  constructor(readonly root: string) {}

  static async create(): Promise<Sandbox> {
    const sandbox = new Sandbox(await mkdtemp(join(tmpdir(), 'scst-replay-')));
    for (const directory of ['/tmp/st', '/var/lib/scst/pr', '/var/lib/scst/vdev_mode_pages', '/var/lib/scst/dif_tags', '/dev']) {
      await mkdir(sandbox.path(directory), { recursive: true });
    }
    return sandbox;
  }

  /** Where a path of the recording is on this machine. */
  path(recorded: string): string {
    return join(this.root, recorded);
  }

  /** Makes a file of a size, or gives an existing one that size. */
  async size(recorded: string, size: number): Promise<void> {
    const path = this.path(recorded);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, '', { flag: 'a' });
    await truncate(path, size);
  }

  /** Makes a file with content. */
  async fill(recorded: string, size: number, fill: Fill): Promise<void> {
    await this.size(recorded, 0);
    await this.size(recorded, size);
    const byteAt = filler(fill);
    if (byteAt === undefined) return;
    await using file = await open(this.path(recorded), 'r+');
    await writeAll(file, size, byteAt);
  }

  /** Overwrites part of a file behind everybody's back. */
  async overwrite(recorded: string, offset: number, data: Uint8Array): Promise<void> {
    await using file = await open(this.path(recorded), 'r+');
    await file.write(data, 0, data.length, offset);
  }

  async directory(recorded: string): Promise<void> {
    await mkdir(this.path(recorded), { recursive: true });
  }

  async remove(recorded: string): Promise<void> {
    await rm(this.path(recorded));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

/** The byte at an offset, or undefined where the file stays sparse zeros. */
const filler = (fill: Fill): ((offset: number) => number) | undefined => {
  if (fill === 'zero') return undefined;
  if (fill === 'lba') return (offset) => (offset + Math.floor(offset / 512)) & 0xff;
  const byte = Number.parseInt(fill.slice('byte:'.length), 16);
  return () => byte;
};

const writeAll = async (file: FileHandle, size: number, byteAt: (offset: number) => number): Promise<void> => {
  for (let start = 0; start < size; start += CHUNK) {
    const chunk = new Uint8Array(Math.min(CHUNK, size - start));
    for (let index = 0; index < chunk.length; index++) chunk[index] = byteAt(start + index);
    await file.write(chunk, 0, chunk.length, start);
  }
};
