// `npm run fuzz -w @scst/e2e -- [--seed N] [--rounds N] …`: random commands on a real SCST in the virtual machine, and then on the core.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { replayCommands } from '../command-replay.js';
import { Difference } from '../difference.js';
import { MODULES_VARIABLE } from '../kernel-machine.js';
import { createMachine } from '../machine.js';
import { readRecording } from '../recording.js';
import { replayTree } from '../tree-replay.js';
import { boot } from '../../vm/machine.js';
import { findMachine } from '../../vm/prerequisites.js';
import { guestScript } from './guest.js';
import { plan } from './plan.js';

const HELP = `Usage: npm run fuzz -w @scst/e2e -- [options]

Makes random scripts of SCSI commands, and of commands and attributes of the tree, carries them out on a real SCST in a virtual machine, and
then on the embedded core: status, sense, data and residual, errno and the whole tree have to be the same. ${MODULES_VARIABLE} names the
directory of SCST's modules (a release build).

Options:
  --seed N        the first of the seeds; the same scripts for the same seed (default: of the clock, and printed)
  --rounds N      how often, each in a boot of its own with further seeds (default 1)
  --only WHAT     commands or tree
  --kind NAME     fileio, nullio, vcdrom or blockio (commands; default all)
  --topic NAME    what the commands are about, as in e2e/src/replay/scripts/script.ts (default all)
  --steps N       of each script (default 150)
  --keep FOLDER   where recordings go that the core does not agree with (default: fuzz-SEED)
  --limit SECONDS for each boot (default 3000)
  --help          this text

Exit status: 0 no difference, 1 some, or a script that could not be carried out, 2 wrong usage or nothing to run on.
`;

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string' },
    rounds: { type: 'string', default: '1' },
    only: { type: 'string' },
    kind: { type: 'string', multiple: true },
    topic: { type: 'string', multiple: true },
    steps: { type: 'string', default: '150' },
    keep: { type: 'string' },
    limit: { type: 'string', default: '3000' },
    help: { type: 'boolean', default: false },
  },
});

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A difference between a recording of the real SCST and the core, or undefined. */
const differenceOf = async (file: string): Promise<Difference | undefined> => {
  const recording = await readRecording(file);
  await using machine = await createMachine({ door: 'memory', profile: 'recorded', scan: recording.kind === 'tree' ? 'auto' : 'manual' });
  try {
    if (recording.kind === 'tree') await replayTree(recording, machine);
    else await replayCommands(recording, machine);
    return undefined;
  } catch (error) {
    if (error instanceof Difference) return error;
    throw error;
  }
};

const usage = (problem: string): number => {
  process.stderr.write(`fuzz: ${problem}\n\n${HELP}`);
  return 2;
};

const main = async (): Promise<number> => {
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [seed, rounds, steps, limit] = [options.seed ?? String(Math.floor(Date.now() / 1000) % 1_000_000), options.rounds, options.steps, options.limit].map(Number) as [number, number, number, number];
  for (const [name, value] of Object.entries({ seed, rounds, steps, limit })) if (!Number.isSafeInteger(value) || value < 0) return usage(`--${name}: expected a number`);
  if (options.only !== undefined && options.only !== 'commands' && options.only !== 'tree') return usage(`--only ${options.only}: expected commands or tree`);
  const modules = process.env[MODULES_VARIABLE] ?? '';
  if (modules === '') return usage(`${MODULES_VARIABLE} is not set`);
  const found = findMachine();
  if ('missing' in found) return usage(found.missing.map(({ what, debian }) => `there is no ${what} (Debian package ${debian})`).join('; '));

  const work = await mkdtemp(join(tmpdir(), 'scst-fuzz-'));
  const keep = options.keep ?? `fuzz-${seed}`;
  const count = { scripts: 0, differing: 0, failed: 0 };
  try {
    for (let round = 0; round < rounds; round += 1) {
      const scripts = plan({ seed: seed + 1000 * round, steps, only: options.only, kinds: options.kind, topics: options.topic });
      console.log(`seed ${seed + 1000 * round}: ${scripts.length} scripts`);
      const outcome = await boot({ ...found, script: guestScript({ root, modules, scripts }), memory: 1536, processors: 1, limit, paths: [root, process.execPath, modules], output: (text) => process.stdout.write(text) });
      try {
        if (outcome.status === undefined) console.log(outcome.timedOut ? `not done within ${limit} s` : `the machine ended early:\n${outcome.console.split('\n').slice(-15).join('\n')}`);
        for (const { file } of scripts) {
          count.scripts += 1;
          const text = outcome.file(file);
          if (text === undefined || text === '') {
            count.failed += 1;
            console.log(`FAIL ${file}: not carried out`);
            continue;
          }
          const path = join(work, file);
          await writeFile(path, text);
          const difference = await differenceOf(path);
          if (difference === undefined) continue;
          count.differing += 1;
          await mkdir(keep, { recursive: true });
          await writeFile(join(keep, `${file}.gz`), gzipSync(text));
          console.log(`FAIL ${file}: ${difference.message}`);
        }
      } finally {
        outcome.dispose();
      }
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  console.log(`seed ${seed}: ${count.scripts} scripts, ${count.differing} with a difference${count.differing > 0 ? ` (in ${keep})` : ''}, ${count.failed} not carried out`);
  return count.differing + count.failed === 0 ? 0 : 1;
};

process.exitCode = await main();
