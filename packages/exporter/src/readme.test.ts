import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FAMILIES } from './families/index.js';

const README = new URL('../README.md', import.meta.url);
const [BEGIN, END] = ['<!-- metrics -->\n', '<!-- /metrics -->'];

/** The table of all families, of the same rows that make them. */
const table = (): string => {
  const rows = FAMILIES.map(({ name, type, labels, help, optional }) => `| \`${name}\` | ${type} | ${labels.join(', ')} | ${help}${optional === true ? ' *Optional.*' : ''} |`);
  return ['| metric | type | labels | |', '|---|---|---|---|', ...rows, ''].join('\n');
};

/** `UPDATE_README=1 npx vitest run src/readme.test.ts` writes it. */
describe('the README', () => {
  it('lists every metric', () => {
    const text = readFileSync(README, 'utf8');
    const [before = '', rest = ''] = text.split(BEGIN);
    const expected = `${before}${BEGIN}${table()}${rest.slice(rest.indexOf(END))}`;
    if (process.env['UPDATE_README'] === '1') writeFileSync(README, expected);
    else expect(text).toBe(expected);
  });

  it('has names by Prometheus’ conventions', () => {
    for (const { name, type, help, labels } of FAMILIES) {
      expect(name).toMatch(/^scst_[a-z\d_]+$/u);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      expect(help.trim()).not.toBe('');
      expect(new Set(labels).size).toBe(labels.length);
    }
    expect(new Set(FAMILIES.map(({ name }) => name)).size).toBe(FAMILIES.length);
  });
});
