import { type Diagnostic } from '../diagnostics.js';
import { type Document, type Statement } from '../syntax/document.js';
import { wordOffsets } from '../syntax/words.js';

/** Where a part of a configuration stands in its file. */
export type Location = Pick<Diagnostic, 'file' | 'line' | 'column'>;

/** What in a part is meant: one of its attributes, or a word of its own line (0 is the keyword). */
export interface LocationDetail {
  attribute?: string | undefined;
  /** Which of the attribute's values, from 0. Default: the last. */
  occurrence?: number | undefined;
  word?: number | undefined;
}

/** Finds the place of parts of a configuration that was read from text. */
export class Locator {
  readonly #document: Document | undefined;
  readonly #origins = new Map<object, Statement>();

  constructor(document?: Document) {
    this.#document = document;
  }

  /** Notes that a part of the configuration was read from a statement. */
  note(part: object, statement: Statement): void {
    this.#origins.set(part, statement);
  }

  /** The statement a part was read from. */
  statement(part: object): Statement | undefined {
    return this.#origins.get(part);
  }

  /** Place of a part or a detail of it; empty when the configuration was not read from text. */
  locate(part: object | undefined, detail: LocationDetail = {}): Location {
    const document = this.#document;
    if (document === undefined) return {};
    const statement = part === undefined ? undefined : this.#origins.get(part);
    const { attribute } = detail;
    if (attribute === undefined) return this.#place(statement, detail.word ?? 0);
    const siblings = statement === undefined ? document.statements : (statement.children ?? []);
    const found = siblings.filter(({ keyword }) => keyword === attribute);
    return this.#place(found.at(detail.occurrence ?? -1) ?? statement, detail.word ?? (found.length > 0 ? 1 : 0));
  }

  #place(statement: Statement | undefined, word: number): Location {
    const document = this.#document;
    const file = document?.file;
    if (document === undefined || statement?.span === undefined) return { file };
    const { start, headEnd } = statement.span;
    const offset = wordOffsets(document.source, start, headEnd)[word] ?? start;
    return { file, ...document.lines.position(offset) };
  }
}
