import { OPCODE, readU16, readU8, SENSE_CONDITION } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import { SANITIZE_COMMAND_FAILED, SANITIZE_IN_PROGRESS } from '../nexus/medium.js';
import type { BlockStore, StoreCallback } from '../store/block-store.js';
import { inTurn } from './chunks.js';
import { type CommandRow, defineCommand, t10Only } from './command.js';
import { storeOf } from './medium.js';
import { canBlockErase } from './provisioning.js';

const ACTION = { OVERWRITE: 0x01, BLOCK_ERASE: 0x02, EXIT_FAILURE_MODE: 0x1f } as const;

/** Byte 1. */
const IMMED = 0x80;
const ZNR = 0x40;
const AUSE = 0x20;
const PARAMETER_LIST_LENGTH_AT = 7;

const OVERWRITE_HEADER = 4;
/** Byte 0 of the overwrite parameter list. */
const INVERT = 0x80;
const TEST = 0x60;
const OVERWRITE_COUNT = 0x1f;

const OVERWRITE_CHUNK = 1024 * 1024;
const ERASE_CHUNK = 64 * 1024 * 1024;

const common = {
  only: t10Only(
    'SBC-4, SANITIZE command, sanitize operations',
    'SCST has no SANITIZE. Here a store can be overwritten, and one that frees blocks can be erased. CRYPTOGRAPHIC ERASE is left out: nothing is encrypted.',
  ),
  opcode: OPCODE.SANITIZE,
  on: ['disk'],
  direction: 'out',
  length: { at: PARAMETER_LIST_LENGTH_AT, bytes: 2 },
  whileReserved: 'writes',
  writesMedium: true,
  // It begins when nothing else is on the medium.
  atomic: true,
  mendsSanitize: true,
} as const satisfies Partial<CommandRow>;

const report = (serviceAction: number, order: number): NonNullable<CommandRow['report']> => ({
  order,
  usage: [OPCODE.SANITIZE, IMMED | AUSE | serviceAction, 0, 0, 0, 0, 0, 0xff, 0xff, 0x04],
  timeout: 3600,
});

/** SANITIZE. */
export const sanitizeCommands: readonly CommandRow[] = [
  defineCommand({ ...common, name: 'SANITIZE', execute: refuseServiceAction }),
  defineCommand({
    ...common,
    serviceAction: ACTION.OVERWRITE,
    name: 'SANITIZE (OVERWRITE)',
    report: report(ACTION.OVERWRITE, 68),
    execute: (command) => {
      if (hasOnlyKnownFields(command)) overwrite(command);
    },
  }),
  defineCommand({
    ...common,
    serviceAction: ACTION.BLOCK_ERASE,
    name: 'SANITIZE (BLOCK ERASE)',
    report: { ...report(ACTION.BLOCK_ERASE, 69), when: ({ device }) => canBlockErase(device) },
    execute: (command) => {
      if (!canBlockErase(command.device)) refuseServiceAction(command);
      else if (hasOnlyKnownFields(command) && hasNoParameters(command)) blockErase(command);
    },
  }),
  defineCommand({
    ...common,
    serviceAction: ACTION.EXIT_FAILURE_MODE,
    name: 'SANITIZE (EXIT FAILURE MODE)',
    report: report(ACTION.EXIT_FAILURE_MODE, 70),
    execute: (command) => {
      const { medium } = command.server;
      if (!hasOnlyKnownFields(command) || !hasNoParameters(command)) return;
      if (medium.sanitizeFailed === 'restricted') {
        refuseServiceAction(command);
        return;
      }
      medium.sanitizeFailed = null;
      command.good();
    },
  }),
];

function refuseServiceAction(command: ActiveCommand): void {
  command.invalidFieldInCdb(1, 4);
}

/** ZNR is for zoned devices; bytes 2 to 6 are reserved. False: the command has been ended. */
function hasOnlyKnownFields(command: ActiveCommand): boolean {
  const { cdb } = command;
  if ((readU8(cdb, 1) & ZNR) !== 0) {
    command.invalidFieldInCdb(1, 6);
    return false;
  }
  for (let at = 2; at < PARAMETER_LIST_LENGTH_AT; at++) {
    if (readU8(cdb, at) === 0) continue;
    command.invalidFieldInCdb(at);
    return false;
  }
  return true;
}

