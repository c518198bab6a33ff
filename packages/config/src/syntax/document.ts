import { type LineTable } from './position.js';
import { readArguments } from './words.js';

/**
 * Where a statement stands in the source. The spans of a document's statements touch: together they are the whole text, which
 * is what makes printing an unchanged document give back every byte.
 */
export interface StatementSpan {
  /** Start of the blank lines and comments before the statement. */
  readonly lead: number;
  /** Start of the keyword. */
  readonly start: number;
  /** End of the last word. */
  readonly headEnd: number;
  /** End of what belongs to the statement's last line: a comment and the newline. */
  readonly end: number;
  /** Where its block stands, when it has one. */
  readonly block: BlockSpan | undefined;
}

/** Where a block stands. */
export interface BlockSpan {
  /** End of `{` and what belongs to its line. */
  readonly bodyStart: number;
  /** Start of the blank lines and comments before `}`. */
  readonly closeStart: number;
  /** End of `}`. */
  readonly closeEnd: number;
}

/** One statement: an attribute (`nv_cache 1`) or a section (`LUN 0 disk1 { … }`). */
export interface Statement {
  /** The first word: the attribute's name or the section's keyword. */
  readonly keyword: string;
  /** The words after it, without quotes and escapes. */
  readonly args: readonly string[];
  /** What stands in the block; undefined when there is none. */
  readonly children: readonly Statement[] | undefined;
  /** Undefined for a statement that was made, not read. */
  readonly span?: StatementSpan | undefined;
  /** The words differ from those at `span`, which then only says where comments are. */
  readonly rewritten?: boolean | undefined;
  /** The statement is left out; the comments above it stay. */
  readonly removed?: boolean | undefined;
  /** Text that stands before a made statement: an empty line, comments. Default: none. */
  readonly leadText?: string | undefined;
}

/** A statement that was read: its words are made when they are asked for. */
export class ReadStatement implements Statement, StatementSpan {
  readonly #text: string;
  #args: readonly string[] | undefined;

  constructor(
    text: string,
    readonly keyword: string,
    readonly lead: number,
    readonly start: number,
    readonly headEnd: number,
    readonly end: number,
    readonly children: readonly Statement[] | undefined,
    readonly block: BlockSpan | undefined,
  ) {
    this.#text = text;
  }

  get args(): readonly string[] {
    return (this.#args ??= readArguments(this.#text, this.start, this.headEnd));
  }

  get span(): StatementSpan {
    return this;
  }
}

/** A statement like another but for what is given. */
export const changedStatement = (statement: Statement, changes: Partial<Statement>): Statement => {
  const { keyword, args, children, span, rewritten, removed, leadText } = statement;
  return { keyword, args, children, span, rewritten, removed, leadText, ...changes };
};

/** A configuration file: statements, and everything between them. */
export interface Document {
  /** The text the spans point into. */
  readonly source: string;
  readonly statements: readonly Statement[];
  /** Where the blank lines and comments after the last statement begin. */
  readonly trailer: number;
  /** Lines and columns of `source`. */
  readonly lines: LineTable;
  /** The file, as the caller named it. */
  readonly file?: string | undefined;
}
