import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IoCounters, sumCounters } from './counters.js';

describe('counters of a session', () => {
  it('count whole KiB, keeping what is left over', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 2 ** 31 })), (transfers) => {
        const counters = new IoCounters();
        for (const bytes of transfers) counters.count('read', bytes, bytes % 4096 === 0);
        const total = transfers.reduce((sum, bytes) => sum + bytes, 0);
        expect(counters.read).toEqual({
          commands: transfers.length,
          kib: Math.floor(total / 1024),
          rest: total % 1024,
          unaligned: transfers.filter((bytes) => bytes % 4096 !== 0).length,
        });
      }),
    );
  });

  it('are zeroed by direction', () => {
    const counters = new IoCounters();
    counters.count('read', 512, false);
    counters.count('write', 4096, true);
    counters.reset('read');
    expect(counters.read).toEqual({ commands: 0, kib: 0, rest: 0, unaligned: 0 });
    expect(counters.write.commands).toBe(1);
  });

  it('are summed with the bytes beyond their KiB', () => {
    const [left, right] = [new IoCounters(), new IoCounters()];
    left.count('bidi', 1000, true);
    right.count('bidi', 1048, false);
    expect(sumCounters([left, right], 'bidi')).toEqual({ commands: 2, kib: 2, rest: 0, unaligned: 1 });
  });
});
