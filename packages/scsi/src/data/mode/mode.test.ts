import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScsiDataError } from '../../data-error.js';
import { fromHex, hex, structValues, u32, u64, u8 } from '../../testing/arbitraries.js';
import { CACHING_PAGE, CONTROL_PAGE, MODE_PAGES, READ_WRITE_ERROR_RECOVERY_PAGE } from './pages.js';
import { decodeModeParameters10, decodeModeParameters6, encodeModeParameters10, encodeModeParameters6 } from './parameter-list.js';

const pages = Object.entries(MODE_PAGES) as unknown as [string, typeof CACHING_PAGE][];

describe('mode pages', () => {
  it.each(pages)('%s says after decoding what was encoded', (_, page) => {
    fc.assert(
      fc.property(structValues(page), (values) => {
        const bytes = page.encode(values);
        expect(page.decode(bytes)).toEqual(values);
        expect([bytes.length, (bytes[0] ?? 0) & 0x7f, bytes[1]]).toEqual([page.length, page.pageCode, page.length - 2]);
      }),
    );
  });

  it('the pages of an SCST disk, read and written back byte for byte', () => {
    const recorded = fromHex(
      '830010080000080000000200010ac001000000000100ffff020e8080000a0000000000000000000003160000000000000000' +
      '003802000000000000004000000088120400000000000000000080140000000000008a0a2010000000000000024b1c0a0800' +
      '00000000000000000416000001ff00000000000000000000000000003a980000',
    );
    const parameters = decodeModeParameters6(recorded);
    expect(parameters).toMatchObject({ modeDataLength: 0x83, deviceSpecificParameter: 0x10, longLba: false });
    expect(parameters.blockDescriptors).toEqual([{ numberOfLogicalBlocks: 2048n, logicalBlockLength: 512 }]);
    expect(parameters.pages.map((page) => page.pageCode)).toEqual([1, 2, 3, 8, 0x0a, 0x1c, 4]);
    const byCode = new Map(pages.map(([, page]) => [page.pageCode, page]));
    for (const { pageCode, bytes } of parameters.pages) {
      const page = byCode.get(pageCode);
      expect(page, `page ${pageCode}`).toBeDefined();
      if (page !== undefined) expect(hex(page.encode(page.decode(bytes)))).toBe(hex(bytes));
    }
    expect(hex(encodeModeParameters6({ ...parameters, pages: parameters.pages.map((page) => page.bytes) }))).toBe(hex(recorded));
  });

  it('names what SCST lets a MODE SELECT change', () => {
    expect(hex(CACHING_PAGE.changeable(['writebackCacheEnable']))).toBe(`081204${'00'.repeat(17)}`);
    const control = CONTROL_PAGE.changeable([
      'taskSetType', 'tmfOnly', 'dpicz', 'descriptorSense', 'queueAlgorithmModifier', 'queueErrorManagement', 'softwareWriteProtect', 'taskAbortedStatus',
    ]);
    expect(hex(control)).toBe('0a0afcf60840000000000000');
    expect(hex(READ_WRITE_ERROR_RECOVERY_PAGE.changeable([]))).toBe('010a00000000000000000000');
  });

  it('refuses another page and bytes without a header', () => {
    expect(() => CACHING_PAGE.decode(fromHex('0a0a'))).toThrow(ScsiDataError);
    expect(() => CACHING_PAGE.decode(fromHex('48120000'))).toThrow(/not the Caching/);
    expect(() => CACHING_PAGE.decode(fromHex('08'))).toThrow(ScsiDataError);
    expect(CACHING_PAGE.decode(fromHex('081204')).writebackCacheEnable).toBe(true);
  });
});

describe('mode parameters', () => {
  const page = structValues(CONTROL_PAGE).map((values) => CONTROL_PAGE.encode(values));
  it('of the six-byte commands say after decoding what was encoded', () => {
    const input = fc.record({
      mediumType: u8,
      deviceSpecificParameter: u8,
      blockDescriptors: fc.array(fc.record({ numberOfLogicalBlocks: u32.map(BigInt), logicalBlockLength: fc.nat({ max: 0xff_ffff }) }), { maxLength: 2 }),
      pages: fc.array(page, { maxLength: 3 }),
      forSelect: fc.boolean(),
    });
    fc.assert(
      fc.property(input, (parameters) => {
        const bytes = encodeModeParameters6(parameters);
        const decoded = decodeModeParameters6(bytes);
        const { mediumType, deviceSpecificParameter, blockDescriptors, forSelect } = parameters;
        expect(decoded).toMatchObject({ mediumType, deviceSpecificParameter, blockDescriptors, modeDataLength: forSelect ? 0 : bytes.length - 1 });
        expect(decoded.pages.map(({ bytes: whole }) => whole)).toEqual(parameters.pages);
      }),
    );
  });
  it('of the ten-byte commands say after decoding what was encoded, with long block descriptors too', () => {
    const input = fc.record({
      mediumType: u8,
      deviceSpecificParameter: u8,
      longLba: fc.constant(true),
      blockDescriptors: fc.array(fc.record({ numberOfLogicalBlocks: u64, logicalBlockLength: u32 }), { maxLength: 2 }),
      pages: fc.array(page, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(input, (parameters) => {
        const decoded = decodeModeParameters10(encodeModeParameters10(parameters));
        const { mediumType, deviceSpecificParameter, blockDescriptors, longLba } = parameters;
        expect(decoded).toMatchObject({ mediumType, deviceSpecificParameter, blockDescriptors, longLba });
        expect(decoded.pages.map(({ bytes }) => bytes)).toEqual(parameters.pages);
      }),
    );
  });
  it('a count beyond 32 bits is FFFFFFFFh in a short block descriptor', () => {
    const bytes = encodeModeParameters10({ blockDescriptors: [{ numberOfLogicalBlocks: 2n ** 40n, logicalBlockLength: 512 }] });
    expect(hex(bytes)).toBe('000e000000000008ffffffff00000200');
  });
  it('subpages are told from pages by SPF, and a page that was cut off keeps what is there', () => {
    const [first, second] = decodeModeParameters6(fromHex('00000000 4a010002aabb 0812')).pages;
    expect(first).toMatchObject({ pageCode: 0x0a, subpageCode: 1, bytes: fromHex('4a010002aabb') });
    expect(second).toMatchObject({ pageCode: 8, subpageCode: 0, bytes: fromHex('0812') });
  });
  it('what does not fit the six-byte form is refused', () => {
    expect(() => encodeModeParameters6({ pages: [new Uint8Array(300)] })).toThrow(ScsiDataError);
  });
});
