import { type Command } from 'commander';
import { type Context } from '../../context.js';
import { annotate } from '../../definition.js';
import { addIdentityCommands } from './identity.js';
import { addRawCommands } from './raw.js';
import { addStateCommands } from './state.js';
import { addTransferCommands } from './transfer.js';

export const addScsiCommands = (program: Command, context: Context): void => {
  const family = program.command('scsi').description('send SCSI commands to a LUN of a session');
  annotate(family, { examples: [] });
  addIdentityCommands(family, context);
  addStateCommands(family, context);
  addTransferCommands(family, context);
  addRawCommands(family, context);
};
