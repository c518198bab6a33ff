import { readFileSync } from 'node:fs';

/** AT_PAGESZ of getauxval(3). */
const AT_PAGESZ = 6n;

let known: number | undefined;

/** Bytes of a page of memory on this machine, as the kernel tells every process; 4096 where it tells nothing. */
export const pageSize = (): number => {
  known ??= readPageSize() ?? 4096;
  return known;
};

const readPageSize = (): number | undefined => {
  try {
    const vector = readFileSync('/proc/self/auxv');
    const words = new BigUint64Array(vector.buffer.slice(vector.byteOffset, vector.byteOffset + (vector.length & ~15)));
    for (let index = 0; index < words.length; index += 2) if (words[index] === AT_PAGESZ) return Number(words[index + 1]);
  } catch {
    // No /proc, or one of another form.
  }
  return undefined;
};
