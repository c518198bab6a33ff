import { readFileSync } from 'node:fs';
import { runInThisContext } from 'node:vm';
import { describe, expect, it } from 'vitest';

/** The examples of a file: its fenced blocks of JavaScript, in a comment or not. */
const examplesOf = (file: URL): string[] => {
  const text = readFileSync(file, 'utf8').replace(/^ \* ?/gmu, '');
  return [...text.matchAll(/^```js\n([\s\S]*?)^```$/gmu)].map((match) => match[1] ?? '');
};

/** Runs a module's text, with its imports resolved as the tests' are. Gives what it logged. */
const run = async (source: string): Promise<unknown[][]> => {
  const body = source.replace(/^import (\{[^}]*\}) from ('[^']+');$/gmu, 'const $1 = await load($2);');
  const logged: unknown[][] = [];
  const example = runInThisContext(`(async (load, console) => { ${body} })`) as (load: unknown, console: unknown) => Promise<void>;
  await example((name: string): Promise<unknown> => import(name), { log: (...values: unknown[]) => logged.push(values) });
  return logged;
};

/** Tests that the examples of a package's doc comments and README run, and print something. */
export const testExamples = (test: ImportMeta, files: readonly string[]): void => {
  describe.each([...files])('%s', (file) => {
    it('has examples that run', async () => {
      const examples = examplesOf(new URL(file, test.url));
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) expect(await run(example)).not.toEqual([]);
    });
  });
};
