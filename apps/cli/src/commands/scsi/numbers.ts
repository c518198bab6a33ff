import { Option } from 'commander';
import { usageError } from '../../errors.js';
import { parseNumber } from './with-lun.js';

/** An option that is a number of at most so many bits, decimal or `0x…`. */
export const numberOption =
  (what: string, most: number): ((text: string) => number) =>
  (text) => {
    const number = parseNumber(text);
    if (number === undefined || number > BigInt(most)) throw usageError(`“${text}” is no ${what}`, `It is a number from 0 to ${most}, decimal or 0x….`);
    return Number(number);
  };

/** `--lba`, the first block; 0 unless given. */
export const lbaFlag = (): Option =>
  new Option('--lba <address>', 'first block, decimal or 0x…').argParser(parseLba).default(0n, '0');

const parseLba = (text: string): bigint => {
  const number = parseNumber(text);
  if (number === undefined || number >= 2n ** 64n) throw usageError(`“${text}” is no logical block address`, 'It is a number of at most 64 bits, decimal or 0x….');
  return number;
};
