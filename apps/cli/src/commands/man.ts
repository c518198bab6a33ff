import { type Command } from 'commander';
import { type Context } from '../context.js';
import { annotate } from '../definition.js';
import { manPage } from '../man/page.js';
import { VERSION } from '../version.js';

export const addManCommand = (program: Command, context: Context): void => {
  const command = program
    .command('man')
    .description('print the manual page, in roff')
    .action(() => {
      context.out.text(manPage(program, VERSION));
    });
  annotate(command, { examples: [{ command: 'scst-local man | man -l -', does: 'read it' }] });
};
