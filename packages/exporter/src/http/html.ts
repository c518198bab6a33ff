/** Text as HTML has it, in element content and quoted attributes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/gu, (character) => `&#${character.charCodeAt(0)};`);

/** Bytes as people like to read them. */
export const formatBytes = (bytes: number): string => {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${Number.isInteger(value) ? value : value >= 100 ? Math.round(value) : value.toPrecision(3)} ${units[unit] ?? ''}`;
};

/** A table; empty: what to say instead. Cells are text, and are escaped. */
export const table = (heads: readonly string[], rows: readonly (readonly (string | number | undefined)[])[], empty: string): string => {
  if (rows.length === 0) return `<p class="none">${escapeHtml(empty)}</p>`;
  const cell = (value: string | number | undefined): string => `<td${typeof value === 'number' ? ' class="number"' : ''}>${escapeHtml(String(value ?? '–'))}</td>`;
  return [
    '<div class="scroll"><table>',
    `<thead><tr>${heads.map((head) => `<th scope="col">${escapeHtml(head)}</th>`).join('')}</tr></thead>`,
    `<tbody>${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('')}</tbody>`,
    '</table></div>',
  ].join('');
};
