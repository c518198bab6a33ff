import { OPCODE, readU32, readU8, SERVICE_ACTION, writeU32, writeU64 } from '@scst/scsi';
import type { VirtualDeviceObject } from '../nexus/objects.js';
import { type CommandRow, defineCommand } from './command.js';
import { unmapLimits } from './provisioning.js';

const PMI = 0x01;
const MAX_U32 = 0xffff_ffffn;
/** What a file's page is taken for where no queue tells a physical block size. */
const FILE_PHYSICAL_BLOCK = 4096;

/** READ CAPACITY (10) and (16) and their neighbours, SBC-4 5.15 and 5.16; SPEC 6. */
export const readCapacity: readonly CommandRow[] = [
  defineCommand({
    opcode: OPCODE.READ_CAPACITY_10,
    name: 'READ CAPACITY (10)',
    on: ['disk', 'cdrom'],
    direction: 'in',
    fixedLength: 8,
    headOfQueue: true,
    whileReserved: 'always',
    alua: 'transitioning',
    worksInactive: true,
    report: { order: 10, usage: [0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0x04], timeout: 10 },
    execute: (command) => {
      const { cdb, server } = command;
      if ((readU8(cdb, 8) & PMI) === 0 && readU32(cdb, 2) !== 0) {
        command.invalidFieldInCdb(2);
        return;
      }
      const blocks = server.medium.blockCount;
      const data = new Uint8Array(8);
      // A device without blocks has no last one, and shows 0 - 1.
      writeU32(data, 0, blocks > MAX_U32 || blocks === 0n ? 0xffff_ffff : Number(blocks - 1n));
      writeU32(data, 4, command.device.blockSize);
      command.reply(data);
    },
  }),
  defineCommand({
    opcode: OPCODE.SERVICE_ACTION_IN_16,
    serviceAction: SERVICE_ACTION.SERVICE_ACTION_IN_16.READ_CAPACITY_16,
    name: 'READ CAPACITY (16)',
    on: ['disk'],
    direction: 'in',
    length: { at: 10, bytes: 4 },
    headOfQueue: true,
    whileReserved: 'always',
    alua: 'transitioning',
    worksInactive: true,
    report: { order: 27, usage: [0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0x04], timeout: 10 },
    decode: (command) => {
      if (command.transferLength <= MAX_ALLOCATION) return true;
      command.invalidFieldInCdb(0);
      return false;
    },
    execute: (command) => {
      const { cdb, server, device } = command;
      // Half of the LBA is looked at.
      if ((readU8(cdb, 14) & PMI) === 0 && readU32(cdb, 2) !== 0) {
        command.invalidFieldInCdb(2);
        return;
      }
      const data = new Uint8Array(32);
      writeU64(data, 0, BigInt.asUintN(64, server.medium.blockCount - 1n));
      writeU32(data, 8, device.blockSize);
      data[13] = device.lbPerPbExp ? physicalBlockExponent(device) : 0;
      if (device.thinProvisioned) data[14] = unmapLimits(device).zeroes ? 0xc0 : 0x80; // LBPME, LBPRZ
      command.reply(data);
    },
  }),
  defineCommand({
    opcode: OPCODE.SERVICE_ACTION_IN_16,
    serviceAction: SERVICE_ACTION.SERVICE_ACTION_IN_16.GET_LBA_STATUS,
    name: 'GET LBA STATUS',
    on: ['disk'],
    direction: 'in',
    lba: { at: 2, bytes: 8 },
    length: { at: 10, bytes: 4 },
    whileReserved: 'reads',
    execute: (command) => {
      command.invalidFieldInCdb(1, 0);
    },
  }),
  defineCommand({
    opcode: OPCODE.SERVICE_ACTION_IN_16,
    name: 'SERVICE ACTION IN (16)',
    on: ['disk'],
    direction: 'in',
    lengthFromInitiator: true,
    whileReserved: 'writes',
    execute: (command) => {
      command.invalidFieldInCdb(1, 0);
    },
  }),
];

/** Bytes; a longer ALLOCATION LENGTH of READ CAPACITY (16) is refused. */
const MAX_ALLOCATION = 128;

/** LOGICAL BLOCKS PER PHYSICAL BLOCK EXPONENT */
function physicalBlockExponent({ kind, store, blockSize }: VirtualDeviceObject): number {
  const physical = kind === 'blockio' && store !== null ? store.geometry.physicalBlockSize : FILE_PHYSICAL_BLOCK;
  return Math.max(Math.clz32(blockSize) - Math.clz32(physical), 0);
}
