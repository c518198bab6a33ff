import { OPCODE, readU8, SENSE_CONDITION, SERVICE_ACTION, writeU16, writeU32 } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import { readStore } from './read.js';
import { type CdbField, type CommandRow, defineCommand, type ReservationClass } from './command.js';

/**
 * What a vcdrom, or a disk that can be ejected, asks of its medium before it executes a command (SPEC 16). Without one: 2/3A/00. The first command after a
 * change reports it, and leaves the report to every other nexus of the device. False: the command has been ended.
 */
export function checkMedium(command: ActiveCommand): boolean {
  const { server, row, nexus } = command;
  if (server.medium.isMissing) {
    command.fail(SENSE_CONDITION.MEDIUM_NOT_PRESENT);
    return false;
  }
  if (server.device.kind !== 'cdrom' || !server.medium.changePending || row.passesUnitAttention === true) return true;
  server.medium.changePending = false;
  server.raise(SENSE_CONDITION.MEDIUM_MAY_HAVE_CHANGED, nexus);
  command.fail(SENSE_CONDITION.MEDIUM_MAY_HAVE_CHANGED);
  return false;
}

/**
 * READ (6) of a CD-ROM. SCST decodes it as a tape's: bytes 2-4 are the number of blocks, and there is no address, so they are
 * always the first ones, whether the medium has that many or not.
 */
const read6 = defineCommand({
  opcode: OPCODE.READ_6,
  name: 'READ (6)',
  on: ['cdrom'],
  direction: 'in',
  length: { at: 2, bytes: 3 },
  unit: 'blocks',
  whileReserved: 'reads',
  execute: { cdrom: readStore },
});

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

/** What SCST's table knows of a CD-ROM's other commands, which no handler implements: they end in 5/20/00 once all checks are passed. */
interface UnimplementedCommand {
  readonly opcode: number;
  readonly name: string;
  readonly direction?: 'in' | 'out';
  readonly length?: CdbField;
  readonly unit?: 'blocks';
  readonly lengthFromInitiator?: boolean;
  readonly whileReserved?: ReservationClass;
  readonly writesMedium?: boolean;
}

