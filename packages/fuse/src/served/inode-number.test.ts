import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inodeNumber, ROOT_INODE } from './inode-number.js';

describe('inodeNumber', () => {
  it('is the same for the same path, a safe integer, and never that of the root or none', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (path) => {
        const number = inodeNumber(path);
        expect(number).toBe(inodeNumber(path));
        expect(Number.isSafeInteger(number)).toBe(true);
        expect(number).toBeGreaterThan(ROOT_INODE);
      }),
    );
    expect(inodeNumber('')).toBe(ROOT_INODE);
  });

  it('tells 200,000 paths of the usual forms apart', () => {
    const paths = Array.from({ length: 50_000 }, (_, index) => [
      `devices/disk${index}`,
      `devices/disk${index}/size`,
      `targets/scst_local/t${index}`,
      `targets/scst_local/t/luns/${index}`,
    ]).flat();
    expect(new Set(paths.map(inodeNumber)).size).toBe(paths.length);
  });
});
