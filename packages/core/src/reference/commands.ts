import { type CommandRow, type ReservationClass } from '../commands/command.js';
import { COMMAND_ROWS } from '../commands/table.js';
import { hexByte, markdownTable, writtenBy } from './markdown.js';

/** The text of docs/reference/commands.md, read off the command table. */
export const commandsDocument = (): string => {
  const rows = [...COMMAND_ROWS].sort((a, b) => a.opcode - b.opcode || (a.serviceAction ?? -1) - (b.serviceAction ?? -1) || order(a) - order(b));
  const lines = rows.map((row) => [
    row.serviceAction === undefined ? `${hexByte(row.opcode)}h` : `${hexByte(row.opcode)}h/${hexByte(row.serviceAction)}h`,
    row.name,
    row.on.join(', '),
    row.only === undefined ? 'all' : row.only.profiles.join(', '),
    row.execute === undefined ? 'no' : 'yes',
    row.direction,
    lengthOf(row),
    typeof row.whileReserved === 'function' ? 'by service action' : RESERVED[row.whileReserved],
    row.alua ?? 'active',
    row.passesUnitAttention === true ? 'yes' : '',
  ]);
  const heads = ['code', 'command', 'devices', 'profiles', 'carried out', 'data', 'length', 'while others hold a reservation', 'up to ALUA state', 'passes unit attentions'];
  return `# Commands

${writtenBy('the command table')}

Every operation code that a virtual device knows. What is not carried out is still checked as SCST checks it, and then ends with
INVALID COMMAND OPERATION CODE. Names are those of SPC-5, SBC-4 and MMC-6.

${markdownTable(heads, lines)}
`;
};

/** Rows that all profiles have stand before those of some. */
const order = ({ only }: CommandRow): number => (only === undefined ? 0 : 1);

const lengthOf = ({ length, unit, fixedLength, lengthFromInitiator }: CommandRow): string => {
  if (length !== undefined) return `byte${length.bytes === 1 ? ` ${length.at}` : `s ${length.at}–${length.at + length.bytes - 1}`}, ${unit === 'blocks' ? 'blocks' : 'bytes'}`;
  if (fixedLength !== undefined) return `${fixedLength} bytes`;
  return lengthFromInitiator === true ? 'as declared' : '';
};

const RESERVED: Readonly<Record<ReservationClass, string>> = {
  always: 'goes through',
  reads: 'through write exclusive ones',
  writes: 'conflicts',
  persistent: 'conflicts with RESERVE',
  release: 'goes through',
  reserve: 'conflicts with RESERVE',
  security: 'conflicts with exclusive access ones',
};
