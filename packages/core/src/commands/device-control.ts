import { OPCODE, readU8, SENSE_CONDITION } from '@scst/scsi';
import { flushThenGood } from './medium.js';
import { type CommandRow, defineCommand } from './command.js';

/** Commands that ask the device for something it need not do, or does not have. */
export const deviceControl: readonly CommandRow[] = [
  /** SBC-4 5.26. Nothing spins; the medium stays usable after STOP. What is in the cache is written. */
  defineCommand({
    opcode: OPCODE.START_STOP_UNIT,
    name: 'START STOP UNIT',
    on: ['disk', 'cdrom'],
    direction: 'none',
    // START with nothing else: no LOEJ, no power condition.
    whileReserved: (cdb) => ((readU8(cdb, 4) & 0xf1) === 0x01 ? 'always' : 'writes'),
    report: { order: 9, usage: [0x1b, 0x01, 0, 0x0f, 0xf7, 0x04], timeout: 10 },
    execute: flushThenGood,
  }),
  /** SPC-5 6.19. Bit 0 of PREVENT alone counts. */
  defineCommand({
    opcode: OPCODE.PREVENT_ALLOW_MEDIUM_REMOVAL,
    name: 'PREVENT ALLOW MEDIUM REMOVAL',
    on: ['disk', 'cdrom'],
    direction: 'none',
    whileReserved: (cdb) => ((readU8(cdb, 4) & 0x03) === 0 ? 'always' : 'writes'),
    execute: (command) => {
      command.server.medium.removalPrevented = (readU8(command.cdb, 4) & 0x01) !== 0;
      command.good();
    },
  }),
  /** SPC-5 6.44. There is nothing to diagnose. */
  defineCommand({
    opcode: OPCODE.SEND_DIAGNOSTIC,
    name: 'SEND DIAGNOSTIC',
    on: ['disk', 'cdrom'],
    direction: 'out',
    length: { at: 3, bytes: 2 },
    whileReserved: 'writes',
    alua: 'standby',
    worksInactive: true,
    report: { order: 11, usage: [0x1d, 0xf7, 0, 0xff, 0xff, 0x04], timeout: 10 },
    execute: (command) => {
      command.good();
    },
  }),
  /** SPC-5 6.8. There are no log pages. */
  defineCommand({
    opcode: OPCODE.LOG_SELECT,
    name: 'LOG SELECT',
    on: ['disk', 'cdrom'],
    direction: 'out',
    length: { at: 7, bytes: 2 },
    whileReserved: 'writes',
    alua: 'standby',
    exclusive: true,
    worksInactive: true,
    report: { order: 7, usage: [0x4c, 0x03, 0xff, 0xff, 0, 0, 0, 0xff, 0xff, 0x04], timeout: 10 },
    execute: (command) => {
      command.invalidFieldInCdb(2, 0);
    },
  }),
  /** SPC-5 6.9 */
  defineCommand({
    opcode: OPCODE.LOG_SENSE,
    name: 'LOG SENSE',
    on: ['disk', 'cdrom'],
    direction: 'in',
    length: { at: 7, bytes: 2 },
    whileReserved: 'always',
    alua: 'standby',
    worksInactive: true,
    report: { order: 8, usage: [0x4d, 0x01, 0xff, 0xff, 0, 0xff, 0xff, 0xff, 0xff, 0x04], timeout: 10 },
    execute: (command) => {
      command.invalidFieldInCdb(2, 0);
    },
  }),
  /** MAINTENANCE IN and OUT with service actions that have no row of their own: SCST calls that a failure of its own. */
  defineCommand({
    opcode: OPCODE.MAINTENANCE_IN,
    name: 'MAINTENANCE IN',
    on: ['disk'],
    direction: 'in',
    length: { at: 6, bytes: 4 },
    whileReserved: (cdb) => ((readU8(cdb, 1) & 0x1f) === REPORT_IDENTIFYING_INFORMATION ? 'always' : 'writes'),
    execute: (command) => {
      command.fail(SENSE_CONDITION.INTERNAL_TARGET_FAILURE);
    },
  }),
  defineCommand({
    opcode: OPCODE.MAINTENANCE_OUT,
    name: 'MAINTENANCE OUT',
    on: ['disk'],
    direction: 'out',
    length: { at: 6, bytes: 4 },
    whileReserved: 'writes',
    execute: (command) => {
      command.fail(SENSE_CONDITION.INTERNAL_TARGET_FAILURE);
    },
  }),
];

const REPORT_IDENTIFYING_INFORMATION = 0x05;
