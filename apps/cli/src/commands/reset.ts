import { type Command } from 'commander';
import { type Context } from '../context.js';
import { annotate } from '../definition.js';
import { lunArgument, withLun } from './scsi/with-lun.js';

export const addResetCommand = (program: Command, context: Context): void => {
  const command = program
    .command('reset')
    .description('reset a LUN, or the whole target, through a session (SAM-6 task management)')
    .addArgument(lunArgument())
    .option('--target', 'TARGET RESET instead of LUN RESET')
    .action(async (address: string, { target = false }: { target?: boolean }) => {
      const kind = target ? 'target' : 'lun';
      await withLun(context, address, (lu) => lu.reset(kind));
      context.result({ lun: address, reset: kind }, '');
    });
  annotate(command, {
    text: ['Commands under way are aborted, and every session that sees the LUN gets a unit attention.'],
    examples: [{ command: 'scst-local reset scst_local_tgt/scst_local_host/0', does: 'LUN RESET' }],
  });
};
