import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openInput, readAtMost } from './input-stream.js';

let directory = '';
const place = (name: string): string => join(directory, name);

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'scst-input-'));
  expect(spawnSync('mkfifo', [place('fifo')]).status).toBe(0);
  await writeFile(place('file'), 'abc');
});
afterAll(() => { rmSync(directory, { recursive: true }); });

describe('what a person names as input', () => {
  it('is a file', async () => {
    expect(await readAtMost(await openInput(place('file')), 3)).toEqual(Buffer.from('abc'));
    expect(await readAtMost(await openInput(place('file')), 2)).toBeUndefined();
    await expect(openInput(place('nothing')).then((stream) => readAtMost(stream, 1))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is a device that never ends', async () => {
    expect(await readAtMost(await openInput('/dev/zero'), 1_000_000)).toBeUndefined();
  });

  it('is a FIFO, which is waited for', async () => {
    const reading = openInput(place('fifo')).then((stream) => readAtMost(stream, 100));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await writeFile(place('fifo'), 'late');
    expect(await reading).toEqual(Buffer.from('late'));
  });

  it('is a FIFO that nobody writes, and is given up', async () => {
    const controller = new AbortController();
    const reading = openInput(place('fifo'), controller.signal).then((stream) => readAtMost(stream, 100));
    setTimeout(() => { controller.abort(); }, 50);
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  });
});
