// `npm run test:vm [-- [--required] [--processors N] SUITE…]`: suites that need a kernel, in a virtual machine with this checkout inside, which has
// as many processors as the suites ask for, or N.
// `node e2e/dist/vm.js --run 'COMMAND' [--memory MIB] [--processors N] [--instruction-clock] [--limit SECONDS]`: one command in it, with its output and status.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { exportAll, suitesScript } from './guest-script.js';
import { boot, type BootOptions } from './machine.js';
import { findMachine, findProgram } from './prerequisites.js';
import { findSuites, planBoots, selectSuites, type Suite } from './suite.js';
import { judge, type Verdict } from './verdict.js';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const sources = join(root, 'e2e', 'src');
/** Seconds that a machine may take to boot and to switch itself off. */
const BOOT_LIMIT = 180;

type Machine = Pick<BootOptions, 'kernel' | 'emulator' | 'busybox' | 'output' | 'paths'>;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    required: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    run: { type: 'string' },
    env: { type: 'string', multiple: true, default: [] },
    memory: { type: 'string', default: '1024' },
    processors: { type: 'string' },
    'instruction-clock': { type: 'boolean', default: false },
    limit: { type: 'string', default: '600' },
  },
});

/** Why a suite cannot run on this machine, or undefined. */
const lacks = ({ programs, needs }: Suite): string | undefined => {
  const program = programs.find(({ program: name }) => findProgram(name) === undefined);
  if (program !== undefined) return `${program.program} is not installed (Debian package ${program.debian})`;
  const variable = needs.find((name) => (process.env[name] ?? '') === '');
  return variable === undefined ? undefined : `the environment variable ${variable} is not set`;
};

const runSuites = async (machine: Machine, suites: readonly Suite[]): Promise<Verdict[]> => {
  const outcome = await boot({
    ...machine,
    script: suitesScript(root, suites),
    memory: Math.max(...suites.map(({ memory }) => memory)),
    processors: options.processors === undefined ? Math.max(...suites.map(({ processors }) => processors)) : Number(options.processors),
    limit: BOOT_LIMIT + suites.reduce((sum, { timeout }) => sum + timeout, 0),
    paths: [...machine.paths, ...suites.flatMap(({ needs }) => needs.map((name) => process.env[name] ?? ''))],
  });
  try {
    return suites.map((suite, index) => judge(outcome, suite, index));
  } finally {
    outcome.dispose();
  }
};

const runCommand = async (machine: Machine, command: string): Promise<number> => {
  const outcome = await boot({
    ...machine,
    script: `cd '${root}'\nexport SCST_VM=1\n${exportAll(options.env)}${command}\n`,
    memory: Number(options.memory),
    processors: Number(options.processors ?? 1),
    instructionClock: options['instruction-clock'],
    limit: Number(options.limit),
  });
  try {
    if (outcome.status === undefined) {
      console.error(outcome.timedOut ? `vm: not done within ${options.limit} s` : `vm: the machine ended before the command\n${outcome.console.split('\n').slice(-25).join('\n')}`);
    }
    return outcome.status ?? 3;
  } finally {
    outcome.dispose();
  }
};

const main = async (): Promise<number> => {
  const suites = findSuites(sources);
  if (options.list) {
    for (const { name, file } of suites) console.log(`${name}  ${file.slice(root.length + 1)}`);
    return 0;
  }
  const wanted = selectSuites(suites, positionals, root);
  const found = findMachine();
  if ('missing' in found) {
    for (const { what, debian } of found.missing) console.error(`vm: SKIPPED, since there is no ${what}; the Debian package ${debian} has it`);
    return options.required ? 1 : 0;
  }
  const machine: Machine = { ...found, paths: [root, process.execPath], output: (text) => process.stdout.write(text) };
  if (options.run !== undefined) return runCommand(machine, options.run);

  const left = wanted.map((suite) => ({ suite, reason: lacks(suite) }));
  const verdicts: Verdict[] = [];
  for (const boots of planBoots(left.filter(({ reason }) => reason === undefined).map(({ suite }) => suite))) verdicts.push(...(await runSuites(machine, boots)));
  console.log('\nIn the virtual machine:');
  for (const { suite, passed, text } of verdicts) console.log(`  ${passed ? 'ok  ' : 'FAIL'} ${suite}${passed ? '' : `: ${text}`}`);
  for (const { suite, reason } of left) if (reason !== undefined) console.log(`  SKIPPED ${suite.name}: ${reason}`);
  return verdicts.every(({ passed }) => passed) ? 0 : 1;
};

process.exitCode = await main();