const UNIMPLEMENTED: readonly UnimplementedCommand[] = [
  { opcode: 0x0c, name: 'SEEK BLOCK' },
  { opcode: 0x0d, name: 'PARTITION', writesMedium: true },
  { opcode: 0x0f, name: 'READ REVERSE', direction: 'in', length: { at: 12, bytes: 3 }, unit: 'blocks', whileReserved: 'reads' },
  { opcode: 0x10, name: 'WRITE FILEMARKS (6)', writesMedium: true },
  { opcode: 0x14, name: 'RECOVER BUFFERED DATA', direction: 'in', length: { at: 2, bytes: 3 }, unit: 'blocks', whileReserved: 'reads' },
  { opcode: 0x19, name: 'ERASE (6)', writesMedium: true },
  { opcode: 0x24, name: 'SET WINDOW', direction: 'out', length: { at: 6, bytes: 3 } },
  { opcode: 0x33, name: 'SET LIMITS (10)' },
  { opcode: OPCODE.READ_SUB_CHANNEL, name: 'READ SUB-CHANNEL', direction: 'in', length: { at: 7, bytes: 2 } },
  { opcode: 0x44, name: 'READ HEADER', direction: 'in', length: { at: 7, bytes: 2 } },
  { opcode: 0x45, name: 'PLAY AUDIO (10)' },
  { opcode: OPCODE.GET_CONFIGURATION, name: 'GET CONFIGURATION', direction: 'in', length: { at: 7, bytes: 2 } },
  { opcode: 0x47, name: 'PLAY AUDIO MSF' },
  { opcode: 0x48, name: 'PLAY AUDIO TRACK INDEX' },
  { opcode: 0x49, name: 'PLAY TRACK RELATIVE (10)' },
  { opcode: OPCODE.GET_EVENT_STATUS_NOTIFICATION, name: 'GET EVENT STATUS NOTIFICATION', direction: 'in', length: { at: 7, bytes: 2 } },
  { opcode: 0x4b, name: 'PAUSE/RESUME' },
  { opcode: 0x4e, name: 'STOP PLAY/SCAN' },
  { opcode: OPCODE.READ_DISC_INFORMATION, name: 'READ DISC INFORMATION', direction: 'in', length: { at: 7, bytes: 2 } },
  { opcode: OPCODE.READ_TRACK_INFORMATION, name: 'READ TRACK INFORMATION', direction: 'in', length: { at: 7, bytes: 2 } },
  { opcode: 0x53, name: 'RESERVE TRACK' },
  { opcode: 0x54, name: 'SEND OPC INFORMATION', direction: 'out', length: { at: 7, bytes: 2 } },
  { opcode: 0x58, name: 'REPAIR TRACK', writesMedium: true },
  { opcode: 0x5b, name: 'CLOSE TRACK/SESSION' },
  { opcode: 0x5c, name: 'READ BUFFER CAPACITY', direction: 'in', length: { at: 7, bytes: 2 } },
  { opcode: 0x5d, name: 'SEND CUE SHEET', direction: 'out', length: { at: 6, bytes: 3 } },
  { opcode: 0x8c, name: 'READ ATTRIBUTE', direction: 'in', length: { at: 10, bytes: 4 }, whileReserved: 'reads' },
  { opcode: 0x8d, name: 'WRITE ATTRIBUTE', direction: 'out', length: { at: 10, bytes: 4 }, writesMedium: true },
  { opcode: 0xa5, name: 'PLAY AUDIO (12)' },
  { opcode: 0xa6, name: 'EXCHANGE/LOAD/UNLOAD MEDIUM' },
  { opcode: 0xa7, name: 'SET READ AHEAD' },
  { opcode: 0xa9, name: 'PLAY TRACK RELATIVE (12)' },
  { opcode: 0xac, name: 'GET PERFORMANCE', direction: 'in', lengthFromInitiator: true },
  { opcode: 0xad, name: 'READ DVD STRUCTURE', direction: 'in', length: { at: 8, bytes: 2 } },
  { opcode: 0xb3, name: 'SET LIMITS (12)' },
  { opcode: 0xb6, name: 'SET STREAMING', direction: 'out', length: { at: 9, bytes: 2 } },
  { opcode: OPCODE.READ_CD_MSF, name: 'READ CD MSF', direction: 'in', lengthFromInitiator: true },
  { opcode: 0xba, name: 'SCAN' },
  { opcode: 0xbb, name: 'SET SPEED' },
  { opcode: OPCODE.MECHANISM_STATUS, name: 'MECHANISM STATUS', direction: 'in', length: { at: 8, bytes: 2 } },
  { opcode: OPCODE.READ_CD, name: 'READ CD', direction: 'in', length: { at: 6, bytes: 3 }, unit: 'blocks' },
  { opcode: 0xbf, name: 'SEND DVD STRUCTURE', direction: 'out', length: { at: 8, bytes: 4 } },
];

const sendKey = {
  opcode: OPCODE.SEND_KEY,
  name: 'SEND KEY',
  on: ['cdrom'],
  direction: 'out',
  length: { at: 8, bytes: 2 },
  whileReserved: 'writes',
  execute: internalFailure,
} as const satisfies CommandRow;

const reportKey = { ...sendKey, opcode: OPCODE.REPORT_KEY, name: 'REPORT KEY', direction: 'in' } as const satisfies CommandRow;

/**
 * SEND KEY and REPORT KEY stand where a disk has MAINTENANCE IN and OUT, and end as those do with an unknown service action. Asymmetric access takes
 * them for those: for REPORT and SET TARGET PORT GROUPS, where their byte 1 says so.
 */
const keyCommands = [
  defineCommand(sendKey),
  defineCommand({ ...sendKey, serviceAction: SERVICE_ACTION.MAINTENANCE_IN.REPORT_TARGET_PORT_GROUPS, alua: 'transitioning' }),
  defineCommand(reportKey),
  defineCommand({ ...reportKey, serviceAction: SERVICE_ACTION.MAINTENANCE_OUT.SET_TARGET_PORT_GROUPS, alua: 'unavailable' }),
];

function internalFailure(command: ActiveCommand): void {
  command.fail(SENSE_CONDITION.INTERNAL_TARGET_FAILURE);
}

export const mmcCommands: readonly CommandRow[] = [
  read6,
  readToc,
  ...keyCommands,
  ...UNIMPLEMENTED.map((command) => defineCommand({ direction: 'none', whileReserved: 'writes', ...command, on: ['cdrom'] })),
];
