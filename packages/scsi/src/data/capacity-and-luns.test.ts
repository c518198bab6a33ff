import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScsiDataError } from '../data-error.js';
import { fromHex, hex, u32, u64 } from '../testing/arbitraries.js';
import { RECORDED } from '../testing/recorded.js';
import { decodeLun, encodeLun, type LunAddressMethod, lunFromBigint, lunToBigint } from './lun.js';
import { decodeReadCapacity10, decodeReadCapacity16, encodeReadCapacity10, encodeReadCapacity16, needsReadCapacity16 } from './read-capacity.js';
import { decodeReportLuns, encodeReportLuns } from './report-luns.js';

describe('READ CAPACITY', () => {
  it('(10) says after decoding what was encoded, and FFFFFFFFh for what does not fit', () => {
    fc.assert(fc.property(u32, u32, (lastLba, blockLength) => {
      expect(decodeReadCapacity10(encodeReadCapacity10({ lastLba, blockLength }))).toEqual({ lastLba, blockLength });
    }));
    const large = decodeReadCapacity10(encodeReadCapacity10({ lastLba: 2n ** 33n, blockLength: 512 }));
    expect(large.lastLba).toBe(0xffff_ffff);
    expect(needsReadCapacity16(large)).toBe(true);
    expect(hex(encodeReadCapacity10(decodeReadCapacity10(fromHex(RECORDED.readCapacity10))))).toBe(RECORDED.readCapacity10);
  });
  it('(16) says after decoding what was encoded', () => {
    const capacity = fc.record({
      lastLba: u64, blockLength: u32, protectionType: fc.nat({ max: 7 }), protectionEnabled: fc.boolean(),
      protectionInformationIntervalsExponent: fc.nat({ max: 15 }), logicalBlocksPerPhysicalBlockExponent: fc.nat({ max: 15 }),
      provisioningManagementEnabled: fc.boolean(), provisioningReadZeros: fc.boolean(), lowestAlignedLba: fc.nat({ max: 0x3fff }),
    });
    fc.assert(fc.property(capacity, (values) => { expect(decodeReadCapacity16(encodeReadCapacity16(values))).toEqual(values); }));
  });
  it('(16) of a thin SCST disk', () => {
    const capacity = decodeReadCapacity16(fromHex(RECORDED.readCapacity16));
    expect(capacity).toMatchObject({ lastLba: 2047n, blockLength: 512, logicalBlocksPerPhysicalBlockExponent: 3, provisioningManagementEnabled: true });
    expect(hex(encodeReadCapacity16(capacity))).toBe(RECORDED.readCapacity16);
  });
});

describe('LUNs', () => {
  const methods: [LunAddressMethod, number][] = [['peripheral', 0x3fff], ['flat', 0x3fff], ['logical-unit', 0x3fff], ['extended-flat', 0xff_ffff]];
  it.each(methods)('%s addressing says after decoding what was encoded, up to %i', (method, most) => {
    fc.assert(fc.property(fc.nat({ max: most }), (lun) => { expect(decodeLun(encodeLun(lun, method))).toEqual({ method, lun }); }));
    expect(() => encodeLun(most + 1, method)).toThrow(ScsiDataError);
    expect(() => encodeLun(-1, method)).toThrow(ScsiDataError);
    expect(() => encodeLun(0.5, method)).toThrow(ScsiDataError);
  });
  it('the method follows the number unless it is given', () => {
    expect([0, 255, 256, 16383, 16384].map((lun) => hex(encodeLun(lun)))).toEqual([
      '0000000000000000', '00ff000000000000', '4100000000000000', '7fff000000000000', 'd200400000000000',
    ]);
  });
  it('what is not a single level LUN is not taken for one', () => {
    expect(decodeLun(fromHex('c101000000000000'))).toBeUndefined();
    expect(decodeLun(fromHex('0001000100000000'))).toBeUndefined();
    expect(decodeLun(fromHex('0001'))).toEqual({ method: 'peripheral', lun: 1 });
    expect(() => decodeLun(fromHex('00'))).toThrow(ScsiDataError);
  });
  it('eight bytes and a number are the same', () => {
    fc.assert(fc.property(u64, (lun) => { expect(lunToBigint(lunFromBigint(lun))).toBe(lun); }));
  });
});

describe('REPORT LUNS', () => {
  it('says after decoding what was encoded', () => {
    fc.assert(fc.property(fc.array(fc.nat({ max: 0x3fff }).map((lun) => encodeLun(lun)), { maxLength: 20 }), (luns) => {
      expect(decodeReportLuns(encodeReportLuns(luns))).toEqual({ lunListLength: 8 * luns.length, luns });
    }));
  });
  it('reads a list of an SCST target that uses logical unit addressing', () => {
    const { luns } = decodeReportLuns(fromHex(RECORDED.reportLuns));
    expect(luns.map((lun) => decodeLun(lun)?.lun)).toEqual([0, 256, 1, 2, 10, 300, 255, 16383]);
    expect(hex(encodeReportLuns(luns))).toBe(RECORDED.reportLuns);
  });
  it('a list that was cut tells how long it would have been', () => {
    expect(decodeReportLuns(fromHex(RECORDED.reportLuns).subarray(0, 20))).toMatchObject({ lunListLength: 64, luns: [encodeLun(0)] });
  });
});
