import Table from 'cli-table3';

const NO_LINES = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '',
  bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '',
  left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ',
};

/** A column: its heading, and on which side its cells stand. */
export interface Column {
  readonly heading: string;
  readonly align?: 'left' | 'right';
}

/**
 * Rows under headings, two blanks between columns, as `ps` and `lsblk` print them. Widths are those of what a terminal shows, so that wide
 * characters line up. Without rows: nothing at all.
 */
export const formatTable = (columns: readonly Column[], rows: readonly (readonly string[])[], heading: (text: string) => string = (text) => text): string => {
  if (rows.length === 0) return '';
  const table = new Table({
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: columns.map(({ align = 'left' }) => align),
  });
  table.push(columns.map((column) => heading(column.heading)), ...rows.map((row) => [...row]));
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
};
