import { cdbLength, OPCODE, readU16, readU24, readU32, readU64, readU64Number, readU8, SENSE_CONDITION } from '@scst/scsi';
import type { CdbField } from '../commands/command.js';
import { controlByte, unknownCommand } from '../commands/table.js';
import type { ActiveCommand } from './active-command.js';

/** CONTROL byte, SAM-6 5.2. */
const CONTROL_LINK = 0x01;

/** A transfer length is held in 31 bits, a position on the medium in 63. */
const MAX_TRANSFER = 0x8000_0000;
const MAX_POSITION = 1n << 63n;

/** What a command without a length of its own may move at most. */
const MAX_DECLARED = 15 * 1024 * 1024;

/** SPEC 2 step 2: reads the CDB's fields. False: the command has been ended. */
export function decodeCdb(command: ActiveCommand): boolean {
  const { row } = command;
  const { cdb } = command.task;
  command.direction = row.direction;
  command.attribute = row.headOfQueue === true ? 'head-of-queue' : command.task.attribute;
  command.lba = row.lba === undefined ? 0 : readLba(cdb, row.lba);
  command.transferLength = row.length === undefined ? (row.fixedLength ?? 0) : readField(cdb, row.length);
  command.rangeLength = command.transferLength;
  return row.decode === undefined || row.decode(command);
}

/** SPEC 2 step 4: makes bytes of blocks, checks the range where the handler does it early, LINK, and the initiator's direction. */
export function parse(command: ActiveCommand): boolean {
  const { row, server, task } = command;
  // A SCSI device of the machine judges its commands itself; its block size is not known here.
  const passesThrough = server.device.kind === 'passthrough' && row.local !== true;
  if (row.fullyLocal !== true && !passesThrough) {
    const { blockSize } = server.medium;
    if (row.unit === 'blocks') {
      command.transferLength *= blockSize;
      command.rangeLength *= blockSize;
      if (command.transferLength >= MAX_TRANSFER) return failed(command, SENSE_CONDITION.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
    }
    if (row.lba?.bytes === 8 && readU32(task.cdb, row.lba.at) >= 0x8000_0000 / blockSize) {
      return failed(command, SENSE_CONDITION.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
    }
    if (server.checksRangeEarly && !checkRange(command)) return false;
  }
  if (row === unknownCommand || cdbLength(readU8(task.cdb, 0)) === undefined && readU8(task.cdb, 0) !== OPCODE.VARIABLE_LENGTH_CDB) {
    return failed(command, SENSE_CONDITION.INVALID_COMMAND_OPERATION_CODE);
  }
  const { dataIn, dataOut } = task;
  const declaredIn = dataIn === null ? 0 : dataIn.length;
  const declaredOut = dataOut === null ? 0 : dataOut.length;
  if (row.lengthFromInitiator === true && command.direction !== 'none') {
    command.transferLength = command.rangeLength = Math.min(command.direction === 'in' ? declaredIn : declaredOut, MAX_DECLARED);
  }
  const control = controlByte(task.cdb);
  if ((control & CONTROL_LINK) !== 0) {
    command.invalidFieldInCdb((cdbLength(readU8(task.cdb, 0)) ?? 32) - 1, 0);
    return false;
  }
  // A transport may declare data of no bytes, which is a direction all the same.
  const declared = dataOut !== null ? (dataIn !== null ? 'bidi' : 'out') : dataIn !== null ? 'in' : 'none';
  if (passesThrough) {
    command.direction = declared;
    command.transferLength = command.rangeLength = declaredOut > 0 ? declaredOut : declaredIn;
    return true;
  }
  if (declared !== command.direction && (declared !== 'none' || command.transferLength !== 0)) {
    const isTolerated = declared === 'in' ? row.toleratesDataIn === true : (command.direction === 'in' || declared === 'none') && command.rules.missingData === 'residual';
    if (!isTolerated) return failed(command, SENSE_CONDITION.INVALID_MESSAGE_ERROR);
  }
  if (command.transferLength === 0) command.direction = 'none';
  return true;
}

/** SPEC 2 step 5: the data-out is there; is it a whole number of blocks? */
export function checkDataOut(command: ActiveCommand): boolean {
  if (command.direction !== 'out') return true;
  command.dataFetched = true;
  const sent = command.task.dataOut?.length ?? 0;
  if (sent < command.transferLength && command.row.unit === 'blocks' && sent % command.server.medium.blockSize !== 0) {
    return failed(command, SENSE_CONDITION.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
  }
  return true;
}

/**
 * Whether the command's blocks lie on the medium: LBA · block size + length ≤ size, in 63 bits and a sign, so that a sum that
 * overflows passes here and fails at the store (SPEC 3). False: the command has been ended.
 */
export function checkRange(command: ActiveCommand): boolean {
  const { row, server } = command;
  if (row.lba === undefined) return true;
  const position = command.lba * server.medium.blockSize;
  const end = position + command.rangeLength;
  const outside = end <= Number.MAX_SAFE_INTEGER ? end > server.medium.byteSize : isOutsideExactly(command, row.lba);
  if (!outside) {
    command.position = position;
    return true;
  }
  return failed(command, server.medium.isMissing ? SENSE_CONDITION.MEDIUM_NOT_PRESENT : SENSE_CONDITION.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
}

function isOutsideExactly(command: ActiveCommand, field: CdbField): boolean {
  const { server } = command;
  const lba = field.bytes === 8 ? readU64(command.cdb, field.at) : BigInt(command.lba);
  const end = (lba << BigInt(server.medium.blockShift)) + BigInt(command.rangeLength);
  return end < MAX_POSITION && end > server.medium.exactByteSize;
}

function failed(command: ActiveCommand, condition: Parameters<ActiveCommand['fail']>[0]): false {
  command.fail(condition);
  return false;
}

function readLba(cdb: Uint8Array, field: CdbField & { readonly mask?: number }): number {
  const value = field.bytes === 8 ? readU64Number(cdb, field.at) : readField(cdb, field);
  return field.mask === undefined ? value : value & field.mask;
}

function readField(cdb: Uint8Array, field: CdbField): number {
  switch (field.bytes) {
    case 1:
      return readU8(cdb, field.at);
    case 2:
      return readU16(cdb, field.at);
    case 3:
      return readU24(cdb, field.at);
    case 4:
      return readU32(cdb, field.at);
    case 8:
      return readU64Number(cdb, field.at);
  }
}
