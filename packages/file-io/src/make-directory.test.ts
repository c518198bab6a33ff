import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDirectory } from './make-directory.js';

let root = '';
beforeAll(() => { root = mkdtempSync(join(tmpdir(), 'scst-directory-')); });
afterAll(() => { rmSync(root, { recursive: true }); });

describe('makeDirectory', () => {
  it('makes those above it, is content with what is there, and may be called by many', async () => {
    const path = join(root, 'a/b/c');
    await Promise.all([1, 2, 3, 4].map(() => makeDirectory(path, 0o700)));
    await makeDirectory(path, 0o700);
    await makeDirectory('/', 0o700);
    expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o700);
  });

  it('ends where none can be made', async () => {
    await expect(makeDirectory('/proc/no-such/directory', 0o700)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('says that a file is in the way', async () => {
    writeFileSync(join(root, 'file'), '');
    await expect(makeDirectory(join(root, 'file'), 0o700)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeDirectory(join(root, 'file/below'), 0o700)).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});
