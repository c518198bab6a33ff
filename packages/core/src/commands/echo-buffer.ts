import { OPCODE, readU8, type SenseCondition, writeU16 } from '@scst/scsi';
import type { Nexus } from '../nexus/nexus.js';
import { type CommandRow, defineCommand, t10Only } from './command.js';

/** MODE, bits 0 to 4 of byte 1. */
const MODE_MASK = 0x1f;
const MODE = { ECHO_BUFFER: 0x0a, ECHO_BUFFER_DESCRIPTOR: 0x0b } as const;

/** Bytes */
const CAPACITY = 4096;

const COMMAND_SEQUENCE_ERROR: SenseCondition = { senseKey: 0x5, additionalSenseCode: 0x2c, additionalSenseCodeQualifier: 0x00 };

/** Each nexus has an echo buffer of its own. */
const buffers = new WeakMap<Nexus, Uint8Array>();

const common = {
  only: t10Only('SPC-5, READ BUFFER and WRITE BUFFER commands', 'SCST has neither. Here they have the echo buffer, one for each nexus, and no other: there is no memory of the device to show, and no microcode.'),
  on: ['disk'],
  length: { at: 6, bytes: 3 },
  alua: 'transitioning',
  needsMedium: false,
  worksInactive: true,
} as const satisfies Partial<CommandRow>;

/** WRITE BUFFER and READ BUFFER (10). */
export const echoBuffer: readonly CommandRow[] = [
  defineCommand({
    ...common,
    opcode: OPCODE.WRITE_BUFFER,
    name: 'WRITE BUFFER',
    direction: 'out',
    whileReserved: 'writes',
    report: { order: 71, usage: [0x3b, MODE.ECHO_BUFFER, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x04], timeout: 10 },
    execute: (command) => {
      if ((readU8(command.cdb, 1) & MODE_MASK) !== MODE.ECHO_BUFFER) command.invalidFieldInCdb(1, 4);
      else if (command.transferLength > CAPACITY) command.invalidFieldInCdb(6);
      else {
        if (command.transferLength > 0) buffers.set(command.nexus, command.dataOut.slice());
        command.good();
      }
    },
  }),
  defineCommand({
    ...common,
    opcode: OPCODE.READ_BUFFER_10,
    name: 'READ BUFFER (10)',
    direction: 'in',
    whileReserved: 'reads',
    report: { order: 72, usage: [0x3c, MODE_MASK, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x04], timeout: 10 },
    execute: (command) => {
      const mode = readU8(command.cdb, 1) & MODE_MASK;
      const written = buffers.get(command.nexus);
      if (mode === MODE.ECHO_BUFFER_DESCRIPTOR) command.reply(descriptor());
      else if (mode !== MODE.ECHO_BUFFER) command.invalidFieldInCdb(1, 4);
      else if (written === undefined) command.fail(COMMAND_SEQUENCE_ERROR);
      else command.reply(written);
    },
  }),
];

function descriptor(): Uint8Array {
  const data = new Uint8Array(4);
  data[0] = 0x01; // EBOS: other nexus leave it alone
  writeU16(data, 2, CAPACITY);
  return data;
}
