import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FreedRanges } from './freed-ranges.js';

const SIZE = 40;
const steps = fc.array(fc.record({ frees: fc.boolean(), start: fc.nat({ max: SIZE }), length: fc.nat({ max: 12 }) }), { maxLength: 30 });

describe('FreedRanges', () => {
  it('knows of every byte whether it was freed or written last', () => {
    fc.assert(
      fc.property(steps, fc.nat({ max: SIZE }), fc.nat({ max: SIZE }), (history, position, wanted) => {
        const ranges = new FreedRanges();
        const model = new Array<boolean>(SIZE).fill(true);
        for (const { frees, start, length } of history) {
          const end = Math.min(start + length, SIZE);
          if (frees) ranges.add(start, end);
          else ranges.take(start, end);
          model.fill(!frees, start, end);
        }
        const length = Math.min(wanted, SIZE - position);
        const extents = ranges.extents(position, length);
        const seen = extents.flatMap((extent) => new Array<boolean>(extent.length).fill(extent.allocated));
        expect(seen).toEqual(model.slice(position, position + length));
        extents.forEach((extent, index) => {
          expect(extent.allocated).not.toBe(extents[index + 1]?.allocated);
        });
      }),
    );
  });
});
