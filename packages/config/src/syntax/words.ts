import { BACKSLASH, CLOSE_BRACE, HASH, isBlank, NEWLINE, OPEN_BRACE, QUOTE } from './characters.js';

/** Why a quoted word has no end. */
export type QuoteProblem = 'newline' | 'hash';

/** Keywords recur by the thousand: each is kept once, found by its first character and length. */
export class KeywordTable {
  readonly #known: (string | undefined)[] = new Array<string | undefined>(1024).fill(undefined);

  /** The text from `start` to `end`, the same string each time as long as no other takes its place. */
  recall(text: string, start: number, end: number): string {
    const slot = (text.charCodeAt(start) * 31 + (end - start)) & 1023;
    const known = this.#known[slot];
    if (known?.length === end - start && text.startsWith(known, start)) return known;
    const word = text.slice(start, end);
    this.#known[slot] = word;
    return word;
  }
}

/**
 * Reads the words of one statement. One scanner is reused for the whole text: its fields are the outcome of the last
 * {@link WordScanner.scan}. It makes no strings but the keyword: a large file has hundreds of thousands of words, and most are
 * never looked at. {@link readArguments} makes the others when they are.
 *
 * The rules are scstadmin's, as scst.conf(5) gives them: words are divided by blanks, a word with blanks stands in double quotes,
 * a backslash takes the next character as it is, `#` begins a comment even within quotes unless a backslash stands before it.
 * In quotes or after a backslash, braces are ordinary characters here; scstadmin has no way to write those.
 */
export class WordScanner {
  readonly #text: string;
  readonly #keywords: KeywordTable | undefined;
  /** Where the words after the first are put, when they are wanted. */
  readonly #arguments: string[] | undefined;
  /** The first word, without quotes and escapes. */
  keyword = '';
  /** How many words come after it. */
  count = 0;
  /** The first of them that is empty, from 0; -1 when none is. */
  firstEmpty = -1;
  /** End of the last word. */
  end = 0;
  /** Where the unterminated quote began, -1 when there is none. */
  openQuote = -1;
  quoteProblem: QuoteProblem = 'newline';
  /** A comment that directly follows a word, -1 when there is none. */
  gluedComment = -1;

  constructor(text: string, { keywords, into }: { keywords?: KeywordTable; into?: string[] } = {}) {
    this.#text = text;
    this.#keywords = keywords;
    this.#arguments = into;
  }

  /** Reads from the first character of a word to the end of the statement; returns where it stopped: at a newline, brace, `#` or the end. */
  scan(start: number): number {
    const text = this.#text;
    const length = text.length;
    this.keyword = '';
    this.count = -1;
    this.firstEmpty = -1;
    this.openQuote = -1;
    this.gluedComment = -1;
    this.end = start;
    let at = start;
    while (at < length) {
      const code = text.charCodeAt(at);
      if (isBlank(code)) {
        at += 1;
        continue;
      }
      if (code === NEWLINE || code === OPEN_BRACE || code === CLOSE_BRACE) break;
      if (code === HASH && this.#startsComment(at)) {
        if (at === this.end) this.gluedComment = at;
        break;
      }
      at = code === QUOTE ? this.#quoted(at) : this.#plain(at);
      this.end = at;
      if (this.openQuote >= 0) break;
    }
    return at;
  }

  /** True when the next word has to be made: the keyword, or one that is wanted. */
  get #isWanted(): boolean {
    return this.count < 0 || this.#arguments !== undefined;
  }

  #add(word: string): void {
    if (this.count < 0) this.keyword = word;
    else {
      this.#arguments?.push(word);
      if (word === '' && this.firstEmpty < 0) this.firstEmpty = this.count;
    }
    this.count += 1;
  }

  #startsComment(at: number): boolean {
    return at === 0 || this.#text.charCodeAt(at - 1) !== BACKSLASH;
  }

  #plain(start: number): number {
    const text = this.#text;
    const length = text.length;
    let at = start;
    for (; at < length; at += 1) {
      const code = text.charCodeAt(at);
      if (code <= 0x20) {
        if (code === NEWLINE || isBlank(code)) break;
      } else if (code === BACKSLASH) return this.#escaped(start, at);
      else if (code === OPEN_BRACE || code === CLOSE_BRACE || (code === HASH && at > start)) break;
    }
    if (this.count < 0 && this.#keywords !== undefined) this.#add(this.#keywords.recall(text, start, at));
    else if (this.#isWanted) this.#add(text.slice(start, at));
    else this.count += 1;
    return at;
  }

  /** A plain word with at least one backslash, from there on. */
  #escaped(start: number, from: number): number {
    const text = this.#text;
    let word = text.slice(start, from);
    let at = from;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === NEWLINE || isBlank(code) || code === OPEN_BRACE || code === CLOSE_BRACE) break;
      if (code === HASH && this.#startsComment(at)) break;
      if (code === BACKSLASH && this.#canEscape(at + 1)) at += 1;
      word += text.charAt(at);
    }
    this.#add(word);
    return at;
  }

  #quoted(start: number): number {
    const text = this.#text;
    let word = '';
    let from = start + 1;
    for (let at = from; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        if (this.#isWanted || at === start + 1) this.#add(word + text.slice(from, at));
        else this.count += 1;
        return at + 1;
      }
      if (code === NEWLINE) break;
      if (code === HASH && this.#startsComment(at)) return this.#unterminated(start, 'hash');
      if (code === BACKSLASH && this.#canEscape(at + 1)) {
        word += text.slice(from, at);
        at += 1;
        from = at;
      }
    }
    return this.#unterminated(start, 'newline');
  }

  /** A backslash at the end of a line or of the file stands for itself. */
  #canEscape(next: number): boolean {
    const code = this.#text.charCodeAt(next);
    return next < this.#text.length && code !== NEWLINE && !(isBlank(code) && this.#text.charCodeAt(next + 1) === NEWLINE);
  }

  /** Skips to the end of the line, so that the next statement is read from a sane place. */
  #unterminated(start: number, problem: QuoteProblem): number {
    this.openQuote = start;
    this.quoteProblem = problem;
    const newline = this.#text.indexOf('\n', start);
    return newline < 0 ? this.#text.length : newline;
  }
}

/** The words of a statement after its keyword, without quotes and escapes. */
export const readArguments = (text: string, start: number, end: number): string[] => {
  const into: string[] = [];
  new WordScanner(text.slice(start, end), { into }).scan(0);
  return into;
};

/** Where each word of a statement begins, for messages. */
export const wordOffsets = (text: string, start: number, end: number): number[] => {
  const offsets: number[] = [];
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (isBlank(code)) {
      at += 1;
      continue;
    }
    offsets.push(at);
    const quoted = code === QUOTE;
    if (quoted) at += 1;
    for (; at < end; at += 1) {
      const inner = text.charCodeAt(at);
      if (inner === BACKSLASH) at += 1;
      else if (quoted ? inner === QUOTE : isBlank(inner)) break;
    }
    if (quoted) at += 1;
  }
  return offsets;
};

/** A word as it has to stand in a file: escaped, and in quotes when it is empty or has blanks, quotes or braces. */
export const formatWord = (word: string): string => {
  const escaped = word.replace(/[\\#]/gu, '\\$&');
  return word === '' || /[\s"{}]/u.test(word) ? `"${escaped.replace(/"/gu, '\\"')}"` : escaped;
};
