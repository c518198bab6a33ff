import { OPCODE, readU8, SENSE_CONDITION } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import { inChunks } from './chunks.js';
import { defineCommand } from './command.js';
import { writeFailed, written } from './medium.js';
import { unmapRange } from './unmap.js';

/** Byte 1 of the CDB. */
const FMTPINFO = 0xc0;
const LONGLIST = 0x20;
const FMTDATA = 0x10;

/** Byte 1 of the parameter list. */
const IP = 0x08;
const IMMED = 0x02;

const SHORT_HEADER = 4;
const LONG_HEADER = 8;

/** Bytes that a thin device frees at a time, so that the progress shows. */
const CHUNK = 64 * 1024 * 1024;

/** FORMAT UNIT, SBC-4 5.3; SPEC 9. A thin device frees its blocks, a thick one keeps them. */
export const formatUnit = defineCommand({
  opcode: OPCODE.FORMAT_UNIT,
  name: 'FORMAT UNIT',
  on: ['disk', 'cdrom'],
  direction: 'none',
  lengthFromInitiator: true,
  whileReserved: 'writes',
  writesMedium: true,
  exclusive: true,
  report: { order: 31, usage: [0x04, 0xf0, 0, 0, 0, 0x04], timeout: 3600 },
  decode: (command) => {
    if ((readU8(command.cdb, 1) & FMTDATA) !== 0) command.direction = 'out';
    return true;
  },
  execute: (command) => {
    const immediate = { value: false };
    if (checkRequest(command, immediate)) format(command, immediate.value);
  },
});

/** False: the command has been ended. */
function checkRequest(command: ActiveCommand, immediate: { value: boolean }): boolean {
  const flags = readU8(command.cdb, 1);
  const protection = (flags & FMTPINFO) >>> 6;
  if ((flags & FMTDATA) === 0) {
    if (protection !== 0) command.invalidFieldInCdb(1, 6);
    return protection === 0;
  }
  const length = command.transferLength;
  // A list of no bytes is none.
  if (length === 0) {
    command.good();
    return false;
  }
  const list = command.dataOut;
  if (length < SHORT_HEADER) command.fail(SENSE_CONDITION.PARAMETER_LIST_LENGTH_ERROR);
  else if ((readU8(list, 1) & IP) !== 0) command.invalidFieldInParameterList(1, 3);
  else if ((flags & LONGLIST) !== 0 && length < LONG_HEADER) command.invalidFieldInCdb(1, 5);
  else if ((flags & LONGLIST) !== 0 && readU8(list, 3) !== 0) command.invalidFieldInParameterList(3, 4);
  else if (!isProtectionKnown(protection, readU8(list, 0) & 0x07)) command.invalidFieldInParameterList(0, 0);
  else if (protection !== 0) command.invalidFieldInCdb(1, 6);
  else {
    immediate.value = (readU8(list, 1) & IMMED) !== 0;
    return true;
  }
  return false;
}

/** FMTPINFO with PROTECTION FIELD USAGE, SBC-4 table 40: combinations that name a protection type. */
function isProtectionKnown(protection: number, usage: number): boolean {
  switch (protection) {
    case 0:
    case 2:
      return usage === 0;
    case 3:
      return usage <= 1;
    default:
      return false;
  }
}

function format(command: ActiveCommand, immediate: boolean): void {
  const { server, device } = command;
  if (!device.thinProvisioned) {
    command.good();
    return;
  }
  const length = Math.min(Number(server.medium.blockCount) * device.blockSize, Number.MAX_SAFE_INTEGER);
  const progress = server.medium.beginFormat(length);
  // What one chunk does is over before anybody can ask, as it is in SCST.
  const answersFirst = immediate && length > CHUNK;
  if (answersFirst) command.good();
  inChunks(
    command,
    { position: 0, length, chunk: CHUNK },
    (position, size, done) => {
      unmapRange(command, position, size, (error) => {
        progress.advance(size);
        done(error);
      });
    },
    (error) => {
      progress.end();
      if (answersFirst) return;
      if (error === null) written(command, false);
      else if (immediate) command.good();
      else writeFailed(command, error);
    },
  );
}
