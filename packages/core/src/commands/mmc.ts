import { type CommandRow } from './command.js';

export const mmcCommands: readonly CommandRow[] = [];
