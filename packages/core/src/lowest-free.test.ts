import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LowestFree } from './lowest-free.js';

describe('numbers handed out', () => {
  it('are the lowest not in use', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat({ max: 20 }))), (steps) => {
        const numbers = new LowestFree();
        const used = new Set<number>();
        for (const given of steps) {
          if (given === null) {
            let lowest = 0;
            while (used.has(lowest)) lowest += 1;
            expect(numbers.take()).toBe(lowest);
            used.add(lowest);
          } else {
            numbers.give(given);
            used.delete(given);
          }
        }
      }),
    );
  });
});
