/** White space as the kernel's isspace() has it: in byte strings exactly what `\s` matches, 0xA0 among it. */
const BLANK = /^\s*/;
const DECIMAL = /^\d+/;
const HEXADECIMAL = /^[\da-f]+/i;

/**
 * Reads a line field by field, as the kernel's sscanf() does: numbers may have white space before them, and what follows the
 * last field does not matter. Once something does not match, everything after it is undefined.
 */
export class LineScanner {
  #text: string | undefined;

  constructor(line: string) {
    this.#text = line;
  }

  /** The line must go on with these characters. */
  literal(word: string): this {
    this.#text = this.#text?.startsWith(word) === true ? this.#text.slice(word.length) : undefined;
    return this;
  }

  /** `%u`: 32 bits, what is above them is lost. */
  decimal(): number | undefined {
    const digits = this.#take(DECIMAL);
    return digits === undefined ? undefined : Number(BigInt.asUintN(32, BigInt(digits)));
  }

  /** `%llx` with at most `width` characters, of which a prefix `0x` takes two. */
  hexadecimal(width = Infinity): bigint | undefined {
    this.#skipBlanks();
    const text = this.#text;
    if (text === undefined) return undefined;
    const prefixed = width > 2 && /^0x[\da-f]/i.test(text);
    if (prefixed) this.#text = text.slice(2);
    const digits = this.#take(HEXADECIMAL, prefixed ? width - 2 : width);
    return digits === undefined ? undefined : BigInt.asUintN(64, BigInt(`0x${digits}`));
  }

  /** What is left, without the white space before it; empty after a field that did not match. */
  rest(): string {
    this.#skipBlanks();
    return this.#text ?? '';
  }

  #skipBlanks(): void {
    this.#text = this.#text?.replace(BLANK, '');
  }

  #take(pattern: RegExp, width = Infinity): string | undefined {
    this.#skipBlanks();
    const match = this.#text === undefined ? null : pattern.exec(this.#text);
    if (match === null || this.#text === undefined) {
      this.#text = undefined;
      return undefined;
    }
    const taken = match[0].slice(0, width);
    this.#text = this.#text.slice(taken.length);
    return taken;
  }
}
