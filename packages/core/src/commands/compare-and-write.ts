import { encodeSense, OPCODE, readU8, SENSE_CONDITION } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import type { StoreError } from '../store/block-store.js';
import { MEDIUM_TIMEOUT } from './block-cdb.js';
import { defineCommand } from './command.js';
import { isNowhere, readFailed, storeOf, writeFailed, written } from './medium.js';
import { checkProtect } from './protection.js';
import { firstDifference } from './verify.js';

const NUMBER_OF_LOGICAL_BLOCKS = 13;
/** FUA, bit 3 of byte 1. */
const FUA = 0x08;

/** COMPARE AND WRITE, SBC-4 5.3; SPEC 9. The data-out buffer holds what to compare with, then what to write. */
export const compareAndWrite = defineCommand({
  opcode: OPCODE.COMPARE_AND_WRITE,
  name: 'COMPARE AND WRITE',
  on: ['disk'],
  direction: 'out',
  lba: { at: 2, bytes: 8 },
  length: { at: NUMBER_OF_LOGICAL_BLOCKS, bytes: 1 },
  unit: 'blocks',
  whileReserved: 'writes',
  writesMedium: true,
  atomic: true,
  local: true,
  report: {
    order: 33,
    usage: [0x89, 0xf8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0xff, 0, 0x04],
    timeout: MEDIUM_TIMEOUT,
  },
  decode: (command) => {
    command.transferLength *= 2;
    return checkProtect(command);
  },
  execute: (command) => {
    const sent = command.task.dataOut?.length ?? 0;
    if (command.transferLength === 0 && (sent === 0 || command.rules.emptyCompareExcess === 'ignored')) command.good();
    else if (sent !== command.transferLength) command.invalidFieldInCdb(NUMBER_OF_LOGICAL_BLOCKS);
    else command.server.onMedium(command, compare);
  },
});

function compare(command: ActiveCommand): void {
  if (command.device.kind === 'nullio') {
    // What a read of such a device gives is not defined unless `read_zero` is on; then it is zeros.
    finishCompare(command, new Uint8Array(command.rangeLength));
    return;
  }
  const store = storeOf(command);
  if (store === null || isNowhere(command)) {
    readFailed(command);
    return;
  }
  const found = new Uint8Array(command.rangeLength);
  store.read(found, command.position, (error) => {
    if (error === null) finishCompare(command, found);
    else readFailed(command, error);
  });
}

function finishCompare(command: ActiveCommand, found: Uint8Array): void {
  const data = command.dataOut;
  const differs = firstDifference(found, data.subarray(0, found.length));
  if (differs >= 0) {
    command.failWith(miscompare(command, differs));
    return;
  }
  if (command.aborted || command.device.kind === 'nullio') {
    command.good();
    return;
  }
  const store = storeOf(command);
  if (store === null) {
    writeFailed(command);
    return;
  }
  command.afterStore = afterWrite;
  store.write(data.subarray(found.length), command.position, command.storeDone);
}

function afterWrite(command: ActiveCommand, error: StoreError | null): void {
  if (error === null) written(command, (readU8(command.cdb, 1) & FUA) !== 0);
  else writeFailed(command, error);
}

/** INFORMATION is the offset of the first byte that differs. */
function miscompare({ server }: ActiveCommand, offset: number): Uint8Array {
  const sense = encodeSense({ ...SENSE_CONDITION.MISCOMPARE_DURING_VERIFY_OPERATION, format: server.senseFormat, information: BigInt(offset) });
  if (server.senseFormat === 'descriptor' && server.rules.descriptorInformation === 'zero') sense.fill(0, DESCRIPTORS);
  return sense;
}

/** Where the descriptors begin. */
const DESCRIPTORS = 8;
