import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScsiDataError } from '../data-error.js';
import { asciiText, fromHex, hex } from '../testing/arbitraries.js';
import { decodeStandardInquiry, encodeStandardInquiry } from './inquiry.js';

const recorded = '000006223d0810025343' + '53545f46494f6469736b3020202020202020202020203331313000000000000000000000000000000000000000000000008b0be0046304c0';

describe('standard INQUIRY data', () => {
  it('reads what an SCST disk answers, and writes the same bytes', () => {
    const inquiry = decodeStandardInquiry(fromHex(recorded));
    expect(inquiry).toMatchObject({
      peripheralQualifier: 0, peripheralDeviceType: 0, removable: false, version: 6, normAca: true, hiSup: false, responseDataFormat: 2,
      thirdPartyCopy: true, tpgs: 0, multiP: true, cmdQue: true, protect: false,
      vendorIdentification: 'SCST_FIO', productIdentification: 'disk0', productRevisionLevel: '3110',
      versionDescriptors: [0x8b, 0xbe0, 0x463, 0x4c0],
    });
    expect(hex(encodeStandardInquiry(inquiry))).toBe(recorded);
  });

  it('says after decoding what was encoded', () => {
    const flags = Object.fromEntries(['removable', 'luCong', 'normAca', 'hiSup', 'sccs', 'thirdPartyCopy', 'protect', 'encServ', 'multiP', 'cmdQue'].map((key) => [key, fc.boolean()]));
    const input = fc.record({
      ...flags,
      peripheralQualifier: fc.nat({ max: 7 }),
      peripheralDeviceType: fc.nat({ max: 31 }),
      version: fc.nat({ max: 255 }),
      tpgs: fc.nat({ max: 3 }),
      responseDataFormat: fc.nat({ max: 15 }),
      vendorIdentification: asciiText(8),
      productIdentification: asciiText(16),
      productRevisionLevel: asciiText(4),
      vendorSpecific: fc.uint8Array({ minLength: 20, maxLength: 20 }),
      versionDescriptors: fc.array(fc.integer({ min: 1, max: 0xffff }), { maxLength: 8 }),
      vendorSpecificTail: fc.uint8Array({ maxLength: 160 }),
    });
    fc.assert(fc.property(input, (inquiry) => { expect(decodeStandardInquiry(encodeStandardInquiry(inquiry))).toEqual(inquiry); }));
  });

  it('is 36 bytes without version descriptors, and says so', () => {
    const bytes = encodeStandardInquiry({ vendorIdentification: 'A' });
    expect([bytes.length, bytes[4], bytes[3]]).toEqual([36, 31, 2]);
    expect(encodeStandardInquiry({ vendorSpecificTail: new Uint8Array(64) })).toHaveLength(160);
  });

  it('what was cut off is empty, and nothing beyond ADDITIONAL LENGTH is read', () => {
    expect(decodeStandardInquiry(fromHex(recorded).subarray(0, 12))).toMatchObject({ vendorIdentification: 'SCST', productIdentification: '', versionDescriptors: [] });
    const short = fromHex(recorded);
    short[4] = 31;
    expect(decodeStandardInquiry(short).versionDescriptors).toEqual([]);
  });

  it('refuses what does not fit', () => {
    expect(() => encodeStandardInquiry({ vendorIdentification: 'NINECHARS' })).toThrow(ScsiDataError);
    expect(() => encodeStandardInquiry({ versionDescriptors: new Array<number>(9).fill(1) })).toThrow(/version descriptors/);
    expect(() => encodeStandardInquiry({ vendorSpecificTail: new Uint8Array(165) })).toThrow(ScsiDataError);
    expect(() => encodeStandardInquiry({ vendorSpecific: new Uint8Array(21) })).toThrow(ScsiDataError);
  });
});
