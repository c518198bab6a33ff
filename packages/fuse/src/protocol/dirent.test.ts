import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dirents, direntSize } from './dirent.js';

const entry = fc.record({ ino: fc.maxSafeNat(), type: fc.constantFrom(4, 8, 10), name: fc.uint8Array({ minLength: 1, maxLength: 300 }) });

describe('listings', () => {
  it('come whole when read in pieces of any size, each going on where the last ended', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 40 }), fc.integer({ min: 328, max: 2000 }), (given, room) => {
        const seen: unknown[] = [];
        for (let at = 0; ; ) {
          const piece = dirents.encode(given, at, room);
          expect(piece.length).toBeLessThanOrEqual(room);
          const decoded = dirents.decode(piece);
          const last = decoded.at(-1);
          if (last === undefined) break;
          seen.push(...decoded.map(({ ino, type, name }) => ({ ino, type, name })));
          at = last.off;
        }
        expect(seen).toEqual(given);
      }),
    );
  });

  it('have entries of whole multiples of 8 bytes', () => {
    fc.assert(fc.property(entry, (given) => { expect(direntSize(given) % 8).toBe(0); }));
    expect(direntSize({ ino: 1, type: 8, name: new Uint8Array(8) })).toBe(32);
    expect(direntSize({ ino: 1, type: 8, name: new Uint8Array(9) })).toBe(40);
  });

  it('are empty past their end, and where nothing has room', () => {
    const one = { ino: 1, type: 8, name: new Uint8Array(10) };
    expect(dirents.encode([one], 1, 4096)).toHaveLength(0);
    expect(dirents.encode([one], 99, 4096)).toHaveLength(0);
    expect(dirents.encode([one], 0, 39)).toHaveLength(0);
  });
});
