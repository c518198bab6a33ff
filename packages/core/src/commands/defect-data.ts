import { OPCODE, readU8 } from '@scst/scsi';
import { type CommandRow, defineCommand, t10Only } from './command.js';

const common = {
  only: t10Only('SBC-4, READ DEFECT DATA commands', 'SCST has no READ DEFECT DATA. What a store does with defects is below the logical unit, so both lists are empty.'),
  on: ['disk'],
  direction: 'in',
  whileReserved: 'reads',
} as const satisfies Partial<CommandRow>;

/** REQ_PLIST, REQ_GLIST and DEFECT LIST FORMAT come back as PLISTV, GLISTV and the format. */
const ECHOED = 0x1f;

/** READ DEFECT DATA (10) and (12). */
export const readDefectData: readonly CommandRow[] = [
  defineCommand({
    ...common,
    opcode: OPCODE.READ_DEFECT_DATA_10,
    name: 'READ DEFECT DATA (10)',
    length: { at: 7, bytes: 2 },
    report: { order: 65, usage: [0x37, 0, 0x1f, 0, 0, 0, 0, 0xff, 0xff, 0x04], timeout: 10 },
    execute: (command) => {
      command.reply(Uint8Array.of(0, readU8(command.cdb, 2) & ECHOED, 0, 0));
    },
  }),
  defineCommand({
    ...common,
    opcode: OPCODE.READ_DEFECT_DATA_12,
    name: 'READ DEFECT DATA (12)',
    length: { at: 6, bytes: 4 },
    report: { order: 66, usage: [0xb7, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0x04], timeout: 10 },
    execute: (command) => {
      command.reply(Uint8Array.of(0, readU8(command.cdb, 1) & ECHOED, 0, 0, 0, 0, 0, 0));
    },
  }),
];
