/** A table of a page made of tables. */
export const markdownTable = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`).join('\n');

export const hexByte = (value: number): string => value.toString(16).toUpperCase().padStart(2, '0');

/** What stands at the head of a page that nobody should edit. */
export const writtenBy = (what: string): string => `<!-- Written by \`npm run docs:reference -w @scst/core\` from ${what} of packages/core; do not edit. -->`;
