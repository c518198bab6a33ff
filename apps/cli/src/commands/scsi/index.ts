import { type Command } from 'commander';
import { type Context } from '../../context.js';
import { addFamily } from '../../definition.js';
import { addIdentityCommands } from './identity.js';
import { addRawCommands } from './raw.js';
import { addStateCommands } from './state.js';
import { addTransferCommands } from './transfer.js';

export const addScsiCommands = (program: Command, context: Context): void => {
  const family = addFamily(program, 'scsi', 'send SCSI commands to a LUN of a session');
  addIdentityCommands(family, context);
  addStateCommands(family, context);
  addTransferCommands(family, context);
  addRawCommands(family, context);
};
