import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleCli } from '../durability/cli-bundle.js';
import { matchesOutput, shellBlocks } from './blocks.js';
import { runBlocks } from './sandbox.js';

const DOCS = fileURLToPath(new URL('../../../docs/', import.meta.url));

/** Pages whose commands are those of a kernel build or of the repository itself, run by tests of their own. */
const RUN_ELSEWHERE = new Set(['kernel-module.md']);

const pages = readdirSync(DOCS).filter((name) => name.endsWith('.md') && !RUN_ELSEWHERE.has(name));

/** Ports that pages show, and those of the tests. */
const PORTS = new Map([
  [9893, 19_293],
  [9090, 19_290],
]);

const isHere = (need: string): boolean => (need === 'kernel' ? existsSync('/sys/kernel/scst_tgt') : spawnSync('sh', ['-c', `command -v ${need}`]).status === 0);

let directory: string;
let program: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scst-docs-program-'));
  program = await bundleCli(directory);
}, 120_000);
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe('the commands of the docs', () => {
  it.each(pages)('%s', async (page) => {
    const all = shellBlocks(await readFile(join(DOCS, page), 'utf8'));
    const blocks = all.filter(({ needs, line }) => {
      const missing = needs.filter((need) => !isHere(need));
      if (missing.length > 0) console.warn(`skipped: docs/${page}:${line} needs ${missing.join(' and ')}`);
      return missing.length === 0;
    });
    if (blocks.length === 0) return;
    const runs = await runBlocks(blocks, program, PORTS);
    for (const [index, { line, output }] of blocks.entries()) {
      const run = runs[index];
      expect(run?.status, `docs/${page}:${line} ended with ${run?.status ?? 'nothing'}: ${run?.stdout ?? ''}`).toBe(0);
      if (output !== undefined) expect(matchesOutput(run?.stdout ?? '', output), `docs/${page}:${line} printed\n${run?.stdout ?? ''}`).toBe(true);
    }
  }, 150_000);
});

describe('a page', () => {
  it('is taken apart by its fences', () => {
    const page = 'a\n```sh needs=x,y\none\n```\n```text\nout\n```\n```js\nno\n```\n```sh\ntwo\n```\n';
    expect(shellBlocks(page)).toEqual([
      { line: 2, commands: 'one', needs: ['x', 'y'], output: 'out' },
      { line: 11, commands: 'two', needs: [], output: undefined },
    ]);
    expect(() => shellBlocks('```sh\nx')).toThrow('line 1 is not closed');
  });

  it('says what is printed, with gaps', () => {
    expect(matchesOutput('a  \nb (1)\nc\n', 'a\n…\nc')).toBe(true);
    expect(matchesOutput('a 17 b', 'a … b')).toBe(true);
    expect(matchesOutput('a\nb', 'a')).toBe(false);
    expect(matchesOutput('axb', 'a.b')).toBe(false);
  });

  it('has links that lead somewhere', async () => {
    for (const page of readdirSync(DOCS).filter((name) => name.endsWith('.md'))) {
      const text = await readFile(join(DOCS, page), 'utf8');
      for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/gu)) {
        expect(existsSync(join(DOCS, target)), `docs/${page} links to ${target}`).toBe(true);
      }
    }
  });
});
