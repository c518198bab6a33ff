import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Machine } from './machine.js';
import { announceSkip, findScstadmin, type Scstadmin } from './prerequisites.js';

/** SCST's test files in their order, each with the number of its tests and those that cannot pass here. */
const FILES: readonly { readonly file: string; readonly tests: number; readonly failing?: readonly number[]; readonly because?: string }[] = [
  { file: '01-start-scst.t', tests: 3 },
  { file: '02-scst-attr.t', tests: 15 },
  { file: '03-targets.t', tests: 177 },
  { file: '04-alua.t', tests: 62 },
  {
    file: '05-dynattr.t',
    tests: 55,
    failing: [4, 5, 9, 13, 14, 15, 16, 19, 20, 21, 22, 25, 26, 27, 32, 36, 37, 38, 39, 43, 44, 45, 46, 50, 51, 52, 54],
    because: 'they are about targets and attributes of the iSCSI target driver',
  },
  { file: '06-cont-on-err.t', tests: 6 },
  { file: '07-scstadmin-args.t', tests: 59, failing: [45, 46, 47], because: 'they expect the device parameters of an older SCST, and fail on a kernel’s as well' },
  { file: '08-scstadmin-close-dev.t', tests: 24 },
  { file: '09-scstadmin-invalid-args.t', tests: 43 },
  { file: '99-stop-scst.t', tests: 2 },
];

const MINUTES = 60_000;

/** The suite, or why it cannot be run. It comes with SCST's sources and is not installed. */
const findSuite = (): (Scstadmin & { readonly suite: string }) | { readonly missing: string } => {
  const scstadmin = findScstadmin();
  if ('missing' in scstadmin) return scstadmin;
  const { suite } = scstadmin;
  if (suite === undefined) return { missing: `there is no scst-1.0.0/t beside ${scstadmin.program}; SCSTADMIN must name it in SCST's sources` };
  if (spawnSync('gawk', ['--version'], { stdio: 'ignore' }).error !== undefined) return { missing: 'gawk is not installed' };
  return { ...scstadmin, suite };
};

const found = findSuite();
if ('missing' in found) announceSkip('the test suite of scstadmin', found.missing);

/** The suite builds on what its earlier files did, so that it runs as a whole: a test of one file fails alone for no other reason. */
describe.skipIf('missing' in found)('the test suite of scstadmin', () => {
  let machine: Machine;
  let folder: string;

  beforeAll(async () => {
    if ('missing' in found) return;
    machine = await Machine.start(found);
    folder = await prepare(machine, found.suite);
  });

  afterAll(async () => {
    await machine[Symbol.asyncDispose]();
  });

  for (const { file, tests, failing = [], because } of FILES) {
    const name = because === undefined ? file : `${file}, but for ${failing.length} tests: ${because}`;
    it(name, { timeout: 5 * MINUTES }, async () => {
      const { output } = await machine.runIn(folder, 'perl', join('t', file));
      const results = [...output.matchAll(/^(?:\([A-Z0-9]+\) )*(not )?ok (\d+)\b/gmu)];
      expect(results.length, output).toBe(tests);
      const failed = results.filter(([, not]) => not !== undefined).map(([, , number]) => Number(number));
      expect(failed, output).toEqual(failing);
    });
  }
});

/** Copies the suite with what it wants around it: the iSCSI daemon that it starts, and gawk under the name of awk. */
const prepare = async (machine: Machine, suite: string): Promise<string> => {
  const sources = join(machine.directory, 'sources');
  const admin = join(sources, 'scstadmin', 'scstadmin.sysfs');
  await cp(dirname(dirname(suite)), admin, { recursive: true });
  const daemons = join(sources, 'iscsi-scst', 'usr');
  await mkdir(daemons, { recursive: true });
  await writeFile(join(daemons, 'iscsi-scstd'), '#!/bin/sh\nexit 0\n');
  await chmod(join(daemons, 'iscsi-scstd'), 0o755);
  const { output } = await machine.run('sh', '-c', 'command -v gawk');
  await symlink(output.trim(), join(machine.directory, 'bin', 'awk'));
  return join(admin, 'scst-1.0.0');
};
