import { encodeSense, OPCODE, readU8, SENSE_CONDITION, tryDecodeSense } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import { type CommandRow, defineCommand, t10Only } from './command.js';
import { flushThenGood } from './medium.js';
import { requestSense } from './request-sense.js';
import { testUnitReady } from './test-unit-ready.js';

/** Byte 4 of START STOP UNIT. */
const POWER_CONDITION = 0xf0;
const NO_FLUSH = 0x04;
const LOEJ = 0x02;
const START = 0x01;

/** START STOP UNIT of SBC-4. */
const startStopUnit = defineCommand({
  only: t10Only(
    'SBC-4, START STOP UNIT command',
    'SCST only writes back its cache. Here a disk that is stopped asks to be started, and the medium of a removable one can be ejected and loaded, unless somebody prevents it. A removable disk stays ready when it is stopped without LOEJ, and power conditions, which it has none of, change nothing.',
  ),
  opcode: OPCODE.START_STOP_UNIT,
  name: 'START STOP UNIT',
  on: ['disk'],
  direction: 'none',
  // START with nothing else: no LOEJ, no power condition.
  whileReserved: (cdb) => ((readU8(cdb, 4) & (POWER_CONDITION | START)) === START ? 'always' : 'writes'),
  needsMedium: false,
  report: { order: 9, usage: [0x1b, 0x01, 0, 0x0f, 0xf7, 0x04], timeout: 10 },
  execute: (command) => {
    const flags = readU8(command.cdb, 4);
    const starts = (flags & START) !== 0;
    if ((flags & POWER_CONDITION) !== 0) end(command, flags);
    else if ((flags & LOEJ) !== 0) loadOrEject(command, flags);
    else {
      command.server.medium.stopped = !starts && !command.device.removable;
      end(command, flags);
    }
  },
});

function loadOrEject(command: ActiveCommand, flags: number): void {
  const { server, nexus } = command;
  const { medium } = server;
  if (!command.device.removable) {
    command.invalidFieldInCdb(4, 1);
  } else if (medium.removalPrevented) {
    command.fail(SENSE_CONDITION.MEDIUM_REMOVAL_PREVENTED);
  } else if ((flags & START) === 0) {
    medium.ejected = true;
    end(command, flags);
  } else {
    if (medium.ejected) server.raise(SENSE_CONDITION.MEDIUM_MAY_HAVE_CHANGED, nexus);
    medium.ejected = false;
    command.good();
  }
}

function end(command: ActiveCommand, flags: number): void {
  if ((flags & (NO_FLUSH | START)) === 0) flushThenGood(command);
  else command.good();
}

/** PREVENT ALLOW MEDIUM REMOVAL, SPC-5 6.19. */
const preventAllow = defineCommand({
  only: t10Only(
    'SPC-5 6.19',
    'In SCST any initiator takes back what another one prevents. Here removal is prevented for as long as one nexus prevents it; a nexus that ends does so no longer. A disk without removable medium does not have the command.',
  ),
  opcode: OPCODE.PREVENT_ALLOW_MEDIUM_REMOVAL,
  name: 'PREVENT ALLOW MEDIUM REMOVAL',
  on: ['disk'],
  direction: 'none',
  whileReserved: (cdb) => ((readU8(cdb, 4) & 0x03) === 0 ? 'always' : 'writes'),
  needsMedium: false,
  report: { order: 67, usage: [0x1e, 0, 0, 0, 0x03, 0x04], timeout: 10, when: ({ device }) => device.removable },
  execute: (command) => {
    const { preventedBy } = command.server.medium;
    if (!command.device.removable) {
      command.fail(SENSE_CONDITION.INVALID_COMMAND_OPERATION_CODE);
      return;
    }
    switch (readU8(command.cdb, 4) & 0x03) {
      case 0:
        preventedBy.delete(command.nexus);
        break;
      case 1:
        preventedBy.add(command.nexus);
        break;
      default:
        command.invalidFieldInCdb(4, 1);
        return;
    }
    command.good();
  },
});

const testStoppedUnitReady = defineCommand({
  ...testUnitReady,
  only: t10Only('SBC-4, stopped power condition', 'In SCST a unit is never stopped. A stopped one is not ready: INITIALIZING COMMAND REQUIRED.'),
  execute: (command) => {
    if (command.server.medium.stopped) command.fail(SENSE_CONDITION.INITIALIZING_COMMAND_REQUIRED);
    else command.good();
  },
});

const DESC = 0x01;

const requestSenseAsAsked = defineCommand({
  ...requestSense,
  only: t10Only(
    'SPC-5 6.39',
    'SCST goes by D_SENSE where it should go by the DESC bit, and fails REQUEST SENSE when there is no medium. The command itself succeeds, and its data says that the unit is not ready.',
  ),
  execute: (command) => {
    const { cdb, nexus, server } = command;
    const { medium } = server;
    const format = (readU8(cdb, 1) & DESC) === 0 ? 'fixed' : 'descriptor';
    if (command.transferLength === 0) {
      command.good();
      return;
    }
    const pending = nexus.unitAttentions.shift();
    const attention = pending === undefined ? undefined : tryDecodeSense(pending);
    if (attention !== undefined) command.reply(encodeSense({ ...attention, format }));
    else if (medium.isMissing) command.reply(encodeSense({ ...SENSE_CONDITION.MEDIUM_NOT_PRESENT, format }));
    else if (medium.stopped) command.reply(encodeSense({ ...SENSE_CONDITION.INITIALIZING_COMMAND_REQUIRED, format }));
    else command.reply(medium.sense(format));
  },
});

/** Commands of a unit that can be stopped and ejected. */
export const removableMedium: readonly CommandRow[] = [startStopUnit, preventAllow, testStoppedUnitReady, requestSenseAsAsked];
