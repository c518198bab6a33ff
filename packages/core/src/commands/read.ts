import { OPCODE } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import type { StoreError } from '../store/block-store.js';
import { FORM_10, FORM_12, FORM_16, FORM_6, MEDIUM_TIMEOUT, usage10, usage12, usage16 } from './block-cdb.js';
import { type CommandRow, defineCommand } from './command.js';
import { isNowhere, readFailed, refusesPartialSectors, storeOf } from './medium.js';
import { checkProtect } from './protection.js';

const common = {
  on: ['disk', 'cdrom'],
  direction: 'in',
  unit: 'blocks',
  whileReserved: 'reads',
  reusable: true,
  decode: checkProtect,
  execute: { fileio: readStore, blockio: readStore, cdrom: readStore, nullio: readNothing },
} as const satisfies Partial<CommandRow>;

/** READ (6), (10), (12) and (16), SBC-4 5.10 ff. DPO, FUA and the group number change nothing. */
export const read: readonly CommandRow[] = [
  defineCommand({
    ...common,
    ...FORM_6,
    opcode: OPCODE.READ_6,
    name: 'READ (6)',
    on: ['disk'],
    decode: zeroIs256,
    report: { order: 13, usage: [0x08, 0x1f, 0xff, 0xff, 0xff, 0x04], timeout: MEDIUM_TIMEOUT },
  }),
  defineCommand({
    ...common,
    ...FORM_10,
    opcode: OPCODE.READ_10,
    name: 'READ (10)',
    report: { order: 14, usage: usage10(OPCODE.READ_10, 0xf8), timeout: MEDIUM_TIMEOUT },
  }),
  defineCommand({
    ...common,
    ...FORM_12,
    opcode: OPCODE.READ_12,
    name: 'READ (12)',
    report: { order: 15, usage: usage12(OPCODE.READ_12, 0xf8), timeout: MEDIUM_TIMEOUT },
  }),
  defineCommand({
    ...common,
    ...FORM_16,
    opcode: OPCODE.READ_16,
    name: 'READ (16)',
    report: { order: 16, usage: usage16(OPCODE.READ_16, 0xf8), timeout: MEDIUM_TIMEOUT },
  }),
];

/** In the 6-byte forms a length of zero is 256 blocks. */
export function zeroIs256(command: ActiveCommand): boolean {
  if (command.transferLength === 0) command.transferLength = command.rangeLength = 256;
  return true;
}

/** Straight into the initiator's buffer; what does not fit there is not read, but counts in the residual. */
export function readStore(command: ActiveCommand): void {
  const buffer = command.task.dataIn;
  if (buffer === null || command.transferLength === 0) {
    command.moved = command.transferLength;
    command.good();
    return;
  }
  const store = storeOf(command);
  if (store === null || isNowhere(command)) {
    readFailed(command);
    return;
  }
  if (refusesPartialSectors(command, buffer)) return;
  const { transferLength } = command;
  command.moved = transferLength;
  command.afterStore = afterRead;
  const whole = transferLength >= buffer.length || command.rules.dataLength === 'buffer';
  store.read(whole ? buffer : buffer.subarray(0, transferLength), command.position, command.storeDone);
}

function afterRead(command: ActiveCommand, error: StoreError | null): void {
  if (error === null) command.good();
  else readFailed(command, error);
}

/** vdisk_nullio: zeros if `read_zero` asks for them, else the buffer as it is. */
function readNothing(command: ActiveCommand): void {
  const buffer = command.task.dataIn;
  if (buffer !== null) {
    command.moved = command.transferLength;
    if (command.device.readZero) buffer.fill(0, 0, command.moved);
  }
  command.good();
}
