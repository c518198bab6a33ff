import { encodeSource } from './decode.js';
import { type Document, type Statement } from './document.js';
import { formatWord } from './words.js';

/** The text of a document. What was read and not changed comes out byte for byte. */
export const print = (document: Document): string => {
  const parts: string[] = [];
  printAll(document.statements, document.source, '', parts);
  parts.push(document.source.slice(document.trailer));
  return parts.join('');
};

/** {@link print}, as the bytes of a file. */
export const printBytes = (document: Document): Uint8Array => encodeSource(print(document));

/** The text of statements that were made, each line indented by tabs. */
export const printStatements = (statements: readonly Statement[]): string => {
  const parts: string[] = [];
  printAll(statements, '', '', parts);
  return parts.join('');
};

const formatHead = ({ keyword, args }: Statement): string => [keyword, ...args].map(formatWord).join(' ');

const printAll = (statements: readonly Statement[], source: string, indent: string, parts: string[]): void => {
  for (const statement of statements) {
    if (statement.span === undefined) printMade(statement, source, indent, parts);
    else printRead(statement, source, parts);
  }
};

const printMade = (statement: Statement, source: string, indent: string, parts: string[]): void => {
  // A made statement begins on a line of its own, also after a file without a last newline.
  const before = parts.findLast((part) => part !== '');
  if (before !== undefined && !before.endsWith('\n')) parts.push('\n');
  if (statement.leadText !== undefined) parts.push(statement.leadText);
  parts.push(indent, formatHead(statement));
  if (statement.children === undefined) {
    parts.push('\n');
    return;
  }
  parts.push(' {\n');
  printAll(statement.children, source, `${indent}\t`, parts);
  parts.push(indent, '}\n');
};

const printRead = (statement: Statement, source: string, parts: string[]): void => {
  const { span } = statement;
  if (span === undefined) return;
  const { lead, start, headEnd, end, block } = span;
  if (statement.removed === true) {
    parts.push(commentsBefore(source.slice(lead, start)));
    return;
  }
  const plain = statement.leadText === undefined && statement.rewritten !== true;
  if (block === undefined && statement.children === undefined && plain) {
    parts.push(source.slice(lead, end));
    return;
  }
  parts.push(statement.leadText ?? source.slice(lead, start));
  parts.push(statement.rewritten === true ? formatHead(statement) : source.slice(start, headEnd));
  if (block !== undefined) {
    parts.push(source.slice(headEnd, block.bodyStart));
    printChildren(statement, source, parts);
    parts.push(source.slice(block.closeStart, end));
    return;
  }
  if (statement.children === undefined) {
    parts.push(source.slice(headEnd, end));
    return;
  }
  // A statement that had no block and got one.
  const indent = indentOf(source, start);
  parts.push(' {', source.slice(headEnd, end));
  if (!source.slice(headEnd, end).endsWith('\n')) parts.push('\n');
  printAll(statement.children, source, `${indent}\t`, parts);
  parts.push(indent, '}\n');
};

/** The whole lines of a lead, when there is a comment among them. */
const commentsBefore = (lead: string): string => (lead.includes('#') ? lead.slice(0, lead.lastIndexOf('\n') + 1) : '');

const printChildren = (statement: Statement, source: string, parts: string[]): void => {
  const block = statement.span?.block;
  if (statement.children === undefined || statement.span === undefined || block === undefined) return;
  const made = statement.children.some(({ span }) => span === undefined);
  printAll(statement.children, source, made ? childIndent(statement, source) : '', parts);
  // `{ a 1 }` on one line, with something new in it: the brace goes to a line of its own.
  if (made && statement.children.at(-1)?.span === undefined) {
    const close = source.slice(block.closeStart, block.closeEnd);
    if (!close.includes('\n') && close.trim() === '}' && !/^\s+\}$/u.test(close)) parts.push(indentOf(source, statement.span.start));
  }
};

/** Children are indented as those already there, or one tab deeper than their parent. */
const childIndent = (parent: Statement, source: string): string => {
  const sibling = parent.children?.find(({ span }) => span !== undefined)?.span;
  if (sibling !== undefined && source.lastIndexOf('\n', sibling.start - 1) >= (parent.span?.start ?? 0)) return indentOf(source, sibling.start);
  return `${indentOf(source, parent.span?.start ?? 0)}\t`;
};

/** The blanks a line begins with. */
const indentOf = (source: string, offset: number): string => {
  const lineStart = source.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/u.exec(source.slice(lineStart, offset))?.[0] ?? '';
};
