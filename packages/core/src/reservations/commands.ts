import { type CommandRow } from '../commands/command.js';

export const reservationCommands: readonly CommandRow[] = [];
