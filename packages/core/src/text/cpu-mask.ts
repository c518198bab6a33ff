import { type ByteString } from '../bytes.js';
import { ScstError } from '../errors.js';
import { firstLine, untilNul } from './words.js';

/** Bits, and hex digits, of one group. */
const GROUP_BITS = 32;
const GROUP_DIGITS = 8;

/** A CPU mask as the kernel prints bitmaps: hex, in groups of 32 bits, the lowest last. */
export const formatCpuMask = (mask: bigint, cpus: number): string => {
  const groups: string[] = [];
  for (let bits = cpus; bits > 0; bits -= GROUP_BITS) {
    const group = (mask >> BigInt(groups.length * GROUP_BITS)) & 0xffffffffn;
    const width = Math.min(cpus - groups.length * GROUP_BITS, GROUP_BITS);
    groups.unshift(group.toString(16).padStart(Math.ceil(width / 4), '0'));
  }
  return groups.join(',');
};

/**
 * Reads a bitmap as the kernel's bitmap_parse() does, from its end: groups of up to 8 hex digits between commas or white space,
 * the lowest last; no group at all is an empty mask. Throws `EINVAL` for other characters, and `EOVERFLOW` for more digits than a
 * group has, more groups than there are CPUs for, or bits of CPUs there are not - whichever it comes to first.
 */
export const parseCpuMask = (text: ByteString, cpus: number): bigint => {
  const groups = firstLine(untilNul(text)).split(/[,\s\u00a0]/).filter((group) => group !== '');
  let mask = 0n;
  for (const [index, group] of groups.reverse().entries()) {
    if (index >= Math.ceil(cpus / GROUP_BITS)) throw tooWide(cpus);
    mask |= parseGroup(group, cpus) << BigInt(index * GROUP_BITS);
  }
  if (mask >> BigInt(cpus) !== 0n) throw tooWide(cpus);
  return mask;
};

const parseGroup = (group: string, cpus: number): bigint => {
  const digits = group.slice(-GROUP_DIGITS);
  if (!/^[0-9a-f]+$/i.test(digits)) throw new ScstError('EINVAL', 'a CPU mask is hexadecimal digits, in groups of 8 between commas');
  if (/[0-9a-f]$/i.test(group.slice(0, -GROUP_DIGITS))) throw tooWide(cpus);
  return BigInt(`0x${digits}`);
};

const tooWide = (cpus: number): ScstError => new ScstError('EOVERFLOW', `there are only ${cpus} CPU(s)`);
