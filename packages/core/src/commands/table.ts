import { cdbLength, OPCODE, readU16, readU8 } from '@scst/scsi';
import { type Profile, PROFILES } from '../profile.js';
import { reservationCommands } from '../reservations/commands.js';
import { aluaCommands } from './alua.js';
import { type CommandRow, defineCommand, type DeviceClass } from './command.js';
import { compareAndWrite } from './compare-and-write.js';
import { readDefectData } from './defect-data.js';
import { deviceControl } from './device-control.js';
import { echoBuffer } from './echo-buffer.js';
import { extendedCopyCommands } from './extended-copy.js';
import { formatUnit } from './format-unit.js';
import { genericCommands } from './generic.js';
import { getLbaStatus } from './get-lba-status.js';
import { inquiry } from './inquiry.js';
import { logSense } from './log-sense.js';
import { mmcCommands } from './mmc.js';
import { modeSelect } from './mode-select.js';
import { modeSense } from './mode-sense.js';
import { orWrite } from './or-write.js';
import { preFetch } from './pre-fetch.js';
import { read } from './read.js';
import { readCapacity } from './read-capacity.js';
import { removableMedium } from './removable-medium.js';
import { reportLuns } from './report-luns.js';
import { requestSense } from './request-sense.js';
import { sanitizeCommands } from './sanitize.js';
import { supportedOperationCodes, supportedTaskManagement } from './supported-operations.js';
import { synchronizeCache } from './synchronize-cache.js';
import { testUnitReady } from './test-unit-ready.js';
import { unmap, unmapOfThinDevices } from './unmap.js';
import { variableLengthCommands } from './variable-length.js';
import { verifyCommands } from './verify.js';
import { write, writeAndVerifyCommands } from './write.js';
import { writeAtomic } from './write-atomic.js';
import { writeSameCommands } from './write-same.js';

/** Every row of every profile, in no particular order. */
export const COMMAND_ROWS: readonly CommandRow[] = [
  testUnitReady,
  inquiry,
  requestSense,
  reportLuns,
  ...readCapacity,
  ...modeSense,
  ...modeSelect,
  ...deviceControl,
  ...read,
  ...write,
  ...writeAndVerifyCommands,
  ...verifyCommands,
  ...synchronizeCache,
  ...writeSameCommands,
  unmap,
  compareAndWrite,
  formatUnit,
  supportedOperationCodes((profile) => commandRows('disk', profile)),
  supportedTaskManagement,
  ...reservationCommands,
  ...aluaCommands,
  ...extendedCopyCommands,
  ...mmcCommands,
  ...variableLengthCommands,
  ...genericCommands,
  getLbaStatus,
  ...preFetch,
  orWrite,
  writeAtomic,
  ...readDefectData,
  ...removableMedium,
  ...sanitizeCommands,
  logSense,
  unmapOfThinDevices,
  ...echoBuffer,
];

/** Stands for an operation code that the table does not know. */
export const unknownCommand: CommandRow = defineCommand({
  opcode: 0,
  name: 'unknown',
  on: ['disk', 'cdrom'],
  direction: 'none',
  whileReserved: 'always',
});

/** Rows of one device type in one profile, found by operation code and service action. */
class CommandTable {
  readonly #plain: (CommandRow | undefined)[] = new Array<CommandRow | undefined>(256).fill(undefined);
  readonly #byAction = new Map<number, Map<number, CommandRow>>();

  constructor(type: DeviceClass, profile: Profile) {
    const rows = COMMAND_ROWS.filter((row) => row.on.includes(type));
    const own = rows.filter((row) => row.only?.profiles.includes(profile) === true);
    // The profile's own rows come last, so that they take the place of the others.
    for (const row of [...rows.filter(({ only }) => only === undefined), ...own]) {
      if (row.serviceAction === undefined) this.#plain[row.opcode] = row;
      else {
        const actions = this.#byAction.get(row.opcode) ?? new Map<number, CommandRow>();
        this.#byAction.set(row.opcode, actions.set(row.serviceAction, row));
      }
    }
    for (const opcode of this.#byAction.keys()) this.#hasActions[opcode] = 1;
  }

  /** 1 for operation codes with rows by service action, so that the others need no look into the map. */
  readonly #hasActions = new Uint8Array(256);

  rows(): readonly CommandRow[] {
    return [...this.#plain, ...[...this.#byAction.values()].flatMap((actions) => [...actions.values()])].filter((row) => row !== undefined);
  }

  find(cdb: Uint8Array): CommandRow {
    const opcode = readU8(cdb, 0);
    if (this.#hasActions[opcode] === 1) {
      const action = opcode === OPCODE.VARIABLE_LENGTH_CDB ? readU16(cdb, 8) : readU8(cdb, 1) & 0x1f;
      const row = this.#byAction.get(opcode)?.get(action);
      if (row !== undefined) return row;
    }
    return this.#plain[opcode] ?? unknownCommand;
  }
}

type ProfileTables = Readonly<Record<DeviceClass, CommandTable>>;

const tablesOf = (profile: Profile): ProfileTables => ({ disk: new CommandTable('disk', profile), cdrom: new CommandTable('cdrom', profile) });

const TABLES = Object.fromEntries(PROFILES.map((profile) => [profile, tablesOf(profile)])) as Readonly<Record<Profile, ProfileTables>>;

/** The row of a CDB; {@link unknownCommand} where there is none. */
export function findCommand(type: DeviceClass, profile: Profile, cdb: Uint8Array): CommandRow {
  return TABLES[profile][type].find(cdb);
}

/** The rows that devices of a type have in a profile. */
export function commandRows(type: DeviceClass, profile: Profile): readonly CommandRow[] {
  return TABLES[profile][type].rows();
}

/** The CONTROL byte: the last of the CDB, byte 1 of a variable-length one; 0 where the length of the CDB is not known. */
export function controlByte(cdb: Uint8Array): number {
  const opcode = readU8(cdb, 0);
  if (opcode === OPCODE.VARIABLE_LENGTH_CDB) return readU8(cdb, 1);
  const length = cdbLength(opcode);
  return length === undefined ? 0 : readU8(cdb, length - 1);
}
