import { type Command } from 'commander';
import { type Context } from '../../context.js';
import { addFamily } from '../../definition.js';
import { addChangingCommands } from './change.js';
import { addReadingCommands } from './read.js';

export const addConfigCommands = (program: Command, context: Context): void => {
  const family = addFamily(program, 'config', 'check, plan, apply and save configurations (scst.conf)');
  addReadingCommands(family, context);
  addChangingCommands(family, context);
};
