import { type CommandRow } from './command.js';

export const extendedCopyCommands: readonly CommandRow[] = [];
