import { type StoreExtent } from './block-store.js';

interface Range {
  start: number;
  end: number;
}

/** Which bytes of a store have been freed and not written since. While there are none, taking them back costs nothing. */
export class FreedRanges {
  /** In order, apart from each other. */
  #ranges: Range[] = [];

  /** The bytes from `start` to before `end` were freed. */
  add(start: number, end: number): void {
    if (start >= end) return;
    const merged = { start, end };
    const before: Range[] = [];
    const after: Range[] = [];
    for (const range of this.#ranges) {
      if (range.end < start) before.push(range);
      else if (range.start > end) after.push(range);
      else {
        merged.start = Math.min(merged.start, range.start);
        merged.end = Math.max(merged.end, range.end);
      }
    }
    this.#ranges = [...before, merged, ...after];
  }

  /** The bytes from `start` to before `end` are written. */
  take(start: number, end: number): void {
    if (this.#ranges.length === 0 || start >= end) return;
    if (!this.#ranges.some((range) => range.start < end && start < range.end)) return;
    this.#ranges = this.#ranges.flatMap((range) => {
      if (range.end <= start || end <= range.start) return [range];
      const rest: Range[] = [];
      if (range.start < start) rest.push({ start: range.start, end: start });
      if (end < range.end) rest.push({ start: end, end: range.end });
      return rest;
    });
  }

  /** A stretch of the store, in parts that are freed or not. */
  extents(position: number, length: number): StoreExtent[] {
    const end = position + length;
    const extents: StoreExtent[] = [];
    let at = position;
    const push = (to: number, allocated: boolean): void => {
      if (to <= at) return;
      extents.push({ position: at, length: to - at, allocated });
      at = to;
    };
    for (const range of this.#ranges) {
      if (range.end <= at || range.start >= end) continue;
      push(range.start, true);
      push(Math.min(range.end, end), false);
    }
    push(end, true);
    return extents;
  }
}
