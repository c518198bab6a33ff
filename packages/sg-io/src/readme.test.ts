import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as sgIo from './index.js';

type Run = (library: typeof sgIo, log: (...values: unknown[]) => void) => Promise<void>;

const examples = [...readFileSync(new URL('../README.md', import.meta.url), 'utf8').matchAll(/```js\n(.*?)```/gs)].map(([, code = '']) => code);

describe('the examples of the README that need no device do what they say', () => {
  it.each(examples)('%s', async (example) => {
    const lines: string[] = [];
    const code = example.replaceAll(/import (\{.*?\}) from '@scst\/sg-io';/gs, 'const $1 = library;').replaceAll('console.log(', 'log(');
    const AsyncFunction = Object.getPrototypeOf(async () => Promise.resolve()) as { constructor: new (...parameters: string[]) => Run };
    await new AsyncFunction.constructor('library', 'log', code)(sgIo, (...values) => {
      lines.push(values.join(' '));
    });
    const expected = [...example.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, text]) => text);
    // What devices there are depends on the machine.
    if (expected.length > 0) expect(lines).toEqual(expected);
  });
});
