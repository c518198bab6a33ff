import { OPCODE } from '@scst/scsi';
import { defineCommand } from './command.js';

/** TEST UNIT READY, SPC-5 6.49. */
export const testUnitReady = defineCommand({
  opcode: OPCODE.TEST_UNIT_READY,
  name: 'TEST UNIT READY',
  on: ['disk', 'cdrom'],
  direction: 'none',
  headOfQueue: true,
  toleratesDataIn: true,
  worksInactive: true,
  whileReserved: 'always',
  report: { order: 35, usage: [0x00, 0, 0, 0, 0, 0x04], timeout: 10 },
  execute: (command) => {
    command.good();
  },
});
