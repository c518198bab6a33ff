import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScsiDataError } from '../data-error.js';
import { cdbLength } from '../opcodes.js';
import { cdb } from './cdb.js';
import { type CdbValues, type Command, decodeCdb, encodeCdb } from './command.js';
import { COMMAND_ROWS, commandName, commandOf, COMMANDS } from './commands.js';
import { cdbFieldAt, explainCdb } from './explain-cdb.js';
import { type BitField, type BitFields, type FieldValue, lastByte } from '../field.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const commands = Object.entries<Command>(COMMANDS);

function valueFor(field: BitField): fc.Arbitrary<FieldValue> {
  if (field.kind === 'flag') return fc.boolean();
  return field.kind === 'bigint' ? fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) : fc.nat({ max: 2 ** 31 - 1 }).map((value) => value % 2 ** field.width);
}

function valuesFor(fields: BitFields): fc.Arbitrary<CdbValues<BitFields>> {
  return fc.record({ ...Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, valueFor(field)])), naca: fc.boolean() });
}

describe('every command of the tables', () => {
  it.each(commands)('%s: decodes to what was encoded, and is recognised', (_, command) => {
    fc.assert(
      fc.property(valuesFor(command.fields), (values) => {
        const bytes = encodeCdb(command, values);
        expect(bytes.length).toBe(command.opcode === 0x7f ? 32 : cdbLength(command.opcode));
        expect(decodeCdb(command, bytes)).toEqual(values);
        expect(commandOf(bytes, command.deviceTypes?.[0])).toBe(command);
      }),
      { numRuns: 20 },
    );
  });

  it.each(commands)('%s: no two fields share a bit, and all lie inside the CDB', (_, command) => {
    const taken = new Set<number>([0, 1, 2, 3, 4, 5, 6, 7]);
    const fields = [...Object.values(command.fields), ...(command.serviceActionField === undefined ? [] : [command.serviceActionField])];
    const control = command.opcode === 0x7f ? 1 : command.length - 1;
    for (const field of fields) {
      const start = 8 * field.byte + 7 - field.bit;
      expect(lastByte(field)).toBeLessThan(command.length);
      for (let at = start; at < start + field.width; at++) {
        expect(taken.has(at), `${field.name} bit ${at}`).toBe(false);
        expect(at >>> 3, `${field.name} in the CONTROL byte`).not.toBe(control);
        taken.add(at);
      }
    }
  });

  it.each(commands)('%s: every number field refuses what does not fit', (_, command) => {
    for (const [key, field] of Object.entries(command.fields)) {
      if (field.kind === 'flag') continue;
      const tooLarge = field.kind === 'bigint' ? 2n ** 64n : 2 ** field.width;
      for (const value of [tooLarge, -1, 0.5]) expect(() => encodeCdb(command, { [key]: value })).toThrow(ScsiDataError);
    }
  });

  it('no command is hidden behind another of the same codes and device type', () => {
    for (const row of COMMAND_ROWS) {
      for (const type of row.deviceTypes ?? [0]) {
        const bytes = new Uint8Array(32);
        bytes[0] = row.opcode;
        if (row.opcode === 0x7f) bytes[9] = row.serviceAction ?? 0;
        else bytes[1] = row.serviceAction ?? 0;
        expect(commandName(bytes, type)).toBe(row.name);
      }
    }
  });
});

