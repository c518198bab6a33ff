import { OPCODE, readU8, SENSE_CONDITION } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import { FORM_16, MEDIUM_TIMEOUT, usage16 } from './block-cdb.js';
import { defineCommand, t10Only } from './command.js';
import { isNowhere, readFailed, storeOf, writeFailed, written } from './medium.js';
import { checkProtect } from './protection.js';

const FUA = 0x08;

/** ORWRITE (16): what is on the medium, with the bits of the data-out buffer set. */
export const orWrite = defineCommand({
  only: t10Only('SBC-4, ORWRITE command', 'SCST has no ORWRITE. Reading and writing are one step: no other command touches the blocks in between.'),
  ...FORM_16,
  opcode: OPCODE.ORWRITE_16,
  name: 'ORWRITE (16)',
  on: ['disk'],
  direction: 'out',
  unit: 'blocks',
  whileReserved: 'writes',
  writesMedium: true,
  atomic: true,
  report: { order: 63, usage: usage16(OPCODE.ORWRITE_16, 0xf8), timeout: MEDIUM_TIMEOUT },
  decode: checkProtect,
  execute: (command) => {
    const data = command.dataOut;
    if (command.transferLength === 0) {
      command.good();
    } else if (data.length < command.transferLength) {
      command.fail(SENSE_CONDITION.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
    } else if (command.device.kind === 'nullio') {
      command.good();
    } else {
      merge(command, data);
    }
  },
});

function merge(command: ActiveCommand, data: Uint8Array): void {
  const store = storeOf(command);
  if (store === null || isNowhere(command)) {
    readFailed(command);
    return;
  }
  const merged = new Uint8Array(data.length);
  store.read(merged, command.position, (readError) => {
    if (readError !== null) {
      readFailed(command, readError);
      return;
    }
    if (command.aborted) {
      command.good();
      return;
    }
    for (const [at, byte] of data.entries()) merged[at] = readU8(merged, at) | byte;
    store.write(merged, command.position, (writeError) => {
      if (writeError === null) written(command, (readU8(command.cdb, 1) & FUA) !== 0);
      else writeFailed(command, writeError);
    });
  });
}
