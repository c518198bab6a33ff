import { expect, it } from 'vitest';
import { cdbLength, OPCODE, variableCdbLength } from './opcodes.js';

it('the group of the operation code gives the length of the CDB', () => {
  expect([0x00, 0x1f, 0x20, 0x3f, 0x40, 0x5f, 0x80, 0x9f, 0xa0, 0xbf].map(cdbLength)).toEqual([6, 6, 10, 10, 10, 10, 16, 16, 12, 12]);
  expect([0x60, 0x7f, 0xc0, 0xe0, 0xff].map(cdbLength)).toEqual([undefined, undefined, undefined, undefined, undefined]);
});

it('names that carry a CDB length agree with the group of their code', () => {
  const checked = Object.entries(OPCODE).filter(([name, opcode]) => {
    const length = /_(6|10|12|16)$/.exec(name)?.[1];
    if (length === undefined) return false;
    expect(cdbLength(opcode), name).toBe(Number(length));
    return true;
  });
  expect(checked.length).toBeGreaterThan(30);
});

it('a variable length CDB tells its own length', () => {
  const cdb = new Uint8Array(32);
  cdb[0] = OPCODE.VARIABLE_LENGTH_CDB;
  cdb[7] = 0x18;
  expect(variableCdbLength(cdb)).toBe(32);
  expect(variableCdbLength(cdb.subarray(0, 6))).toBe(8);
});
