import { type StoreExtent } from './block-store.js';

/** Ranges remembered at most, which bounds memory and the time that a write spends on them. */
const MOST = 8192;

/**
 * Which bytes of a store have been freed and not written since. While there are none, taking them back costs nothing. What goes
 * beyond the limit is forgotten: it counts as allocated.
 */
export class FreedRanges {
  /** Where ranges begin and end, in order and apart from each other. */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  /** The bytes from `start` to before `end` were freed. */
  add(start: number, end: number): void {
    if (start >= end) return;
    // Those that overlap it or touch it become one with it.
    const first = firstAtLeast(this.#ends, start);
    const after = firstAtLeast(this.#starts, end + 1);
    if (first === after && this.#starts.length >= MOST) return;
    const from = first < after ? Math.min(start, this.#starts[first] ?? start) : start;
    const to = first < after ? Math.max(end, this.#ends[after - 1] ?? end) : end;
    this.#starts.splice(first, after - first, from);
    this.#ends.splice(first, after - first, to);
  }

  /** The bytes from `start` to before `end` are written. */
  take(start: number, end: number): void {
    if (this.#starts.length === 0 || start >= end) return;
    const first = firstAtLeast(this.#ends, start + 1);
    const after = firstAtLeast(this.#starts, end);
    if (first >= after) return;
    const before = this.#starts[first] ?? start;
    const behind = this.#ends[after - 1] ?? end;
    const starts = [...(before < start ? [before] : []), ...(end < behind ? [end] : [])];
    const ends = [...(before < start ? [start] : []), ...(end < behind ? [behind] : [])];
    this.#starts.splice(first, after - first, ...starts);
    this.#ends.splice(first, after - first, ...ends);
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
    for (let index = firstAtLeast(this.#ends, position + 1); (this.#starts[index] ?? end) < end; index++) {
      push(this.#starts[index] ?? end, true);
      push(Math.min(this.#ends[index] ?? end, end), false);
    }
    push(end, true);
    return extents;
  }
}

/** The index of the first of ascending numbers that is at least so much. */
function firstAtLeast(numbers: readonly number[], least: number): number {
  let from = 0;
  let to = numbers.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((numbers[middle] ?? Infinity) < least) from = middle + 1;
    else to = middle;
  }
  return from;
}
