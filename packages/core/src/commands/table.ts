import { cdbLength, OPCODE, readU16, readU8 } from '@scst/scsi';
import { reservationCommands } from '../reservations/commands.js';
import { aluaCommands } from './alua.js';
import { type CommandRow, defineCommand, type DeviceClass } from './command.js';
import { extendedCopyCommands } from './extended-copy.js';
import { mmcCommands } from './mmc.js';
import { testUnitReady } from './test-unit-ready.js';

/** Every row, in no particular order. */
export const COMMAND_ROWS: readonly CommandRow[] = [
  testUnitReady,
  ...reservationCommands,
  ...aluaCommands,
  ...extendedCopyCommands,
  ...mmcCommands,
];

/** Stands for an operation code that the table does not know. */
export const unknownCommand: CommandRow = defineCommand({
  opcode: 0,
  name: 'unknown',
  on: ['disk', 'cdrom'],
  direction: 'none',
  whileReserved: 'always',
});

class CommandTable {
  /** By operation code: the row, or the rows by service action. */
  readonly #plain: (CommandRow | undefined)[] = [];
  readonly #byAction = new Map<number, Map<number, CommandRow>>();

  constructor(type: DeviceClass) {
    for (const row of COMMAND_ROWS) {
      if (!row.on.includes(type)) continue;
      if (row.serviceAction === undefined) this.#plain[row.opcode] = row;
      else {
        const actions = this.#byAction.get(row.opcode) ?? new Map<number, CommandRow>();
        this.#byAction.set(row.opcode, actions.set(row.serviceAction, row));
      }
    }
  }

  find(cdb: Uint8Array): CommandRow {
    const opcode = readU8(cdb, 0);
    const actions = this.#byAction.get(opcode);
    if (actions !== undefined) {
      const action = opcode === OPCODE.VARIABLE_LENGTH_CDB ? readU16(cdb, 8) : readU8(cdb, 1) & 0x1f;
      const row = actions.get(action);
      if (row !== undefined) return row;
    }
    return this.#plain[opcode] ?? unknownCommand;
  }
}

const TABLES: Readonly<Record<DeviceClass, CommandTable>> = { disk: new CommandTable('disk'), cdrom: new CommandTable('cdrom') };

/** The row of a CDB; {@link unknownCommand} where there is none. */
export function findCommand(type: DeviceClass, cdb: Uint8Array): CommandRow {
  return TABLES[type].find(cdb);
}

/** The CONTROL byte: the last of the CDB, byte 1 of a variable-length one; 0 where the length of the CDB is not known. */
export function controlByte(cdb: Uint8Array): number {
  const opcode = readU8(cdb, 0);
  if (opcode === OPCODE.VARIABLE_LENGTH_CDB) return readU8(cdb, 1);
  const length = cdbLength(opcode);
  return length === undefined ? 0 : readU8(cdb, length - 1);
}
