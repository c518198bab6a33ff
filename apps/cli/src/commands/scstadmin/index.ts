import { createInterface } from 'node:readline';
import { type Command } from 'commander';
import { type Context } from '../../context.js';
import { annotate, argument } from '../../definition.js';
import { CliError } from '../../errors.js';
import { ATTRIBUTES } from './attributes.js';
import { CHANGES } from './change.js';
import { CONFIGS } from './config.js';
import { type Call, parseFlags, refuse } from './flags.js';
import { LISTS } from './list.js';
import { type AdminOperation, type Done, Job } from './operation.js';

const OPERATIONS: Readonly<Record<string, AdminOperation>> = { ...CONFIGS, ...LISTS, ...CHANGES, ...ATTRIBUTES };

const RULES = new Map(Object.entries(OPERATIONS).map(([name, { value }]) => [name, value] as const));

/** The flags, one line each. */
const flagLines = (): string[] =>
  Object.entries(OPERATIONS).map(([name, { value, needs = [], does }]) => {
    const own = value === 'required' ? ' NAME' : value === 'optional' ? ' [NAME]' : '';
    const others = needs.map((flag) => (flag === 'force' ? ' -force' : ` -${flag} ${flag === 'attributes' ? 'a=b,c=d' : flag.toUpperCase()}`)).join('');
    return `  -${name}${own}${others}\n      ${does}`;
  });

export const addScstadminCommand = (program: Command, context: Context): void => {
  const command = program
    .command('scstadmin')
    .description('take the flags of scstadmin, so that scripts written for it run')
    .addArgument(argument('[flags...]', 'one operation, or several queries, as scstadmin takes them'))
    .allowUnknownOption()
    .action(async (words: readonly string[]) => {
      const call = parseFlags(words, RULES);
      if (call.switches.has('h') || call.switches.has('help')) command.outputHelp();
      else await carryOut(context, call);
    });
  annotate(command, {
    text: [
      ['Flags:', ...flagLines()].join('\n'),
      'LUNs are those of -group GROUP, or of the target itself. -open_dev, -add_target and -add_lun take parameters by -attributes a=b,c=d too. -noprompt does not ask, -force does also what is in use or removes, -cont_on_err ends with 0 after a failure, -nonkey lists attributes that have their default value too. Flags may be abbreviated.',
      'The exit status is scstadmin’s: 0 when done, and also when an attribute could not be set, which is only warned of; 1 when refused, failed, or not understood; 30, 31 and 40 to 43 for targets that could not be added or removed. There is no SCST to connect to: 3.',
    ],
    examples: [
      { command: 'scst-local scstadmin -open_dev disk1 -handler vdisk_fileio -attributes filename=/srv/disk1.img,nv_cache=1', does: 'add a device' },
      { command: 'scst-local scstadmin -add_lun 0 -driver scst_local -target scst_local_tgt -device disk1', does: 'show it as LUN 0' },
      { command: 'scst-local scstadmin -config /etc/scst.conf -force -noprompt', does: 'as scst.conf says, and nothing besides' },
    ],
  });
};

const carryOut = async (context: Context, call: Call): Promise<void> => {
  const asked = [...call.operations].flatMap(([name, value]) => {
    const operation = OPERATIONS[name];
    return operation === undefined ? [] : [{ name, value, operation }];
  });
  if (asked.length === 0) throw refuse('no operation is given', '“scst-local scstadmin -help” lists them.');
  if (asked.length > 1 && asked.some(({ operation }) => operation.query !== true)) throw refuse('only one operation can be carried out at a time, or several queries');
  for (const { name, operation } of asked) checkNeeds(name, operation, call);
  await context.withScst(async (scst) => {
    const results: Done[] = [];
    for (const { name, value, operation } of asked) {
      const done = await carryOutOne(new Job(context, scst, call, value), operation);
      if (done?.exit !== undefined) throw new CliError('FAILED', `-${name} ${value} was not done`, { exit: done.exit });
      if (done !== undefined) results.push(done);
    }
    const [only] = results;
    const json = results.length === 1 && only !== undefined ? only.json : results.map((done) => done.json);
    context.result(json, results.flatMap(({ text = [] }) => text));
  });
};

const checkNeeds = (name: string, { needs = [] }: AdminOperation, { qualifiers, switches }: Call): void => {
  const missing = needs.filter((flag) => (flag === 'force' ? !switches.has(flag) : !qualifiers.has(flag)));
  if (missing.length > 0) throw refuse(`-${name} needs ${missing.map((flag) => `-${flag}`).join(', ')} too`);
};

/** Undefined when the person did not want it. */
const carryOutOne = async (job: Job, operation: AdminOperation): Promise<Done | undefined> => {
  const asks = typeof operation.asks === 'function' ? operation.asks(job) : operation.asks === true;
  if (asks && !job.has('noprompt') && !(await confirm(job.context))) {
    job.context.warn('nothing was done');
    return undefined;
  }
  try {
    return await operation.run(job);
  } catch (error) {
    if (!job.has('cont_on_err') || job.context.signal.aborted || operation.query === true) throw error;
    job.warn(error);
    return { json: { changes: 0 } };
  }
};

/** Asks on standard error, so that what is printed for programs stays clean. The end of the input means no. */
const confirm = async (context: Context): Promise<boolean> => {
  context.err.text('Data may be lost by this. Go on? (y/[n]) ');
  const lines = createInterface({ input: context.io.stdin, signal: context.signal });
  try {
    for await (const line of lines) return /^y(?:es)?$/iu.test(line);
    return false;
  } finally {
    lines.close();
  }
};
