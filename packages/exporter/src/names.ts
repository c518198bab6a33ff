import { ExporterError } from './errors.js';

/** What is let through: names that a pattern of `allow` matches (default: all) and none of `deny` does. `*` is any run, `?` any one character. */
export interface NameLists {
  readonly allow?: readonly string[] | undefined;
  readonly deny?: readonly string[] | undefined;
}

/** Lists of patterns, ready to be asked. */
export class NameFilter {
  readonly #allow: readonly RegExp[] | undefined;
  readonly #deny: readonly RegExp[];

  /** @throws ExporterError `BAD_OPTION` for a pattern that is empty. */
  constructor({ allow, deny }: NameLists = {}) {
    this.#allow = allow?.map(patternOf);
    this.#deny = deny?.map(patternOf) ?? [];
  }

  accepts(name: string): boolean {
    return (this.#allow === undefined || this.allows(name)) && !this.denies(name);
  }

  /** Whether the allow list names it, as opposed to there being none. */
  allows(name: string): boolean {
    return this.#allow?.some((pattern) => pattern.test(name)) === true;
  }

  denies(name: string): boolean {
    return this.#deny.some((pattern) => pattern.test(name));
  }
}

const patternOf = (text: string): RegExp => {
  if (text === '') throw new ExporterError('BAD_OPTION', 'a pattern for names is empty; one that matches everything is *');
  const source = text.replace(/[.*+?^${}()|[\]\\]/gu, (character) => (character === '*' ? '.*' : character === '?' ? '.' : `\\${character}`));
  return new RegExp(`^${source}$`, 'su');
};

/**
 * A name of the tree as a label's value, which must be UTF-8: a byte that is not part of it (a lone surrogate here, see `decodeName` of
 * @scst/sysfs) is shown as `\xNN`.
 */
export const labelText = (name: string): string => name.replace(LONE_SURROGATE, (unit) => `\\x${(unit.charCodeAt(0) & 0xff).toString(16).padStart(2, '0')}`);

const LONE_SURROGATE = /\p{Cs}/gu;
