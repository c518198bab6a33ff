import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { load } from './binding.js';
import { SgError } from './sg-error.js';

const failure = (work: () => unknown): SgError => {
  try {
    work();
  } catch (error) {
    if (error instanceof SgError) return error;
    throw error;
  }
  throw new Error('it did not fail');
};

describe('a native part that cannot be had', () => {
  it('is an error that names platform, file and remedy', () => {
    const error = failure(() => load('/nowhere/linux-x64.node'));
    expect(error.code).toBe('NO_NATIVE_PART');
    expect(error.message).toBe(`@scst/sg-io has no native part for ${process.platform} ${process.arch}: there is no /nowhere/linux-x64.node`);
    expect(error.hint).toMatch(process.platform === 'linux' ? /npm run build/ : /Linux/);
  });

  it('says so of a file that is no library', () => {
    const directory = mkdtempSync(join(tmpdir(), 'scst-binding-'));
    try {
      const file = join(directory, 'broken.node');
      writeFileSync(file, 'this is no library');
      const error = failure(() => load(file));
      expect([error.code, error.path]).toEqual(['NO_NATIVE_PART', file]);
      expect(error.cause).toBeInstanceOf(Error);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
