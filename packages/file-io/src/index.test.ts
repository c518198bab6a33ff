import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import type * as Package from './index.js';
import { fileIo, whyNotNative } from './index.js';
import { nativePart } from './native.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const binary = join(root, 'prebuilds', `${process.platform}-${process.arch}.node`);

describe('fileIo', () => {
  it('is one for all, native where it can be', () => {
    expect(fileIo()).toBe(fileIo());
    expect(fileIo().native).toBe(nativePart().functions !== null);
    expect(whyNotNative() === undefined).toBe(fileIo().native);
  });

  it('works with no native part, and says why there is none', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'scst-file-io-'));
    try {
      await cp(join(root, 'src'), join(directory, 'src'), { recursive: true, filter: (name) => !name.endsWith('.test.ts') });
      const copy = (await import(join(directory, 'src', 'index.ts'))) as typeof Package;
      expect(copy.fileIo().native).toBe(false);
      expect(copy.whyNotNative()).toContain('has no native part for');
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});

describe.skipIf(!fileIo().native)('the native part', () => {
  const lines = (directory: string): string => `
    const { openSync } = require('node:fs');
    const native = require(${JSON.stringify(binary)});
    const fd = openSync(${JSON.stringify(directory)}, 'r');
    for (let index = 0; index < 64; index++) native.extents(fd, 0, 4096, 16);`;

  it('lets a worker end with operations under way', async () => {
    for (let round = 0; round < 5; round++) {
      const worker = new Worker(`${lines(binary)}; process.exit(0);`, { eval: true });
      expect((await once(worker, 'exit'))[0]).toBe(0);
    }
  });

  it('lets the process end with operations under way', async () => {
    const child = spawn(process.execPath, ['-e', `${lines(binary)}; process.exit(7);`], { stdio: 'inherit' });
    expect((await once(child, 'exit'))[0]).toBe(7);
  });

  it('is small', async () => {
    expect((await readFile(binary)).length).toBeLessThan(100_000);
  });
});
