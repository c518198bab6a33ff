import { OPCODE, readU8, writeU16, writeU32 } from '@scst/scsi';
import type { SessionObject } from '../nexus/objects.js';
import { defineCommand } from './command.js';

/** Header of the parameter data, and each of its entries. */
const HEADER = 8;
const ENTRY = 8;

/** SCST keeps a session's LUNs in a hash of so many lists, and reports them list by list. */
const HASH_LISTS = 32;

/** ADDRESS METHOD, SAM-6 table 13. */
const ADDRESS_METHOD = { PERIPHERAL: 0, FLAT: 1, LUN: 2 } as const;

/** SELECT REPORT values that are known, and mean the same: 00h, 02h. */
export function isKnownSelectReport(selectReport: number): boolean {
  return selectReport === 0x00 || selectReport === 0x02;
}

/** REPORT LUNS, SPC-5 6.33; SPEC 10. */
export const reportLuns = defineCommand({
  opcode: OPCODE.REPORT_LUNS,
  name: 'REPORT LUNS',
  on: ['disk', 'cdrom'],
  direction: 'in',
  length: { at: 6, bytes: 4 },
  whileReserved: 'always',
  alua: 'transitioning',
  passesUnitAttention: true,
  headOfQueue: true,
  whileFormatting: true,
  local: true,
  fullyLocal: true,
  report: { order: 42, usage: [0xa0, 0, 0xff, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0x04], timeout: 10 },
  execute: (command) => {
    if (!isKnownSelectReport(readU8(command.cdb, 2))) command.invalidFieldInCdb(2);
    else if (command.transferLength === 0) command.good();
    else if (command.allocationLength < HEADER + ENTRY) command.invalidFieldInCdb(6);
    else {
      const list = lunList(command.session, command.allocationLength);
      // A list that is too long for the initiator's buffer leaves a residual below zero, as blocks do.
      command.reply(list, Math.min(list.length, command.transferLength));
    }
  },
});

/** The parameter data. Only whole entries that fit the allocation length are filled in; its tail stays zero. */
export function lunList(session: SessionObject, allocationLength: number): Uint8Array {
  const numbers = [...session.nexuses.keys()];
  const data = new Uint8Array(HEADER + numbers.length * ENTRY);
  writeU32(data, 0, numbers.length * ENTRY);
  const method = ADDRESS_METHOD[session.group.addrMethod];
  let at = HEADER;
  for (let list = 0; list < HASH_LISTS; list++) {
    for (const number of numbers) {
      if (number % HASH_LISTS !== list || at + ENTRY > allocationLength) continue;
      writeU16(data, at, number === 0 ? 0 : (method << 14) | number);
      at += ENTRY;
    }
  }
  return data;
}
