import { diagnose, type Finding } from '@scst/local';
import { type Command } from 'commander';
import { type Context } from '../context.js';
import { annotate } from '../definition.js';
import { CliError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { type Style } from '../output/output.js';

const STYLES: Readonly<Record<Finding['severity'], Style>> = { error: 'red', warning: 'yellow', note: 'dim' };

export const addDoctorCommand = (program: Command, context: Context): void => {
  const command = program
    .command('doctor')
    .description('look for what is unhealthy, and say what to do about it; changes nothing')
    .action(async () => {
      const findings = await context.withScst((scst) => diagnose(scst, { signal: context.signal }));
      context.result({ findings: findings.map((finding) => ({ ...finding })) }, findings.length === 0 ? 'nothing unhealthy was found\n' : findings.flatMap((finding) => lines(context, finding)));
      const grave = findings.filter(({ severity }) => severity !== 'note').length;
      if (grave > 0) throw new CliError('UNHEALTHY', `${grave} thing${grave === 1 ? '' : 's'} to be mended`, { exit: EXIT.UNHEALTHY });
    });
  annotate(command, {
    text: [
      'Errors endanger data or the machine: above all a file system, swap or stacked device on an SCST device of this machine whose handler is',
      'neither vdisk_blockio nor a pass-through one, since those can deadlock the machine’s memory. Warnings are what does not work.',
    ],
    examples: [
      { command: 'scst-local doctor', does: 'what is mounted where it must not be, suspended, missing, offline or left over' },
      { command: "scst-local doctor --json | jq -r '.findings[] | select(.severity == \"error\") | .message'", does: 'what is dangerous, for a script' },
    ],
  });
};

const lines = ({ out }: Context, { severity, message, hint }: Finding): string[] => [`${out.style(STYLES[severity], `${severity}:`)} ${message}`, `  ${hint}`];