function hasNoParameters(command: ActiveCommand): boolean {
  if (command.transferLength === 0) return true;
  command.invalidFieldInCdb(PARAMETER_LIST_LENGTH_AT);
  return false;
}

function overwrite(command: ActiveCommand): void {
  const { blockSize } = command.device;
  const length = command.transferLength;
  const list = command.dataOut;
  if (length <= OVERWRITE_HEADER || length > blockSize + OVERWRITE_HEADER) {
    command.invalidFieldInCdb(PARAMETER_LIST_LENGTH_AT);
    return;
  }
  if (list.length < length) {
    command.fail(SENSE_CONDITION.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
    return;
  }
  const flags = readU8(list, 0);
  const count = flags & OVERWRITE_COUNT;
  const patternLength = readU16(list, 2);
  if ((flags & TEST) !== 0) command.invalidFieldInParameterList(0, 6);
  else if (count === 0) command.invalidFieldInParameterList(0, 4);
  else if (readU8(list, 1) !== 0) command.invalidFieldInParameterList(1);
  else if (patternLength === 0 || patternLength > blockSize || OVERWRITE_HEADER + patternLength > length) command.invalidFieldInParameterList(2);
  else {
    const pattern = list.subarray(OVERWRITE_HEADER, OVERWRITE_HEADER + patternLength);
    const chunk = filled(pattern, blockSize, Math.max(OVERWRITE_CHUNK, blockSize));
    const inverted = (flags & INVERT) === 0 ? chunk : chunk.map((byte) => ~byte);
    sanitize(command, { passes: count, chunk: chunk.length }, (store, { position, length: size, pass }, done) => {
      store.write((pass % 2 === 0 ? chunk : inverted).subarray(0, size), position, done);
    });
  }
}

/** Whole blocks, each of which begins with the pattern anew. */
function filled(pattern: Uint8Array, blockSize: number, length: number): Uint8Array {
  const block = new Uint8Array(blockSize);
  for (let at = 0; at < blockSize; at += pattern.length) block.set(pattern.subarray(0, blockSize - at), at);
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += blockSize) bytes.set(block, at);
  return bytes;
}

function blockErase(command: ActiveCommand): void {
  sanitize(command, { passes: 1, chunk: ERASE_CHUNK }, (store, { position, length }, done) => {
    if (store.zero !== undefined) store.zero(position, length, done);
    else if (store.unmap === undefined) done(null);
    else store.unmap(position, length, done);
  });
}

interface Stretch {
  readonly position: number;
  readonly length: number;
  readonly pass: number;
}

/**
 * Works through the whole medium, as often as asked for, and lets other commands come between to be told of it. It goes on
 * whatever becomes of the command and its nexus.
 */
function sanitize(
  command: ActiveCommand,
  plan: { readonly passes: number; readonly chunk: number },
  step: (store: BlockStore, stretch: Stretch, done: StoreCallback) => void,
): void {
  const { medium } = command.server;
  const flags = readU8(command.cdb, 1);
  const store = storeOf(command);
  if (store === null) {
    // vdisk_nullio keeps nothing.
    command.good();
    return;
  }
  const size = Number(medium.blockCount) * command.device.blockSize;
  const progress = medium.beginFormat(size * plan.passes, SANITIZE_IN_PROGRESS);
  if ((flags & IMMED) !== 0) command.good();
  let pass = 0;
  let position = 0;
  let flushed = false;
  inTurn(
    (done) => {
      if (command.aborted) command.good();
      if (flushed) return false;
      if (pass === plan.passes) {
        flushed = true;
        store.flush(done);
        return true;
      }
      const rest = size - position;
      const length = Math.min(rest, plan.chunk);
      step(store, { position, length, pass }, (error) => {
        progress.advance(length);
        setImmediate(done, error);
      });
      position += length;
      if (position >= size) {
        position = 0;
        pass++;
      }
      return true;
    },
    (error) => {
      progress.end();
      medium.sanitizeFailed = error === null ? null : (flags & AUSE) === 0 ? 'restricted' : 'unrestricted';
      if (error === null) command.good();
      else command.fail(SANITIZE_COMMAND_FAILED);
    },
  );
}
