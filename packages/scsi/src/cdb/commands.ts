import { readU16, readU8 } from '../bytes.js';
import { PERIPHERAL_DEVICE_TYPE } from '../peripheral-device-type.js';
import type { Command, CommandRow } from './command.js';
import { MMC_COMMANDS } from './mmc-commands.js';
import { OPERATION_CODES_WITH_SERVICE_ACTIONS, OTHER_COMMANDS } from './other-commands.js';
import { SBC_COMMANDS } from './sbc-commands.js';
import { SPC_COMMANDS } from './spc-commands.js';

/** Every command whose CDB this package encodes and decodes, field by field. */
export const COMMANDS = { ...SPC_COMMANDS, ...SBC_COMMANDS, ...MMC_COMMANDS };

const FULL: readonly Command[] = Object.values(COMMANDS);

/** Every command known by name: those of {@link COMMANDS} first, then those without a table of fields. */
export const COMMAND_ROWS: readonly CommandRow[] = [...FULL, ...OTHER_COMMANDS];

function byOpcode<Row extends CommandRow>(rows: readonly Row[]): ReadonlyMap<number, readonly Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.opcode);
    if (group === undefined) groups.set(row.opcode, [row]);
    else group.push(row);
  }
  return groups;
}

const FULL_BY_OPCODE = byOpcode(FULL);
const ROWS_BY_OPCODE = byOpcode(COMMAND_ROWS);

function find<Row extends CommandRow>(groups: ReadonlyMap<number, readonly Row[]>, cdb: Uint8Array, deviceType: number): Row | undefined {
  const opcode = readU8(cdb, 0);
  const serviceAction = opcode === 0x7f ? readU16(cdb, 8) : readU8(cdb, 1) & 0x1f;
  return groups
    .get(opcode)
    ?.find((row) => (row.serviceAction === undefined || row.serviceAction === serviceAction) && (row.deviceTypes?.includes(deviceType) ?? true));
}

/**
 * The command of a CDB with its fields, as a device of this type understands it; undefined when there is no table for it.
 * A CDB cut short reads as padded with zeros.
 */
export function commandOf(cdb: Uint8Array, deviceType: number = PERIPHERAL_DEVICE_TYPE.DIRECT_ACCESS_BLOCK): Command | undefined {
  return cdb.length === 0 ? undefined : find(FULL_BY_OPCODE, cdb, deviceType);
}

/** What the tables say of the command of a CDB: name and direction, for many more commands than {@link commandOf} knows. */
export function commandRowOf(cdb: Uint8Array, deviceType: number = PERIPHERAL_DEVICE_TYPE.DIRECT_ACCESS_BLOCK): CommandRow | undefined {
  return cdb.length === 0 ? undefined : find(ROWS_BY_OPCODE, cdb, deviceType);
}

/**
 * The standard's name of the command in a CDB: `READ(16)`, `PERSISTENT RESERVE OUT (REGISTER)`. What the standard does not name is shown by
 * its codes: `OPERATION CODE FFh`, `MAINTENANCE IN (SERVICE ACTION 1Fh)`. Never throws.
 */
export function commandName(cdb: Uint8Array, deviceType: number = PERIPHERAL_DEVICE_TYPE.DIRECT_ACCESS_BLOCK): string {
  const row = commandRowOf(cdb, deviceType);
  if (row !== undefined) return row.name;
  if (cdb.length === 0) return 'EMPTY CDB';
  const opcode = readU8(cdb, 0);
  const family = OPERATION_CODES_WITH_SERVICE_ACTIONS[opcode];
  const hex = (value: number): string => value.toString(16).padStart(2, '0').toUpperCase();
  if (family === undefined) return `OPERATION CODE ${hex(opcode)}h`;
  return `${family} (SERVICE ACTION ${hex(opcode === 0x7f ? readU16(cdb, 8) : readU8(cdb, 1) & 0x1f)}h)`;
}
