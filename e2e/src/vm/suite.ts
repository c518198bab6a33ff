import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * A file of tests that runs in the virtual machine: `*.vm.ts` (vitest) or `*.vm.mjs` (a plain program; its exit status counts). What it wants
 * stands in comments at its head:
 *
 * ```ts
 * // @vm modules sg bsg                   loaded before it, and left loaded; a path is one of .ko
 * // @vm programs sg_inq:sg3-utils        left out, with a word, where a program (of a Debian package) is missing
 * // @vm needs SCST_MODULES               left out, with a word, where this environment variable is not set; handed on to the guest
 * // @vm timeout 300                      seconds; 240 unless said
 * // @vm memory 2048                      MiB; 1024 unless said. Suites share one boot of the largest machine asked for
 * // @vm processors 2                     1 unless said
 * // @vm alone                            in a boot of its own
 * ```
 */
export interface Suite {
  /** The file without folder and ending. */
  readonly name: string;
  readonly file: string;
  readonly modules: readonly string[];
  readonly programs: readonly { readonly program: string; readonly debian: string }[];
  readonly needs: readonly string[];
  readonly timeout: number;
  readonly memory: number;
  readonly processors: number;
  readonly alone: boolean;
}

const ENDING = /\.vm\.(ts|mjs)$/;
const LINE = /^\/\/ @vm (\S+)\s*(.*)$/;

/** A suite's head asks for something that does not exist. */
export class SuiteError extends Error {
  readonly code = 'BAD_SUITE';
  constructor(file: string, line: number, message: string) {
    super(`${file}:${line}: ${message}`);
    this.name = 'SuiteError';
  }
}

/** Reads the head of a suite: the comments before its first other line. */
export const parseSuite = (file: string, text: string): Suite => {
  const words = new Map<string, string[]>();
  for (const [index, line] of text.split('\n').entries()) {
    if (!line.startsWith('//') && line.trim() !== '') break;
    const [, key, values = ''] = LINE.exec(line) ?? [];
    if (key === undefined) continue;
    if (!['modules', 'programs', 'needs', 'timeout', 'memory', 'processors', 'alone'].includes(key)) {
      throw new SuiteError(file, index + 1, `there is no "@vm ${key}"; there are modules, programs, needs, timeout, memory, processors and alone`);
    }
    if (['timeout', 'memory', 'processors'].includes(key) && !/^[1-9]\d*$/.test(values.trim())) {
      throw new SuiteError(file, index + 1, `"@vm ${key}" takes a number, not "${values}"`);
    }
    words.set(key, [...(words.get(key) ?? []), ...values.split(/\s+/).filter((word) => word !== '')]);
  }
  const list = (key: string): string[] => words.get(key) ?? [];
  const number = (key: string, otherwise: number): number => Number(words.get(key)?.[0] ?? otherwise);
  return {
    name: (file.split('/').at(-1) ?? file).replace(ENDING, ''),
    file,
    modules: list('modules'),
    programs: list('programs').map((word) => {
      const [program = word, debian = program] = word.split(':');
      return { program, debian };
    }),
    needs: list('needs'),
    timeout: number('timeout', 240),
    memory: number('memory', 1024),
    processors: number('processors', 1),
    alone: words.has('alone'),
  };
};

/** Every suite below a folder, by name. */
export const findSuites = (folder: string): Suite[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => ENDING.test(path))
    .map((path) => parseSuite(join(folder, path), readFileSync(join(folder, path), 'utf8')))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

/** The suites meant by words of the command line: a name, or a part of a path. */
export const selectSuites = (suites: readonly Suite[], words: readonly string[], folder: string): Suite[] => {
  if (words.length === 0) return [...suites];
  const chosen = new Set<Suite>();
  for (const word of words) {
    const named = suites.filter(({ name }) => name === word);
    const found = named.length > 0 ? named : suites.filter(({ file }) => relative(folder, file).includes(word) || file.endsWith(word));
    if (found.length === 0) throw new Error(`there is no suite "${word}"; there are ${suites.map(({ name }) => name).join(', ')}`);
    for (const suite of found) chosen.add(suite);
  }
  return [...chosen];
};

/** Suites by boot: those that ask for a machine of their own, and one machine for all the others. */
export const planBoots = (suites: readonly Suite[]): Suite[][] => {
  const together = suites.filter(({ alone }) => !alone);
  return [...(together.length > 0 ? [together] : []), ...suites.filter(({ alone }) => alone).map((suite) => [suite])];
};
