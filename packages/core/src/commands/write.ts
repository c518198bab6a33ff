import { OPCODE, readU8 } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import type { StoreError } from '../store/block-store.js';
import { FORM_10, FORM_12, FORM_16, FORM_6, MEDIUM_TIMEOUT, usage10, usage12, usage16 } from './block-cdb.js';
import { type CommandRow, defineCommand } from './command.js';
import { isNowhere, refusesPartialSectors, storeOf, writeFailed, written } from './medium.js';
import { checkProtect } from './protection.js';
import { zeroIs256 } from './read.js';
import { verifyRange } from './verify.js';

/** FUA, bit 3 of byte 1. */
const FUA = 0x08;

const common = {
  on: ['disk', 'cdrom'],
  direction: 'out',
  unit: 'blocks',
  whileReserved: 'writes',
  writesMedium: true,
  reusable: true,
  decode: checkProtect,
  execute: { fileio: writeStore, blockio: writeStore, nullio: good },
} as const satisfies Partial<CommandRow>;

/** WRITE (6), (10), (12) and (16), SBC-4 5.39 ff. DPO and the group number change nothing. */
export const write: readonly CommandRow[] = [
  defineCommand({
    ...common,
    ...FORM_6,
    opcode: OPCODE.WRITE_6,
    name: 'WRITE (6)',
    on: ['disk'],
    decode: zeroIs256,
    execute: { ...common.execute, fileio: writeStoreCached, blockio: writeStoreCached },
    report: { order: 17, usage: [0x0a, 0x1f, 0xff, 0xff, 0xff, 0x04], timeout: MEDIUM_TIMEOUT },
  }),
  defineCommand({
    ...common,
    ...FORM_10,
    opcode: OPCODE.WRITE_10,
    name: 'WRITE (10)',
    report: { order: 18, usage: usage10(OPCODE.WRITE_10, 0xfa), timeout: MEDIUM_TIMEOUT },
  }),
  defineCommand({
    ...common,
    ...FORM_12,
    opcode: OPCODE.WRITE_12,
    name: 'WRITE (12)',
    report: { order: 19, usage: usage12(OPCODE.WRITE_12, 0xfa), timeout: MEDIUM_TIMEOUT },
  }),
  defineCommand({
    ...common,
    ...FORM_16,
    opcode: OPCODE.WRITE_16,
    name: 'WRITE (16)',
    report: { order: 20, usage: usage16(OPCODE.WRITE_16, 0xfa), timeout: MEDIUM_TIMEOUT },
  }),
];

const verifying = { ...common, execute: { fileio: writeAndVerify, blockio: writeAndVerify, nullio: good } } as const satisfies Partial<CommandRow>;

/** WRITE AND VERIFY (10), (12) and (16), SBC-4 5.43 ff. What was written is flushed and read again; BYTCHK is not looked at. */
export const writeAndVerifyCommands: readonly CommandRow[] = [
  defineCommand({
    ...verifying,
    ...FORM_10,
    opcode: OPCODE.WRITE_AND_VERIFY_10,
    name: 'WRITE AND VERIFY (10)',
    report: { order: 21, usage: usage10(OPCODE.WRITE_AND_VERIFY_10, 0xf6), timeout: MEDIUM_TIMEOUT },
  }),
  defineCommand({
    ...verifying,
    ...FORM_12,
    opcode: OPCODE.WRITE_AND_VERIFY_12,
    name: 'WRITE AND VERIFY (12)',
    report: { order: 22, usage: usage12(OPCODE.WRITE_AND_VERIFY_12, 0xf6), timeout: MEDIUM_TIMEOUT },
  }),
  defineCommand({
    ...verifying,
    ...FORM_16,
    opcode: OPCODE.WRITE_AND_VERIFY_16,
    name: 'WRITE AND VERIFY (16)',
    report: { order: 23, usage: usage16(OPCODE.WRITE_AND_VERIFY_16, 0xf6), timeout: MEDIUM_TIMEOUT },
  }),
];

function good(command: ActiveCommand): void {
  command.good();
}

function writeStore(command: ActiveCommand): void {
  startWrite(command, afterWrite);
}

function writeStoreCached(command: ActiveCommand): void {
  startWrite(command, afterCachedWrite);
}

function writeAndVerify(command: ActiveCommand): void {
  startWrite(command, afterWriteToVerify);
}

/**
 * Straight from what the initiator sent; where that is fewer whole blocks than the CDB says, these are written. Nothing is
 * written behind the end of the medium.
 */
function startWrite(command: ActiveCommand, next: ActiveCommand['afterStore']): void {
  const data = command.dataOut;
  if (data.length === 0 || command.transferLength === 0) {
    command.good();
    return;
  }
  const store = storeOf(command);
  if (store === null || isNowhere(command)) {
    writeFailed(command);
    return;
  }
  if (refusesPartialSectors(command, data)) return;
  command.afterStore = next;
  store.write(onMedium(command), command.position, command.storeDone);
}

/** What of the data-out has its place on the medium. */
function onMedium(command: ActiveCommand): Uint8Array {
  const data = command.dataOut;
  const room = command.server.medium.byteSize - command.position;
  return data.length <= room ? data : data.subarray(0, room);
}

function afterWrite(command: ActiveCommand, error: StoreError | null): void {
  if (error === null) written(command, (readU8(command.cdb, 1) & FUA) !== 0);
  else writeFailed(command, error);
}

/** The 6-byte form has no FUA bit. */
function afterCachedWrite(command: ActiveCommand, error: StoreError | null): void {
  if (error === null) written(command, false);
  else writeFailed(command, error);
}

function afterWriteToVerify(command: ActiveCommand, error: StoreError | null): void {
  if (error === null) verifyRange(command, onMedium(command));
  else writeFailed(command, error);
}