describe('known bytes', () => {
  it.each([
    [cdb.testUnitReady(), '000000000000'],
    [cdb.inquiry({ evpd: true, pageCode: 0x83, allocationLength: 255 }), '12018300ff00'],
    [cdb.read6({ lba: 0x12345, transferLength: 8 }), '080123450800'],
    [cdb.read10({ lba: 5, transferLength: 1, dpo: true, fua: true }), '28180000000500000100'],
    [cdb.write16({ lba: 2n ** 63n, transferLength: 0x10, fua: true }), '8a08800000000000000000000010' + '0000'],
    [cdb.readCapacity16({ allocationLength: 32 }), '9e10000000000000000000000020' + '0000'],
    [cdb.compareAndWrite({ lba: 1, numberOfLogicalBlocks: 1 }), '8900' + '0000000000000001' + '000000' + '01' + '0000'],
    [cdb.unmap({ parameterListLength: 24 }), '42000000000000001800'],
    [cdb.reserve({ type: 3, parameterListLength: 24 }), '5f010300000000001800'],
    [cdb.reportSupportedOperationCodes({ returnTimeouts: true, reportingOptions: 1, requestedOperationCode: 0x28, allocationLength: 64 }), 'a30c81280000000000400000'],
    [cdb.startStopUnit({ start: true, loadEject: true }), '1b0000000300'],
    [cdb.readToc({ msf: true, trackSessionNumber: 1, allocationLength: 20 }), '43020000000001001400'],
    [cdb.testUnitReady({ naca: true }), '000000000004'],
    [cdb.read32({ lba: 7n, transferLength: 2, rdprotect: 1 }), '7f000000000000180009' + '2000' + '0000000000000007' + '0000000000000000' + '00000002'],
  ])('%s', (bytes, expected) => {
    expect(hex(bytes)).toBe(expected);
  });
});

describe('explaining', () => {
  it('lists the fields in the order of their place', () => {
    const explained = explainCdb(cdb.read10({ lba: 5, transferLength: 1, fua: true }));
    expect(explained).toMatchObject({ name: 'READ(10)', opcode: 0x28, direction: 'in', length: 10 });
    expect(explained.fields.map(({ name, value }) => `${name}=${value.toString()}`)).toEqual([
      'OPERATION CODE=40', 'RDPROTECT=0', 'DPO=false', 'FUA=true', 'RARC=false', 'LOGICAL BLOCK ADDRESS=5', 'GROUP NUMBER=0', 'TRANSFER LENGTH=1',
      'NACA=false', 'LINK=false',
    ]);
  });
  it('knows that a code means something else on a CD-ROM', () => {
    expect(commandName(Uint8Array.of(0xa3, 0x0a))).toBe('REPORT TARGET PORT GROUPS');
    expect(commandName(Uint8Array.of(0xa3, 0x0a), 5)).toBe('SEND KEY');
    expect(commandName(Uint8Array.of(0x42), 5)).toBe('READ SUB-CHANNEL');
  });
  it('shows codes where the standard has no name', () => {
    expect(commandName(Uint8Array.of(0xff))).toBe('OPERATION CODE FFh');
    expect(commandName(Uint8Array.of(0xa3, 0x1f))).toBe('MAINTENANCE IN (SERVICE ACTION 1Fh)');
    expect(commandName(new Uint8Array(0))).toBe('EMPTY CDB');
    const fields = (...cdb: number[]): string[] => explainCdb(Uint8Array.from(cdb)).fields.map(({ name, value }) => `${name}=${value.toString()}`);
    expect(fields(0xff)).toEqual(['OPERATION CODE=255']);
    expect(fields(0xa3, 0x1f)).toEqual(['OPERATION CODE=163', 'SERVICE ACTION=31']);
    expect(fields(0x9e, 0x14)).toEqual(['OPERATION CODE=158', 'SERVICE ACTION=20']);
    expect(fields(0x7f, 0, 0, 0, 0, 0, 0, 4, 0, 0x55)).toEqual(['OPERATION CODE=127', 'ADDITIONAL CDB LENGTH=4', 'SERVICE ACTION=85']);
  });
  it('finds the field at any of its bits, and none where there is none', () => {
    const read = cdb.read10({ lba: 5, transferLength: 1 });
    expect(cdbFieldAt(read, 3)?.name).toBe('LOGICAL BLOCK ADDRESS');
    expect(cdbFieldAt(read, 4, 2)?.name).toBe('LOGICAL BLOCK ADDRESS');
    expect(cdbFieldAt(read, 1, 6)?.name).toBe('RDPROTECT');
    expect(cdbFieldAt(read, 1)).toBeUndefined();
    expect(cdbFieldAt(read, 6, 7)).toBeUndefined();
    expect(cdbFieldAt(cdb.readKeys({ allocationLength: 8 }), 1, 0)?.name).toBe('SERVICE ACTION');
  });
  it('is total: any bytes are explained', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat({ max: 31 }), (bytes, type) => {
        expect(explainCdb(bytes, type).name).not.toBe('');
      }),
    );
  });
});
