import { type Random } from '../scripts/random.js';

/** Numbers in every notation, at every edge, and what is none. */
const NUMBERS = [
  '0', '1', '2', '3', '5', '64', '-1', '+1', '-0', '+-1', '--1', '0x1', '0X1F', '0x', '0xg', '0x+1', '-0x1', '010', '08', '00', '0b1', '1e3', '1.5', '1_0', '1,2',
  '255', '256', '65535', '65536', '65537', '2147483647', '2147483648', '-2147483648', '-2147483649', '4294967295', '4294967296', '4294967297',
  '9223372036854775807', '9223372036854775808', '-9223372036854775808', '-9223372036854775809', '18446744073709551615', '18446744073709551616',
  '0xffffffffffffffff', '0x10000000000000000', '01777777777777777777777', '02000000000000000000000', '000000000000000000000000000000000001',
  '', 'x', 'yes', 'on', 'off', 'oN', 'true', 'n', 'Y',
] as const;

/** Characters that part words, end lines or numbers, or mean something to a pattern. */
const CHARACTERS = [' ', '=', ';', '\n', '\xa0', '\0', '\t', '"', '|', '!', '\r', '  ', ';;', '; ', '\n\n', 'x', '0', '1', '/', '*', '?', '-', '+', 'A', '\xe9', '\x0b', '\\', "'", ':', ',', '.'] as const;

/** Behind and before what is written. */
const AROUND = ['', '', '', '\n', '\n', '\n\n', ' ', ' \n', '\t', '\0', '\0x', '\r\n', ' junk', ';'] as const;

/** Texts of the tree, one character for a byte. */
export class Texts {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  number(): string {
    return this.#random.pick(...NUMBERS);
  }

  /** The text with something around it. */
  around(text: string): string {
    return `${this.#random.chance(0.05) ? this.#random.pick(' ', '\n', '\t') : ''}${text}${this.#random.pick(...AROUND)}`;
  }

  /** The text with characters put in, taken out, or put in place of others. */
  mutate(text: string): string {
    const random = this.#random;
    let mutated = text;
    for (let times = random.pick(1, 1, 1, 2, 3); times > 0; times -= 1) {
      const at = random.int(mutated.length + 1);
      const [before, after] = [mutated.slice(0, at), mutated.slice(at)];
      switch (random.int(4)) {
        case 0:
        case 1:
          mutated = before + random.pick(...CHARACTERS) + after;
          break;
        case 2:
          mutated = before + after.slice(1);
          break;
        default:
          mutated = before + random.pick(...CHARACTERS) + after.slice(1);
      }
    }
    return mutated;
  }
}
