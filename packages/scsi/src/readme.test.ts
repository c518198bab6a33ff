import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import * as compliance from './compliance/index.js';
import * as scsi from './index.js';

const modules: Readonly<Record<string, unknown>> = { '@scst/scsi': scsi, '@scst/scsi/compliance': compliance };
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

/** Fenced js blocks of a text. */
function examples(text: string): string[] {
  return [...text.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code ?? '');
}

type Run = (load: (name: string) => unknown, log: (...values: unknown[]) => void) => Promise<void>;

/** Runs an example: imports become loads from the sources, and what it logs is given back line by line. */
async function run(example: string): Promise<string[]> {
  const code = example
    .replaceAll(/import (\{.*?\}) from '(.*?)';/gs, "const $1 = load('$2');")
    .replaceAll('console.log(', 'log(');
  const AsyncFunction = Object.getPrototypeOf(async () => Promise.resolve()) as { constructor: new (...parameters: string[]) => Run };
  const lines: string[] = [];
  const log = (...values: unknown[]): void => {
    lines.push(values.map((value) => (typeof value === 'string' ? value : inspect(value, { breakLength: Infinity }))).join(' '));
  };
  await new AsyncFunction.constructor('load', 'log', code)((name) => modules[name], log);
  return lines;
}

describe('the examples of the README do what they say', () => {
  it.each(examples(read('../README.md')))('%s', async (example) => {
    const expected = [...example.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, text]) => text);
    expect(await run(example)).toEqual(expected);
  });
});

it('so does the example of the package', async () => {
  const comment = read('./index.ts').split('*/')[0]?.replaceAll(/^ \* ?/gm, '') ?? '';
  const [example = ''] = examples(comment);
  const expected = [...example.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, text]) => text);
  expect(expected.length).toBeGreaterThan(0);
  expect(await run(example)).toEqual(expected);
});
