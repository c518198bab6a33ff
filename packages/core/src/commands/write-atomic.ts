import { OPCODE, readU16, readU8, SENSE_CONDITION } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import { StoreError } from '../store/block-store.js';
import { MEDIUM_TIMEOUT } from './block-cdb.js';
import { defineCommand, t10Only } from './command.js';
import { storeOf, writeFailed, written } from './medium.js';
import { checkProtect } from './protection.js';
import { maxAtomicBlocks } from './provisioning.js';

const ATOMIC_BOUNDARY_AT = 10;
const TRANSFER_LENGTH_AT = 12;
const FUA = 0x08;

/** WRITE ATOMIC (16) of SBC-4. */
export const writeAtomic = defineCommand({
  only: t10Only('SBC-4, WRITE ATOMIC command, atomic writes', 'SCST has no WRITE ATOMIC. A file cannot write as a whole or not at all, so what is written is kept in the state directory meanwhile, and finished by whoever opens the file next; each write is on stable storage in both places before GOOD.'),
  opcode: OPCODE.WRITE_ATOMIC_16,
  name: 'WRITE ATOMIC (16)',
  on: ['disk'],
  direction: 'out',
  lba: { at: 2, bytes: 8 },
  length: { at: TRANSFER_LENGTH_AT, bytes: 2 },
  unit: 'blocks',
  whileReserved: 'writes',
  writesMedium: true,
  atomic: true,
  report: {
    order: 64,
    usage: [0x9c, 0xf8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0xff, 0xff, 0, 0x04],
    timeout: MEDIUM_TIMEOUT,
    when: ({ nexus, device }) => maxAtomicBlocks(device, nexus) > 0,
  },
  decode: checkProtect,
  execute: (command) => {
    const { cdb, device, nexus, dataOut } = command;
    const limit = maxAtomicBlocks(device, nexus);
    if (limit === 0) command.fail(SENSE_CONDITION.INVALID_COMMAND_OPERATION_CODE);
    else if (readU16(cdb, ATOMIC_BOUNDARY_AT) !== 0) command.invalidFieldInCdb(ATOMIC_BOUNDARY_AT);
    else if (readU16(cdb, TRANSFER_LENGTH_AT) > limit) command.invalidFieldInCdb(TRANSFER_LENGTH_AT);
    else if (dataOut.length < command.transferLength) command.fail(SENSE_CONDITION.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
    else if (command.transferLength === 0) command.good();
    else write(command);
  },
});

function write(command: ActiveCommand): void {
  const { device, dataOut, position } = command;
  const store = storeOf(command);
  if (store === null) {
    writeFailed(command);
  } else if ((store.atomicWriteLength ?? 0) >= dataOut.length) {
    store.write(dataOut, position, (error) => {
      if (error === null) written(command, (readU8(command.cdb, 1) & FUA) !== 0);
      else writeFailed(command, error);
    });
  } else {
    device.writeAtomically(dataOut, position).then(
      () => {
        command.good();
      },
      (error: unknown) => {
        writeFailed(command, error instanceof StoreError ? error : undefined);
      },
    );
  }
}
