import { OPCODE, readU8, SENSE_CONDITION } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import type { BlockStore } from '../store/block-store.js';
import { type BlockForm, FORM_10, FORM_12, FORM_16, MEDIUM_TIMEOUT, usage10, usage12, usage16 } from './block-cdb.js';
import { inChunks } from './chunks.js';
import { type CommandRow, defineCommand } from './command.js';
import { isNowhere, readFailed, storeOf, writeFailed } from './medium.js';
import { checkProtect } from './protection.js';

/** BYTCHK, bits 1 and 2 of byte 1: 01b compares with the data sent; 1xb, one block for all, is not supported. */
const BYTCHK_COMPARE = 0x02;
const BYTCHK_ONE_BLOCK = 0x04;

/** Bytes read at a time. */
const CHUNK = 256 * 1024;

const common = {
  on: ['disk', 'cdrom'],
  // As BYTCHK says.
  direction: 'none',
  unit: 'blocks',
  whileReserved: 'reads',
  decode,
  execute: { fileio: verify, blockio: verify, cdrom: verify, nullio: good },
} as const satisfies Partial<CommandRow>;

const row = (opcode: number, name: string, form: BlockForm, report: CommandRow['report']): CommandRow =>
  defineCommand({ ...common, ...form, opcode, name, ...(report === undefined ? {} : { report }) });

/** VERIFY (10), (12) and (16), SBC-4 5.34 ff.; SPEC 8. */
export const verifyCommands: readonly CommandRow[] = [
  row(OPCODE.VERIFY_10, 'VERIFY (10)', FORM_10, { order: 24, usage: usage10(OPCODE.VERIFY_10, 0xf6), timeout: MEDIUM_TIMEOUT }),
  row(OPCODE.VERIFY_12, 'VERIFY (12)', FORM_12, { order: 25, usage: usage12(OPCODE.VERIFY_12, 0xf6), timeout: MEDIUM_TIMEOUT }),
  row(OPCODE.VERIFY_16, 'VERIFY (16)', FORM_16, { order: 26, usage: usage16(OPCODE.VERIFY_16, 0xf6), timeout: MEDIUM_TIMEOUT }),
];

function decode(command: ActiveCommand): boolean {
  const flags = readU8(command.cdb, 1);
  if ((flags & BYTCHK_ONE_BLOCK) !== 0) {
    command.invalidFieldInCdb(1, 2);
    return false;
  }
  if ((flags & BYTCHK_COMPARE) !== 0) command.direction = 'out';
  else command.transferLength = 0;
  return checkProtect(command);
}

function good(command: ActiveCommand): void {
  command.good();
}

function verify(command: ActiveCommand): void {
  verifyRange(command, command.direction === 'out' ? command.dataOut : null);
}

/**
 * Flushes, reads the range, and compares it with `expected`, or with nothing. Where fewer blocks were sent than the CDB says,
 * these are compared.
 */
export function verifyRange(command: ActiveCommand, expected: Uint8Array | null): void {
  const store = storeOf(command);
  if (store === null || isNowhere(command)) {
    readFailed(command);
    return;
  }
  if (!command.server.medium.hasVolatileCache) {
    compare(command, store, expected);
    return;
  }
  store.flush((error) => {
    if (error === null) compare(command, store, expected);
    else writeFailed(command, error);
  });
}

function compare(command: ActiveCommand, store: BlockStore, expected: Uint8Array | null): void {
  const start = command.position;
  const length = expected?.length ?? command.rangeLength;
  const buffer = new Uint8Array(Math.min(length, CHUNK));
  let differs = false;
  inChunks(
    command,
    { position: start, length, chunk: CHUNK },
    (position, size, done) => {
      if (differs) {
        done(null);
        return;
      }
      const part = size === buffer.length ? buffer : buffer.subarray(0, size);
      store.read(part, position, (error) => {
        if (error === null && expected !== null) differs = firstDifference(part, expected.subarray(position - start, position - start + size)) >= 0;
        done(error);
      });
    },
    (error) => {
      if (error !== null) readFailed(command, error);
      else if (differs) command.fail(SENSE_CONDITION.MISCOMPARE_DURING_VERIFY_OPERATION);
      else command.good();
    },
  );
}

/** The index of the first byte that differs in two buffers of the same length; -1: none does. */
export function firstDifference(left: Uint8Array, right: Uint8Array): number {
  if (Buffer.compare(left, right) === 0) return -1;
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return at;
  return -1;
}
