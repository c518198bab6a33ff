import { OPCODE, readU8, SENSE_CONDITION, SERVICE_ACTION } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import { type CommandRow, defineCommand, type Direction, type ReservationClass } from './command.js';

/** Byte 7 of a CDB of 32 bytes. */
const ADDITIONAL_CDB_LENGTH = 7;
const OF_32_BYTES = 0x18;
/** Byte 10: protection, BYTCHK, and what byte 1 holds in shorter forms. */
const FLAGS = 10;

const { READ_32, VERIFY_32, WRITE_32, WRITE_AND_VERIFY_32, WRITE_SAME_32 } = SERVICE_ACTION.VARIABLE_LENGTH_CDB;

const row = (
  serviceAction: number,
  name: string,
  direction: Direction,
  whileReserved: ReservationClass,
  check: (command: ActiveCommand) => boolean = () => true,
): CommandRow =>
  defineCommand({
    opcode: OPCODE.VARIABLE_LENGTH_CDB,
    serviceAction,
    name,
    on: ['disk'],
    direction,
    whileReserved,
    writesMedium: direction === 'out',
    decode: (command) => {
      if (readU8(command.cdb, ADDITIONAL_CDB_LENGTH) !== OF_32_BYTES) command.invalidFieldInCdb(ADDITIONAL_CDB_LENGTH);
      else if (check(command)) command.fail(SENSE_CONDITION.INVALID_COMMAND_OPERATION_CODE);
      return false;
    },
  });

/**
 * The 32-byte block commands, SBC-4 5.14 ff. They exist for devices with type 2 protection information, which no target of
 * the core can map, so each is refused while its CDB is decoded.
 */
export const variableLengthCommands: readonly CommandRow[] = [
  row(READ_32, 'READ (32)', 'in', 'reads'),
  row(VERIFY_32, 'VERIFY (32)', 'none', 'reads', (command) => {
    if ((readU8(command.cdb, FLAGS) & 0x04) === 0) return true;
    command.invalidFieldInCdb(1, 2);
    return false;
  }),
  row(WRITE_32, 'WRITE (32)', 'out', 'writes'),
  row(WRITE_AND_VERIFY_32, 'WRITE AND VERIFY (32)', 'out', 'writes'),
  row(WRITE_SAME_32, 'WRITE SAME (32)', 'out', 'writes', (command) => {
    const flags = readU8(command.cdb, FLAGS);
    const noData = (flags & 0x01) !== 0;
    if ((flags & 0x08) !== 0 || (!noData && (flags & 0x10) === 0)) return true;
    command.invalidFieldInCdb(FLAGS, noData ? 0 : 4);
    return false;
  }),
];
