import { type ByteString } from '../bytes.js';

/** The kernel's isspace(): ASCII white space and the Latin-1 no-break space, which also occurs inside UTF-8. */
export const isSpace = (character: string): boolean => character === ' ' || (character >= '\t' && character <= '\r') || character === '\u00a0';

const isDelimiter = (character: string): boolean => character === '=' || isSpace(character);

/** Text as a C string: what stands before the first NUL. */
export const untilNul = (text: ByteString): ByteString => {
  const end = text.indexOf('\0');
  return end === -1 ? text : text.slice(0, end);
};

/** What stands before the first newline. */
export const firstLine = (text: ByteString): ByteString => {
  const end = text.indexOf('\n');
  return end === -1 ? text : text.slice(0, end);
};

/** Text without the kernel's white space at either end. */
export const trimSpace = (text: ByteString): ByteString => {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charAt(start))) start += 1;
  while (end > start && isSpace(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
};

/** Text without the kernel's white space before it. */
export const trimSpaceBefore = (text: ByteString): ByteString => {
  let start = 0;
  while (start < text.length && isSpace(text.charAt(start))) start += 1;
  return text.slice(start);
};

/** True for text of the kernel's white space alone, the empty one included. */
export const isBlank = (text: ByteString): boolean => trimSpace(text) === '';

/** Reads the words of a command (SPEC sysfs 1.2): `=` is white space, and there is no quoting. */
export class Words {
  readonly #text: ByteString;
  readonly #isDelimiter: (character: string) => boolean;
  #at = 0;

  /** With `isSpace` for delimiter, words are separated by white space alone, as in procfs (SPEC sysfs 17). */
  constructor(text: ByteString, delimiter = isDelimiter) {
    this.#text = text;
    this.#isDelimiter = delimiter;
  }

  /** The next word, `''` when there is none. The one delimiter after it is consumed. */
  next(): ByteString {
    const text = this.#text;
    let start = this.#at;
    while (start < text.length && this.#isDelimiter(text.charAt(start))) start += 1;
    let end = start;
    while (end < text.length && !this.#isDelimiter(text.charAt(end))) end += 1;
    this.#at = Math.min(end + 1, text.length);
    return text.slice(start, end);
  }

  /** All that has not been read. */
  get rest(): ByteString {
    return this.#text.slice(this.#at);
  }
}

/** The parameters of a command: stretches up to `;` or a newline. An empty one ends the list, whatever follows. */
export function* parameterStretches(text: ByteString): Generator<ByteString> {
  for (let at = 0; at < text.length; ) {
    let end = at;
    while (end < text.length && text[end] !== ';' && text[end] !== '\n') end += 1;
    if (end === at) return;
    yield text.slice(at, end);
    at = end + 1;
  }
}
