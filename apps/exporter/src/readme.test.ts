import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXIT_MEANINGS } from './exit-codes.js';
import { createProgram } from './options.js';

const README = new URL('../README.md', import.meta.url);

const options = (): string => {
  const program = createProgram(() => Promise.resolve(), { out: () => undefined, err: () => undefined });
  const help = program.createHelp();
  const rows = help.visibleOptions(program).map((option) => `| \`${help.optionTerm(option).replaceAll('|', '\\|')}\` | ${help.optionDescription(option).replaceAll('|', '\\|')} |`);
  return ['| option | |', '|---|---|', ...rows, ''].join('\n');
};

const exits = (): string => ['| status | |', '|---|---|', ...EXIT_MEANINGS.map(([code, meaning]) => `| ${code} | ${meaning} |`), ''].join('\n');

/** `UPDATE_README=1 npx vitest run src/readme.test.ts` writes them. */
describe('the README', () => {
  it.each([
    ['help', options],
    ['exit', exits],
  ])('has its part %s as the program has it', (name, make) => {
    const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
    const text = readFileSync(README, 'utf8');
    const [before = '', rest = ''] = text.split(begin);
    const expected = `${before}${begin}${make()}${rest.slice(rest.indexOf(end))}`;
    if (process.env['UPDATE_README'] === '1') writeFileSync(README, expected);
    else expect(text).toBe(expected);
  });
});
