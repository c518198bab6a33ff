import { type Command } from 'commander';
import { type Context } from '../context.js';
import { annotate } from '../definition.js';
import { runTour } from '../tour/tour.js';

export const addTourCommand = (program: Command, context: Context): void => {
  const command = program
    .command('tour')
    .description('carry out SCST’s own guide to scst_local, step by step, and check every step')
    .option('--keep', 'stay up as a server in the end, with all that was made, until Ctrl-C')
    .action(async ({ keep = false }: { keep?: boolean }) => {
      await runTour(context, { keep });
    });
  annotate(command, {
    text: ['Runs in this process and in a temporary directory; needs no privilege and leaves nothing behind.'],
    examples: [
      { command: 'scst-local tour', does: 'a disk, a target, sessions, LUNs, data, groups, TransportIDs' },
      { command: 'scst-local tour --keep', does: 'and then look around with the other commands' },
    ],
  });
};
