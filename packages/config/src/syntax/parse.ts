import { type Diagnostic, type DiagnosticCode } from '../diagnostics.js';
import { BYTE_ORDER_MARK, CLOSE_BRACE, CONTROL_CHARACTER, HASH, isBlank, NEWLINE, OPEN_BRACE } from './characters.js';
import { decodeSource, MAX_LINE_LENGTH, MAX_SOURCE_BYTES } from './decode.js';
import { ReadStatement, type Document, type Statement } from './document.js';
import { sectionRule, SECTION_PLACES, type BlockKind } from './grammar.js';
import { LineTable } from './position.js';
import { KeywordTable, readArguments, WordScanner, wordOffsets } from './words.js';

export interface ParseOptions {
  /** Name of the file, for diagnostics. */
  file?: string | undefined;
  /** Largest input in bytes (for a string: in UTF-16 code units). Default: 64 MiB. */
  maxBytes?: number | undefined;
  /** Most errors to report before giving up. Default: 100. */
  maxErrors?: number | undefined;
}

export interface ParseResult {
  readonly document: Document;
  /** Errors and warnings in the order of the text. With errors the document holds what could be read. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Blocks within blocks: the grammar needs four. */
const MAX_DEPTH = 16;

/**
 * Reads scst.conf. Never throws for what the text holds: everything wrong is in `diagnostics`, with line and column, several
 * per run. The document keeps comments, order and blanks: `print(parse(text).document) === text` for every text.
 */
export const parse = (input: string | Uint8Array, options: ParseOptions = {}): ParseResult => {
  const maxBytes = options.maxBytes ?? MAX_SOURCE_BYTES;
  if (input.length > maxBytes) {
    const head = typeof input === 'string' ? '' : decodeSource(input.subarray(0, 0));
    const parser = new Parser(head, options);
    parser.report('error', 'too-large', 0, `the configuration has ${input.length} bytes; at most ${maxBytes} are read`);
    return parser.finish();
  }
  const parser = new Parser(typeof input === 'string' ? input : decodeSource(input), options);
  parser.run();
  return parser.finish();
};

interface OpenBlock {
  readonly kind: BlockKind;
  readonly keyword: string;
  readonly children: Statement[];
  readonly lead: number;
  readonly start: number;
  readonly headEnd: number;
  readonly bodyStart: number;
}

/** False for a word that can only be the name of an attribute: keywords begin with a capital, old-format headings with `[`. */
const mayBeKeyword = (word: string): boolean => !(word.charCodeAt(0) >= 0x61);

class Parser {
  readonly #text: string;
  readonly #file: string | undefined;
  readonly #maxErrors: number;
  readonly #lines: LineTable;
  readonly #words: WordScanner;
  readonly #diagnostics: Diagnostic[] = [];
  readonly #statements: Statement[] = [];
  readonly #open: OpenBlock[] = [];
  #errors = 0;
  #stopped = false;
  /** End of what belongs to a statement already read. */
  #consumed = 0;

  constructor(text: string, { file, maxErrors = 100 }: ParseOptions) {
    this.#text = text;
    this.#file = file;
    this.#maxErrors = maxErrors;
    this.#lines = new LineTable(text);
    this.#words = new WordScanner(text, { keywords: new KeywordTable() });
  }

