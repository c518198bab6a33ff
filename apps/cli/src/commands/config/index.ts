import { type Command } from 'commander';
import { type Context } from '../../context.js';
import { annotate } from '../../definition.js';
import { addChangingCommands } from './change.js';
import { addReadingCommands } from './read.js';

export const addConfigCommands = (program: Command, context: Context): void => {
  const family = program.command('config').description('check, plan, apply and save configurations (scst.conf)');
  annotate(family, { examples: [] });
  addReadingCommands(family, context);
  addChangingCommands(family, context);
};
