/** Inode numbers that readers of the tree take for special: none, and by custom the root. */
export const ROOT_INODE = 1;
const FIRST_FREE = 2;

const TWO_32 = 0x1_0000_0000;
const HIGH_BITS = 0x1f_ffff;

/** FNV-1a's prime and offset basis, and a second basis for the upper half. */
const FNV_PRIME = 0x0100_0193;
const FNV_BASIS = 0x811c_9dc5;
const SECOND_BASIS = 0x9e37_79b9;

/**
 * The inode number of a path: 53 bits of a hash, so that a path keeps its number when the kernel forgets and finds it again (find,
 * tar and getcwd take a changed number for a changed file), and a listing knows it without a table of all paths ever seen.
 */
export const inodeNumber = (path: string): number => {
  if (path === '') return ROOT_INODE;
  let low = FNV_BASIS;
  let high = SECOND_BASIS;
  for (let at = 0; at < path.length; at += 1) {
    const unit = path.charCodeAt(at);
    low = Math.imul(low ^ unit, FNV_PRIME);
    high = Math.imul(high ^ (unit + at), FNV_PRIME) ^ (high >>> 15);
  }
  return Math.max(FIRST_FREE, ((high >>> 0) & HIGH_BITS) * TWO_32 + (low >>> 0));
};