  run(): void {
    if (!this.#acceptable()) return;
    let at = 0;
    if (this.#text.charCodeAt(0) === BYTE_ORDER_MARK) {
      this.report('warning', 'byte-order-mark', 0, 'the file begins with a byte order mark, which scstadmin takes for part of the first word');
      at = 1;
    }
    while (!this.#stopped) {
      at = this.#skipTrivia(at);
      if (at >= this.#text.length) break;
      const code = this.#text.charCodeAt(at);
      if (code === CLOSE_BRACE) at = this.#close(at);
      else if (code === OPEN_BRACE) at = this.#strayBrace(at);
      else at = this.#statement(at);
    }
    if (!this.#stopped) this.#closeAll();
  }

  finish(): ParseResult {
    const unfinished = this.#open[0];
    const document: Document = {
      source: this.#text,
      statements: this.#statements,
      // Of a text that could not be read to its end, everything after the last whole statement is kept as it is.
      trailer: unfinished === undefined ? (this.#stopped ? this.#endOfLast() : this.#consumed) : unfinished.lead,
      lines: this.#lines,
      file: this.#file,
    };
    return { document, diagnostics: this.#diagnostics };
  }

  report(severity: 'error' | 'warning', code: DiagnosticCode, offset: number, message: string, expected?: string, hint?: string): void {
    if (this.#stopped) return;
    const { line, column } = this.#lines.position(offset);
    this.#diagnostics.push({ severity, code, message, expected, hint, file: this.#file, line, column, place: undefined });
    if (severity !== 'error') return;
    this.#errors += 1;
    if (this.#errors < this.#maxErrors) return;
    this.#diagnostics.push({ severity: 'error', code: 'too-many-errors', message: `${this.#errors} errors: the rest of the file is not looked at`, file: this.#file, line, column });
    this.#stopped = true;
  }

  #endOfLast(): number {
    return this.#statements.at(-1)?.span?.end ?? 0;
  }

  /** Refuses what is no text before anything is made of it. */
  #acceptable(): boolean {
    const control = CONTROL_CHARACTER.exec(this.#text);
    if (control !== null) {
      const code = control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
      this.report('error', 'binary', control.index, `the control character U+${code}: this is no configuration text`);
      this.#stopped = true;
      return false;
    }
    for (let start = 0; start < this.#text.length; ) {
      const newline = this.#text.indexOf('\n', start);
      const end = newline < 0 ? this.#text.length : newline;
      if (end - start > MAX_LINE_LENGTH) {
        this.report('error', 'line-too-long', start + MAX_LINE_LENGTH, `a line of ${end - start} characters; one write to SCST takes 4096 bytes`);
        this.#stopped = true;
        return false;
      }
      start = end + 1;
    }
    return true;
  }

  #skipTrivia(from: number): number {
    const text = this.#text;
    const length = text.length;
    let at = from;
    while (at < length) {
      const code = text.charCodeAt(at);
      if (code === NEWLINE || isBlank(code)) at += 1;
      else if (code === HASH) at = this.#lineEnd(at);
      else break;
    }
    return at;
  }

  #lineEnd(at: number): number {
    const newline = this.#text.indexOf('\n', at);
    return newline < 0 ? this.#text.length : newline;
  }

  /** The end of a line that holds nothing but blanks and a comment from here on; `at` itself when it holds more. */
  #restOfLine(at: number): number {
    const text = this.#text;
    let to = at;
    while (to < text.length && isBlank(text.charCodeAt(to))) to += 1;
    const code = to < text.length ? text.charCodeAt(to) : NEWLINE;
    if (code === HASH) to = this.#lineEnd(to);
    else if (code !== NEWLINE) return at;
    return to < text.length ? to + 1 : to;
  }

  #statement(start: number): number {
    const words = this.#words;
    const stop = words.scan(start);
    const headEnd = words.end;
    if (words.openQuote >= 0) {
      const hash = words.quoteProblem === 'hash';
      this.report('error', 'unterminated-quote', words.openQuote, hash ? 'a comment begins within the quotes' : 'the quotes are not closed on this line', '"', hash ? 'a “#” that is part of a value is written “\\#”' : undefined);
    }
    if (words.gluedComment >= 0) {
      this.report('warning', 'comment-without-blank', words.gluedComment, 'scstadmin drops the character before a comment', 'a blank before “#”, or “\\#” for the character itself');
    }
    const { keyword } = words;
    const parent = this.#open.at(-1);
    const parentKind = parent?.kind ?? 'file';
    const opensBlock = stop < this.#text.length && this.#text.charCodeAt(stop) === OPEN_BRACE;
    const kind = words.openQuote >= 0 ? 'unknown' : this.#judge(parentKind, start, headEnd, opensBlock);
    if (opensBlock) {
      const bodyStart = this.#restOfLine(stop + 1);
      return this.#push({ kind, keyword, children: [], lead: this.#consumed, start, headEnd, bodyStart });
    }
    const end = this.#restOfLine(stop);
    (parent?.children ?? this.#statements).push(new ReadStatement(this.#text, keyword, this.#consumed, start, headEnd, end, undefined, undefined));
    this.#consumed = end;
    return end;
  }

  #push(block: OpenBlock): number {
    if (this.#open.length >= MAX_DEPTH) {
      this.report('error', 'too-deep', block.start, `blocks are nested more than ${MAX_DEPTH} deep`);
      this.#stopped = true;
    }
    this.#open.push(block);
    this.#consumed = block.bodyStart;
    return block.bodyStart;
  }

  /** Judges a statement by the grammar; gives the kind of its block. */
  #judge(parent: BlockKind, start: number, end: number, opensBlock: boolean): BlockKind {
    const { keyword, count, firstEmpty } = this.#words;
    if (parent === 'unknown') return 'unknown';
    const rule = sectionRule(parent, keyword);
    if (rule === undefined) {
      // Nearly every statement of a large file: an attribute with one value.
      if (!opensBlock && count === 1 && !mayBeKeyword(keyword)) return 'unknown';
      return this.#judgeAttribute(parent, start, end, opensBlock);
    }
    const missing = rule.names[count];
    if (missing !== undefined) this.report('error', 'missing-name', end, `“${keyword}” is not complete`, missing);
    else if (count > rule.names.length) {
      const offset = this.#wordOffset(start, end, rule.names.length + 1);
      this.report('error', 'surplus-word', offset, `a word too many after “${keyword}”`, '“{” or the end of the line');
    } else if (firstEmpty >= 0) this.report('error', 'missing-name', this.#wordOffset(start, end, firstEmpty + 1), 'an empty name', rule.names[firstEmpty]);
    return rule.opens;
  }

  #judgeAttribute(parent: BlockKind, start: number, end: number, opensBlock: boolean): BlockKind {
    const { keyword, count } = this.#words;
    const where = parent === 'file' ? 'the file' : `a ${parent} block`;
    const places = SECTION_PLACES.get(keyword);
    if (places !== undefined) {
      this.report('error', 'misplaced-section', start, `${keyword} does not belong in ${where}`, `${keyword} in ${places.map((kind) => (kind === 'file' ? 'the file itself' : kind)).join(' or ')}`);
      return 'unknown';
    }
    if (opensBlock) {
      const upper = keyword.toUpperCase();
      const meant = sectionRule(parent, upper) === undefined ? undefined : `keywords are written in capitals: ${upper}`;
      const old = keyword.startsWith('[') ? 'this looks like the format of scstadmin before 2.0' : undefined;
      this.report('error', old === undefined ? 'unknown-section' : 'old-format', start, `${where} has no section “${keyword}”`, this.#sections(parent), meant ?? old);
      return 'unknown';
    }
    if (/^\[(?:HANDLER|GROUP|ASSIGNMENT)$/u.test(keyword)) {
      this.report('error', 'old-format', start, 'this is the format of scstadmin before 2.0', 'HANDLER, TARGET_DRIVER or an attribute');
    } else if (keyword === '') this.report('error', 'missing-name', start, 'an empty name', 'the name of an attribute');
    else if (count > 1) {
      this.report('error', 'surplus-word', this.#wordOffset(start, end, 2), `the value of “${keyword}” has more than one word`, 'the end of the line', 'a value with blanks stands in double quotes');
    }
    return 'unknown';
  }

  #sections(parent: BlockKind): string {
    const keywords = [...SECTION_PLACES].filter(([, kinds]) => kinds.includes(parent)).map(([keyword]) => keyword);
    return [...keywords, 'an attribute'].join(', ');
  }

  #wordOffset(start: number, end: number, index: number): number {
    return wordOffsets(this.#text, start, end)[index] ?? end;
  }

  #strayBrace(at: number): number {
    this.report('error', 'misplaced-brace', at, '“{” without a section before it on its line', 'a section or an attribute', 'the brace stands on the line of its section');
    const block: OpenBlock = { kind: 'unknown', keyword: '', children: [], lead: this.#consumed, start: at, headEnd: at, bodyStart: this.#restOfLine(at + 1) };
    return this.#push(block);
  }

  #close(at: number): number {
    const block = this.#open.pop();
    if (block === undefined) {
      this.report('error', 'misplaced-brace', at, '“}” without a block to close', 'a section or an attribute');
      return at + 1;
    }
    const closeEnd = at + 1;
    const end = this.#restOfLine(closeEnd);
    this.#append(block, this.#consumed, closeEnd, end);
    return end;
  }

  #append(block: OpenBlock, closeStart: number, closeEnd: number, end: number): void {
    const { keyword, children, lead, start, headEnd, bodyStart } = block;
    const statement = new ReadStatement(this.#text, keyword, lead, start, headEnd, end, children, { bodyStart, closeStart, closeEnd });
    (this.#open.at(-1)?.children ?? this.#statements).push(statement);
    this.#consumed = end;
  }

  /** The text is over: every block still open is an error; the document keeps them as if they had been closed there. */
  #closeAll(): void {
    const end = this.#text.length;
    for (const { keyword, start, headEnd } of [...this.#open].reverse()) {
      const args = readArguments(this.#text, start, headEnd);
      const { line } = this.#lines.position(start);
      this.report('error', 'unclosed-block', end, `the file ends within “${[keyword, ...args].join(' ')}” of line ${line}`, '“}”');
    }
    while (!this.#stopped) {
      const block = this.#open.pop();
      if (block === undefined) return;
      // No closing brace: closeStart, closeEnd and end all stand at the end of the text.
      this.#append(block, this.#consumed, end, end);
    }
  }
}
