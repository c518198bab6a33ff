import { OPCODE, readU8, SENSE_CONDITION } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import { type BlockForm, FORM_10, FORM_16, MEDIUM_TIMEOUT, usage10, usage16 } from './block-cdb.js';
import { inChunks } from './chunks.js';
import { type CommandRow, defineCommand } from './command.js';
import { isNowhere, storeOf, writeFailed, written } from './medium.js';
import { checkProtect } from './protection.js';
import { MAX_WRITE_SAME_LENGTH } from './provisioning.js';
import { zeroRange } from './unmap.js';

/** Byte 1. */
const ANCHOR = 0x10;
const UNMAP = 0x08;
const LBDATA_PBDATA = 0x06;
/** WRITE SAME (16): no data-out buffer. */
const NDOB = 0x01;

/** Bytes written at a time. */
const CHUNK = 1024 * 1024;

const row = (form: BlockForm, hasNdob: boolean, rest: Pick<CommandRow, 'opcode' | 'name' | 'report'>): CommandRow =>
  defineCommand({
    on: ['disk'],
    direction: 'out',
    unit: 'blocks',
    whileReserved: 'writes',
    writesMedium: true,
    ...form,
    ...rest,
    decode: (command) => decode(command, hasNdob),
    execute: (command) => {
      writeSame(command, form.length.at);
    },
  });

/** WRITE SAME (10) and (16), SBC-4 5.52 and 5.53; SPEC 9. */
export const writeSameCommands: readonly CommandRow[] = [
  row(FORM_10, false, {
    opcode: OPCODE.WRITE_SAME_10,
    name: 'WRITE SAME (10)',
    report: { order: 28, usage: usage10(OPCODE.WRITE_SAME_10, 0xe8), timeout: MEDIUM_TIMEOUT },
  }),
  row(FORM_16, true, {
    opcode: OPCODE.WRITE_SAME_16,
    name: 'WRITE SAME (16)',
    report: { order: 29, usage: usage16(OPCODE.WRITE_SAME_16, 0xe8), timeout: MEDIUM_TIMEOUT },
  }),
];

function decode(command: ActiveCommand, hasNdob: boolean): boolean {
  const flags = readU8(command.cdb, 1);
  const noData = hasNdob && (flags & NDOB) !== 0;
  if ((flags & UNMAP) === 0 && (noData || (flags & ANCHOR) !== 0)) {
    command.invalidFieldInCdb(1, noData ? 0 : 4);
    return false;
  }
  command.transferLength = noData ? 0 : 1;
  if (noData) command.direction = 'none';
  return checkProtect(command);
}

function writeSame(command: ActiveCommand, lengthAt: number): void {
  const { server, device, task } = command;
  const flags = readU8(command.cdb, 1);
  if (server.rules.writeSameExcess === 'refused' && (task.dataOut?.length ?? 0) > command.transferLength) {
    command.fail(SENSE_CONDITION.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
  } else if ((flags & ANCHOR) !== 0) {
    command.invalidFieldInCdb(1, 4);
  } else if (command.rangeLength === 0) {
    command.invalidFieldInCdb(lengthAt);
  } else if ((flags & UNMAP) !== 0) {
    if (!device.thinProvisioned) command.fail(SENSE_CONDITION.INVALID_COMMAND_OPERATION_CODE);
    else if (command.rangeLength > MAX_WRITE_SAME_LENGTH) command.invalidFieldInCdb(lengthAt);
    else if (server.rules.writeSameUnmapData === 'written' && command.dataOut.some((byte) => byte !== 0)) repeat(command);
    else {
      zeroRange(command, command.position, command.rangeLength, (error) => {
        if (error === null) written(command, false);
        else writeFailed(command, error);
      });
    }
  } else if ((task.dataOut?.length ?? 0) > server.rules.writeSameMaxData) {
    command.fail(SENSE_CONDITION.PARAMETER_VALUE_INVALID);
  } else if ((flags & LBDATA_PBDATA) !== 0) {
    command.invalidFieldInCdb(1, 1);
  } else if (command.rangeLength > MAX_WRITE_SAME_LENGTH) {
    command.invalidFieldInCdb(lengthAt);
  } else if (command.dataOut.length < command.transferLength) {
    command.fail(SENSE_CONDITION.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
  } else {
    repeat(command);
  }
}

function repeat(command: ActiveCommand): void {
  if (command.device.kind === 'nullio') {
    command.good();
    return;
  }
  const store = storeOf(command);
  if (store === null || isNowhere(command)) {
    writeFailed(command);
    return;
  }
  const block = command.dataOut.subarray(0, command.transferLength);
  const chunk = Math.max(block.length, CHUNK);
  const buffer = new Uint8Array(Math.min(command.rangeLength, chunk));
  for (let at = 0; at < buffer.length; at += block.length) buffer.set(block, at);
  inChunks(
    command,
    { position: command.position, length: command.rangeLength, chunk },
    (position, length, done) => {
      store.write(length === buffer.length ? buffer : buffer.subarray(0, length), position, done);
    },
    (error) => {
      if (error === null) written(command, false);
      else writeFailed(command, error);
    },
  );
}
