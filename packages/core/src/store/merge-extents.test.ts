import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoreExtent } from './block-store.js';
import { mergeExtents } from './merge-extents.js';

const START = 7;
const view = fc.array(fc.boolean(), { maxLength: 40 });

/** Bytes as extents, cut wherever the state changes and at every fifth byte. */
const extentsOf = (bytes: readonly boolean[], cut: number): StoreExtent[] => {
  const extents: StoreExtent[] = [];
  bytes.forEach((allocated, index) => {
    const last = extents.at(-1);
    if (last?.allocated === allocated && index % cut !== 0) last.length++;
    else extents.push({ position: START + index, length: 1, allocated });
  });
  return extents;
};

describe('mergeExtents', () => {
  it('frees what either view knows to be free', () => {
    fc.assert(
      fc.property(view, view, (left, right) => {
        const merged = mergeExtents(extentsOf(left, 5), extentsOf(right, 7));
        const bytes = merged.flatMap(({ length, allocated }) => new Array<boolean>(length).fill(allocated));
        const expected = left.slice(0, right.length).map((allocated, index) => allocated && right[index] === true);
        expect(bytes).toEqual(expected);
        let at = START;
        for (const [index, extent] of merged.entries()) {
          expect(extent.position).toBe(at);
          expect(extent.allocated).not.toBe(merged[index + 1]?.allocated);
          at += extent.length;
        }
      }),
    );
  });
});
