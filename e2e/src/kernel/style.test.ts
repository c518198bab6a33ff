import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const KERNEL = fileURLToPath(new URL('../../../kernel/', import.meta.url));
const COLUMNS = 100;
const TAB = 8;

const sources = (folder: string): string[] =>
  readdirSync(`${KERNEL}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.[ch]$/.test(path) && !path.endsWith('.mod.c'))
    .map((path) => `${folder}/${path}`);

/** Columns that a line takes, tabs being eight wide. */
const width = (line: string): number => line.split('').reduce((column, character) => (character === '\t' ? column + TAB - (column % TAB) : column + 1), 0);

/** What Linux's coding style has against a line, by its number. */
const complaints = (text: string): string[] => {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const at = (what: string): string => `line ${index + 1}: ${what}: ${line}`;
    return [
      // A message is not broken, so that it can be searched for.
      ...(width(line) > COLUMNS && !line.includes('"') ? [at(`over ${COLUMNS} columns`)] : []),
      ...(/[ \t]$/.test(line) ? [at('blanks at the end')] : []),
      ...(/^ {2,}\S/.test(line) && !/^ {1,}\*/.test(line) ? [at('indented with blanks')] : []),
      ...(/\t \t|^ +\t/.test(line) ? [at('a blank before a tab')] : []),
      ...(index > 0 && /(^|\s)\/\//.test(line) ? [at('a // comment')] : []),
      ...(/\b(if|for|while|switch)\(/.test(line) ? [at('no blank before a parenthesis')] : []),
      ...(/\)\{|\belse\{/.test(line) ? [at('no blank before a brace')] : []),
      ...(line === '' && lines[index + 1] === '' && index + 2 < lines.length ? [at('two empty lines')] : []),
    ];
  });
};

describe.each([...sources('scst_local'), ...sources('test')])('kernel/%s', (path) => {
  const text = readFileSync(KERNEL + path, 'utf8');

  it('says its licence in its first line and ends in one newline', () => {
    expect(text).toMatch(path.endsWith('.c') ? /^\/\/ SPDX-License-Identifier: GPL-2\.0-only\n/ : /^\/\* SPDX-License-Identifier: GPL-2\.0-only \*\/\n/);
    expect(text).toMatch(/[^\n]\n$/);
  });

  it("keeps Linux's coding style", () => {
    expect(complaints(text)).toEqual([]);
  });
});
