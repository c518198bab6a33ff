import { resolve } from 'node:path';
import { apply, type ApplyReport, formatDiagnostic, plan, type PlanOptions, printPlan, saveText } from '@scst/config';
import { guard, inUse } from '@scst/local';
import { type Command, Option } from 'commander';
import { readConfigFile } from '../../config/read-file.js';
import { heldBackJson, operationJson, reportJson, reportLines } from '../../config/report.js';
import { refuseJson, saveFile } from '../../config/save-file.js';
import { type Context } from '../../context.js';
import { annotate, argument, asGiven, collect } from '../../definition.js';
import { CliError } from '../../errors.js';
import { FILE_TEXT } from './read.js';

/** What brings an SCST and a configuration together. */
export const addChangingCommands = (family: Command, context: Context): void => {
  addPlan(family, context);
  addApply(family, context);
  addSave(family, context);
};

interface PlanFlags {
  prune?: boolean;
  force?: boolean;
  only?: readonly string[];
}

const onlyOption = (): Option => new Option('--only <part>', 'only this part, such as device:disk1, target:iqn.*, driver:scst_local, global; may be given several times').argParser(collect(asGiven));

const withPlanOptions = (command: Command): Command =>
  command
    .option('--prune', 'remove what the configuration does not mention')
    .option('--force', 'do also what is in use, or disturbs initiators')
    .addOption(onlyOption());

const addPlan = (family: Command, context: Context): void => {
  const command = withPlanOptions(family.command('plan').description('print what an apply would do, and do nothing').addArgument(argument('<file>', FILE_TEXT, 'file'))).action(
    async (file: string, flags: PlanFlags) => {
      const loaded = await readConfigFile(context, file);
      const made = await context.withScst((scst) => plan(scst.tree, loaded, { ...planOptions(flags), inUse: inUse(scst), signal: context.signal }));
      context.result({ operations: made.operations.map(operationJson), ...heldBackJson(made) }, printPlan(made, { colour: (kind, text) => context.out.style(COLOURS[kind], text) }));
    },
  );
  annotate(command, { examples: [{ command: 'scst-local config plan /etc/scst.conf --prune', does: '+ what comes, - what goes, ~ what changes' }] });
};

const COLOURS = { add: 'green', change: 'yellow', remove: 'red', held: 'dim' } as const;

const planOptions = ({ prune, force, only }: PlanFlags): PlanOptions => ({ prune, force, only });

interface ApplyFlags extends PlanFlags {
  continueOnError?: boolean;
  rollback?: boolean;
  suspend: 'auto' | 'always' | 'never';
}

const addApply = (family: Command, context: Context): void => {
  const command = withPlanOptions(family.command('apply').description('make the SCST as a configuration says').addArgument(argument('<file>', FILE_TEXT, 'file')))
    .option('--continue-on-error', 'after a failure, go on with all that does not need what failed')
    .option('--rollback', 'after a failure or an interruption, take back what was done')
    .addOption(new Option('--suspend <when>', 'suspend SCST while LUNs change').choices(['auto', 'always', 'never']).default('auto'))
    .action(async (file: string, flags: ApplyFlags) => {
      const loaded = await readConfigFile(context, file);
      const { continueOnError, rollback, suspend } = flags;
      const report = await context.withScst(
        (scst) =>
          apply(scst.tree, loaded, {
            ...planOptions(flags), continueOnError, rollback, suspend,
            inUse: inUse(scst), guard: guard(scst), modules: scst.modules, signal: context.signal, onProgress: applyProgress(context),
          }),
        { endsItself: true },
      );
      context.result(reportJson(report), reportLines(report));
      if (!report.converged) throw notConverged(report);
    });
  annotate(command, {
    text: ['What the configuration does not mention is left alone without --prune. A second apply has nothing to do.'],
    examples: [
      { command: 'scst-local config apply /etc/scst.conf', does: 'add and change what is missing and different' },
      { command: 'scst-local config apply /etc/scst.conf --prune --rollback', does: 'all or nothing, and nothing besides' },
    ],
  });
};

/** How far an apply is, on one line of a terminal. */
const applyProgress = (context: Context): ((progress: { done: number; total: number; phase: string }) => void) => {
  if (context.json || !context.err.isTerminal) return () => undefined;
  return ({ done, total, phase }) => {
    context.err.control(done === total ? '\r\x1b[K' : `\r\x1b[K${done} of ${total}: ${phase}`);
  };
};

const notConverged = ({ failed, notDone, blocked }: ApplyReport): CliError =>
  blocked.length > 0 && failed.length === 0
    ? new CliError('IN_USE', `${blocked.length} operation${blocked.length === 1 ? ' was' : 's were'} held back`, { hint: 'What is in use, or disturbs initiators, needs --force.' })
    : new CliError('FAILED', `${failed.length} failed, ${notDone.length} not done, ${blocked.length} held back`);

const addSave = (family: Command, context: Context): void => {
  const command = family
    .command('save')
    .description('write the SCST’s configuration to a file')
    .addArgument(argument('<file>', 'scst.conf; replaced as a whole or not at all. - for standard output', 'file'))
    .option('--drop-comments', 'do not keep the comments and the order of the file that is there')
    .addOption(onlyOption())
    .action(async (file: string, { dropComments = false, only }: { dropComments?: boolean; only?: readonly string[] }) => {
      refuseJson(file, 'config save');
      await context.withScst(async (scst) => {
        if (file === '-') {
          const text = await saveText(scst.tree, { only, signal: context.signal });
          context.result({ text }, text);
          return;
        }
        const path = resolve(file);
        const { changed, leftOut } = await saveFile(scst.tree, path, { only, keepComments: !dropComments, signal: context.signal });
        for (const diagnostic of leftOut) context.warn(formatDiagnostic(diagnostic));
        context.result({ file: path, changed }, changed ? '' : `${path} says that already\n`);
      });
    });
  annotate(command, { examples: [{ command: 'scst-local config save /etc/scst.conf', does: 'comments and order stay' }] });
};
