import { OPCODE, readU8, writeU16, writeU24, writeU32 } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import { type CommandRow, defineCommand } from './command.js';
import { encodeModePages, PAGE_CONTROLS } from './mode-pages.js';

const DBD = 0x08;
/** DEVICE-SPECIFIC PARAMETER of block devices, SBC-4 6.5.1. */
const WRITE_PROTECTED = 0x80;
const DPOFUA = 0x10;
const BLOCK_DESCRIPTOR_LENGTH = 8;

/** The two forms differ in their header. */
interface Form {
  readonly headerLength: 4 | 8;
}

const SHORT: Form = { headerLength: 4 };
const LONG: Form = { headerLength: 8 };

const common = {
  on: ['disk', 'cdrom'],
  direction: 'in',
  whileReserved: 'reads',
  alua: 'standby',
  worksInactive: true,
} as const satisfies Partial<CommandRow>;

/** MODE SENSE (6) and (10), SPC-5 6.13 and 6.14; SPEC 7. */
export const modeSense: readonly CommandRow[] = [
  defineCommand({
    ...common,
    opcode: OPCODE.MODE_SENSE_6,
    name: 'MODE SENSE (6)',
    length: { at: 4, bytes: 1 },
    report: { order: 3, usage: [0x1a, 0x08, 0xff, 0xff, 0xff, 0x04], timeout: 10 },
    execute: (command) => {
      sense(command, SHORT);
    },
  }),
  defineCommand({
    ...common,
    opcode: OPCODE.MODE_SENSE_10,
    name: 'MODE SENSE (10)',
    length: { at: 7, bytes: 2 },
    report: { order: 4, usage: [0x5a, 0x18, 0xff, 0xff, 0, 0, 0, 0xff, 0xff, 0x04], timeout: 10 },
    execute: (command) => {
      sense(command, LONG);
    },
  }),
];

function sense(command: ActiveCommand, { headerLength }: Form): void {
  const { cdb, server, device } = command;
  if (command.transferLength === 0) {
    command.good();
    return;
  }
  if (readU8(cdb, 3) !== 0) {
    command.invalidFieldInCdb(3);
    return;
  }
  const pageControl = PAGE_CONTROLS[readU8(cdb, 2) >>> 6] ?? 'current';
  const pages = encodeModePages(server, readU8(cdb, 2) & 0x3f, pageControl);
  if (pages === undefined) {
    command.invalidFieldInCdb(2, 0);
    return;
  }
  const descriptorLength = (readU8(cdb, 1) & DBD) !== 0 ? 0 : BLOCK_DESCRIPTOR_LENGTH;
  const data = new Uint8Array(headerLength + descriptorLength + pages.length);
  const deviceSpecific = (device.kind === 'cdrom' ? 0 : DPOFUA) | (isShownWriteProtected(command) ? WRITE_PROTECTED : 0);
  if (headerLength === 4) data.set([data.length - 1, device.type, deviceSpecific, descriptorLength]);
  else {
    writeU16(data, 0, data.length - 2);
    data.set([device.type, deviceSpecific, 0, 0, 0, descriptorLength], 2);
  }
  if (descriptorLength > 0) {
    const blocks = server.medium.blockCount;
    writeU32(data, headerLength, blocks > 0xffff_ffffn ? 0xffff_ffff : Number(blocks));
    writeU24(data, headerLength + 5, device.blockSize);
  }
  data.set(pages, headerLength + descriptorLength);
  command.reply(data);
}

/** SWP counts on disks alone. */
function isShownWriteProtected({ nexus, server, device }: ActiveCommand): boolean {
  return nexus.lun.effectiveReadOnly || (device.kind !== 'cdrom' && server.modes.control.softwareWriteProtect);
}
