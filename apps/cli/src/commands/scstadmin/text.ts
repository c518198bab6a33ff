/** Rows under headings, each line behind a tab, as scstadmin's tables are. */
export const table = (headings: readonly string[], rows: readonly (readonly string[])[]): string[] => {
  const widths = headings.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => `\t${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('     ').trimEnd()}`;
  const total = widths.reduce((sum, width) => sum + width, 5 * (widths.length - 1));
  return [line(headings), `\t${'-'.repeat(total)}`, ...rows.map(line)];
};
