import { cdbLength } from '@scst/scsi';
import { describe, expect, it } from 'vitest';
import { PROFILES } from '../profile.js';
import { COMMAND_ROWS, commandRows, controlByte, findCommand, unknownCommand } from './table.js';

describe('the command table', () => {
  it('has one row for each operation code and service action of a device type, and one more for a profile that differs', () => {
    for (const type of ['disk', 'cdrom'] as const) {
      for (const profile of [undefined, ...PROFILES]) {
        const rows = COMMAND_ROWS.filter((row) => row.on.includes(type) && (profile === undefined ? row.only === undefined : row.only?.profiles.includes(profile)));
        const keys = rows.map((row) => `${row.opcode}/${row.serviceAction ?? 'any'}`);
        expect(new Set(keys).size).toBe(keys.length);
      }
    }
  });

  it('gives a profile its own rows in place of those all have, and no other profile', () => {
    for (const row of COMMAND_ROWS) {
      for (const profile of PROFILES) {
        for (const type of row.on) {
          const has = commandRows(type, profile).includes(row);
          if (row.only !== undefined) expect(has).toBe(row.only.profiles.includes(profile));
          else if (profile !== 't10') expect(has).toBe(true);
        }
      }
    }
  });

  it('gives each reported command its own place, and usage data as long as its CDB that begin with its operation code', () => {
    for (const profile of PROFILES) {
      const reported = commandRows('disk', profile).filter((row) => row.report !== undefined);
      expect(new Set(reported.map((row) => row.report?.order)).size).toBe(reported.length);
      for (const { opcode, report } of reported) {
        expect(report?.usage).toHaveLength(cdbLength(opcode) ?? 0);
        expect(report?.usage[0]).toBe(opcode);
      }
    }
  });

  it('has fields that lie in the CDB', () => {
    for (const { opcode, lba, length } of COMMAND_ROWS) {
      const end = cdbLength(opcode) ?? 32;
      for (const field of [lba, length]) {
        // READ REVERSE is taken apart by a layout of its own, beyond its CDB, where everything reads as zero.
        if (field !== undefined && opcode !== 0x0f) expect(field.at + field.bytes).toBeLessThanOrEqual(end);
      }
    }
  });

  it('finds rows by service action, by operation code, or not at all', () => {
    expect(findCommand('disk', 'scst', Uint8Array.of(0x9e, 0x10)).name).toBe('READ CAPACITY (16)');
    expect(findCommand('disk', 'scst', Uint8Array.of(0x9e, 0x1f)).name).toBe('SERVICE ACTION IN (16)');
    expect(findCommand('cdrom', 'scst', Uint8Array.of(0xa3, 0x0c)).name).toBe('SEND KEY');
    expect(findCommand('disk', 'scst', Uint8Array.of(0x7f, 0, 0, 0, 0, 0, 0, 0x18, 0, 0x09)).name).toBe('READ (32)');
    expect(findCommand('disk', 'scst', Uint8Array.of(0xff))).toBe(unknownCommand);
    expect(findCommand('disk', 'scst', new Uint8Array(0)).name).toBe('TEST UNIT READY');
  });

  it('finds the CONTROL byte by the length of the CDB', () => {
    expect(controlByte(Uint8Array.of(0x00, 1, 2, 3, 4, 5, 6))).toBe(5);
    expect(controlByte(Uint8Array.of(0x28, 1, 2, 3, 4, 5, 6, 7, 8, 9))).toBe(9);
    expect(controlByte(Uint8Array.of(0x7f, 4))).toBe(4);
    expect(controlByte(Uint8Array.of(0xff, 1, 2, 3, 4, 5))).toBe(0);
    expect(controlByte(Uint8Array.of(0x28))).toBe(0);
  });
});
