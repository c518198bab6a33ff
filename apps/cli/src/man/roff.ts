/** Text as roff shows it unchanged: backslashes and dashes escaped, no line that begins like a request. */
export const escape = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^([.'])/gmu, '\\&$1');

/** An argument of a request, in quotes. */
export const quoted = (text: string): string => `"${escape(text).replaceAll('"', '\\(dq')}"`;

/** A man page, line by line. */
export class Roff {
  readonly #lines: string[] = [];

  title(name: string, section: number, source: string): this {
    return this.#add(`.TH ${quoted(name.toUpperCase())} ${section} "" ${quoted(source)} "User Commands"`);
  }

  section(heading: string): this {
    return this.#add(`.SH ${quoted(heading)}`);
  }

  subsection(heading: string): this {
    return this.#add(`.SS ${quoted(heading)}`);
  }

  paragraph(text: string): this {
    return this.#add('.PP', escape(text));
  }

  /** A term in bold and what it means. */
  entry(term: string, meaning: string): this {
    return this.#add('.TP', `.B ${quoted(term)}`, escape(meaning === '' ? ' ' : meaning));
  }

  /** A line to type, and what it does. */
  example(line: string, does: string): this {
    return this.#add('.PP', '.nf', `.RS 4`, escape(`$ ${line}`), '.RE', '.fi', '.RS 8', escape(`${does}.`), '.RE');
  }

  toString(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  #add(...lines: string[]): this {
    this.#lines.push(...lines);
    return this;
  }
}
