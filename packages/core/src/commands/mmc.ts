import { OPCODE, readU8, SENSE_CONDITION, writeU16, writeU32 } from '@scst/scsi';
import { type ActiveCommand } from '../nexus/active-command.js';
import { type CommandRow, defineCommand } from './command.js';

/**
 * What a vcdrom asks of its medium before it executes a command (SPEC 16). Without one: 2/3A/00. The first command after a
 * change reports it, and leaves the report to every other nexus of the device. False: the command has been ended.
 */
export function checkMedium(command: ActiveCommand): boolean {
  const { server, row, nexus } = command;
  if (server.device.kind !== 'cdrom') return true;
  if (server.mediumMissing) {
    command.fail(SENSE_CONDITION.MEDIUM_NOT_PRESENT);
    return false;
  }
  if (!server.mediumChangePending || row.passesUnitAttention === true) return true;
  server.mediumChangePending = false;
  server.raise(SENSE_CONDITION.MEDIUM_MAY_HAVE_CHANGED, nexus);
  command.fail(SENSE_CONDITION.MEDIUM_MAY_HAVE_CHANGED);
  return false;
}

/** The only track there is, and the lead-out that follows it (MMC-6 6.25.2.6). */
const TRACK = { FIRST: 0x01, LEAD_OUT: 0xaa } as const;
/** ADR 1: Q sub-channel has the position; CONTROL 4: a data track, recorded uninterrupted. */
const DATA_TRACK = 0x14;

/** READ TOC/PMA/ATIP, MMC-6 6.25, of a disc with one data track: formats 0 (tracks) and 1 (sessions). */
const readToc = defineCommand({
  opcode: OPCODE.READ_TOC,
  name: 'READ TOC/PMA/ATIP',
  on: ['cdrom'],
  direction: 'in',
  length: { at: 7, bytes: 2 },
  whileReserved: 'writes',
  execute: {
    cdrom: (command) => {
      const { cdb, device } = command;
      const format = readU8(cdb, 2) & 0x0f;
      const from = readU8(cdb, 6);
      if (format > 1) {
        command.invalidFieldInCdb(2, 5);
        return;
      }
      if (format === 1 ? from !== 0 : from > TRACK.FIRST && from !== TRACK.LEAD_OUT) {
        command.invalidFieldInCdb(6);
        return;
      }
      const blocks = Number(BigInt.asUintN(32, device.size / BigInt(device.blockSize)));
      const tracks = [];
      if (from <= TRACK.FIRST) tracks.push(trackDescriptor(TRACK.FIRST, 0));
      if (format === 0) tracks.push(trackDescriptor(TRACK.LEAD_OUT, blocks));
      command.reply(tableOfContents(tracks));
    },
  },
});

function trackDescriptor(track: number, start: number): Uint8Array {
  const descriptor = new Uint8Array(8);
  descriptor[1] = DATA_TRACK;
  descriptor[2] = track;
  writeU32(descriptor, 4, start);
  return descriptor;
}

function tableOfContents(tracks: readonly Uint8Array[]): Uint8Array {
  const data = new Uint8Array(4 + tracks.length * 8);
  writeU16(data, 0, data.length - 2);
  data[2] = TRACK.FIRST;
  data[3] = TRACK.FIRST;
  for (const [index, track] of tracks.entries()) data.set(track, 4 + index * 8);
  return data;
}

export const mmcCommands: readonly CommandRow[] = [readToc];
