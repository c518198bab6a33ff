import type { StoreExtent } from './block-store.js';

/**
 * Two views of the same stretch, each in order and without gaps, as one: what either knows to be free is free. It ends where the
 * shorter one does; neighbours of the same state are one extent.
 */
export function mergeExtents(left: readonly StoreExtent[], right: readonly StoreExtent[]): StoreExtent[] {
  const merged: StoreExtent[] = [];
  let [at, inLeft, inRight] = [left[0]?.position ?? 0, 0, 0];
  for (;;) {
    const [one, other] = [left[inLeft], right[inRight]];
    if (one === undefined || other === undefined) return merged;
    const [oneEnds, otherEnds] = [one.position + one.length, other.position + other.length];
    const end = Math.min(oneEnds, otherEnds);
    const allocated = one.allocated && other.allocated;
    const last = merged.at(-1);
    if (last?.allocated === allocated) last.length += end - at;
    else merged.push({ position: at, length: end - at, allocated });
    at = end;
    if (oneEnds === end) inLeft++;
    if (otherEnds === end) inRight++;
  }
}
