import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScsiDataError } from '../../data-error.js';
import { asciiText, fromHex, hex, structValues, u16 } from '../../testing/arbitraries.js';
import { BLOCK_DEVICE_CHARACTERISTICS_PAGE } from './block-device-characteristics.js';
import { BLOCK_LIMITS_PAGE } from './block-limits.js';
import { type Designator, type DesignatorName, encodeDesignator } from './designator.js';
import { decodeDeviceIdentification, encodeDeviceIdentification } from './device-identification.js';
import { EXTENDED_INQUIRY_PAGE } from './extended-inquiry.js';
import { LOGICAL_BLOCK_PROVISIONING_PAGE } from './logical-block-provisioning.js';
import { decodeManagementNetworkAddresses, encodeManagementNetworkAddresses } from './management-network-addresses.js';
import { decodeModePagePolicy, encodeModePagePolicy } from './mode-page-policy.js';
import { decodeVpdPage, encodeVpdPage } from './page.js';
import { REFERRALS_PAGE } from './referrals.js';
import { decodeScsiPorts, encodeScsiPorts } from './scsi-ports.js';
import { decodeSupportedVpdPages, encodeSupportedVpdPages } from './supported-pages.js';
import { decodeUnitSerialNumber, encodeUnitSerialNumber } from './unit-serial-number.js';
import { ZONED_BLOCK_DEVICE_CHARACTERISTICS_PAGE } from './zoned-block-device-characteristics.js';

const fixedPages = [
  ['86', EXTENDED_INQUIRY_PAGE],
  ['B0', BLOCK_LIMITS_PAGE],
  ['B1', BLOCK_DEVICE_CHARACTERISTICS_PAGE],
  ['B2', LOGICAL_BLOCK_PROVISIONING_PAGE],
  ['B3', REFERRALS_PAGE],
  ['B6', ZONED_BLOCK_DEVICE_CHARACTERISTICS_PAGE],
] as const;

describe('pages of fixed layout', () => {
  it.each(fixedPages)('%sh says after decoding what was encoded, in a page of its own code and length', (code, page) => {
    // The pages have different fields; only their common shape matters here.
    const { decode, encode, length } = page as typeof BLOCK_LIMITS_PAGE;
    fc.assert(
      fc.property(structValues(page as typeof BLOCK_LIMITS_PAGE), (values) => {
        const bytes = encode(values);
        expect(decode(bytes)).toEqual(values);
        expect(decodeVpdPage(bytes)).toMatchObject({ pageCode: Number.parseInt(code, 16), pageLength: length - 4 });
      }),
    );
  });

  it('the bytes an SCST disk answers, read and written back', () => {
    const zeros = (count: number): string => '00'.repeat(count);
    const limits =
      '00b0003c01ff0008000040000000040000000000000000000000000000000000000000000000000000080000000000000000' +
      '0000000000000000000000000000';
    expect(BLOCK_LIMITS_PAGE.decode(fromHex(limits))).toMatchObject({
      writeSameNonZero: true, maximumCompareAndWriteLength: 255, optimalTransferLengthGranularity: 8, maximumTransferLength: 0x4000,
      optimalTransferLength: 0x400, maximumWriteSameLength: 0x80000n,
    });
    expect(hex(BLOCK_LIMITS_PAGE.encode(BLOCK_LIMITS_PAGE.decode(fromHex(limits))))).toBe(limits);
    expect(LOGICAL_BLOCK_PROVISIONING_PAGE.decode(fromHex('00b2000400e00200'))).toMatchObject({
      unmap: true, writeSame16: true, writeSame10: true, readZeros: 0, provisioningType: 2, descriptorPresent: false,
    });
    expect(hex(LOGICAL_BLOCK_PROVISIONING_PAGE.encode({ unmap: true, writeSame16: true, writeSame10: true, provisioningType: 2 }))).toBe('00b2000400e00200');
    expect(BLOCK_DEVICE_CHARACTERISTICS_PAGE.decode(fromHex(`00b1003c3a98${zeros(58)}`)).mediumRotationRate).toBe(15000);
    expect(EXTENDED_INQUIRY_PAGE.decode(fromHex(`0086003c00070001${zeros(56)}`))).toMatchObject({ simpSup: true, ordSup: true, headSup: true, vSup: false, luiclr: true });
  });

  it('fields that were cut off are zero; another page is refused', () => {
    expect(BLOCK_LIMITS_PAGE.decode(fromHex('00b0003c01ff')).maximumWriteSameLength).toBe(0n);
    expect(() => BLOCK_LIMITS_PAGE.decode(fromHex('00b1003c01ff'))).toThrow(ScsiDataError);
    expect(() => BLOCK_LIMITS_PAGE.decode(fromHex('00b0'))).toThrow(/4 bytes needed/);
    expect(() => BLOCK_LIMITS_PAGE.encode({ maximumTransferLength: 2 ** 32 })).toThrow(ScsiDataError);
  });
});

const bytesOf = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const anyName: fc.Arbitrary<DesignatorName> = fc.oneof(
  fc.record({ type: fc.constant('vendor-specific' as const), bytes: fc.uint8Array({ maxLength: 40 }) }),
  fc.record({ type: fc.constant('t10-vendor-id' as const), vendorIdentification: asciiText(8), vendorSpecificIdentifier: fc.uint8Array({ maxLength: 40 }) }),
  fc.record({ type: fc.constant('eui-64' as const), bytes: fc.constantFrom(8, 12, 16).chain(bytesOf) }),
  fc.record({ type: fc.constant('naa' as const), bytes: fc.constantFrom(2, 3, 5, 6).chain((naa) =>
    bytesOf(naa === 6 ? 16 : 8).map((bytes) => Uint8Array.of((naa << 4) | ((bytes[0] ?? 0) & 0x0f), ...bytes.subarray(1)))) }),
  fc.record({ type: fc.constant('relative-target-port' as const), relativeTargetPort: u16 }),
  fc.record({ type: fc.constant('target-port-group' as const), targetPortGroup: u16 }),
  fc.record({ type: fc.constant('logical-unit-group' as const), logicalUnitGroup: u16 }),
  fc.record({ type: fc.constant('md5' as const), bytes: bytesOf(16) }),
  fc.record({ type: fc.constant('scsi-name' as const), name: fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => !text.includes('\0')) }),
  fc.record({ type: fc.constant('protocol-specific-port' as const), bytes: fc.uint8Array({ maxLength: 16 }) }),
  fc.record({ type: fc.constant('uuid' as const), bytes: bytesOf(16) }),
  fc.record({ type: fc.constant('other' as const), designatorType: fc.integer({ min: 11, max: 15 }), bytes: fc.uint8Array({ maxLength: 40 }) }),
);
const anyDesignator: fc.Arbitrary<Designator> = fc
  .tuple(
    fc.record({ association: fc.nat({ max: 2 }), codeSet: fc.nat({ max: 15 }), protocolIdentifier: fc.nat({ max: 15 }) }, { requiredKeys: ['association', 'codeSet'] }),
    anyName,
  )
  .map(([header, name]) => ({ ...header, ...name }));

describe('Device Identification (83h)', () => {
  it('every kind of designator says after decoding what was encoded', () => {
    fc.assert(
      fc.property(fc.array(anyDesignator, { maxLength: 6 }), (designators) => {
        expect(decodeDeviceIdentification(encodeDeviceIdentification(designators))).toEqual(designators);
      }),
    );
  });

  it('the bytes an SCST disk answers, read and written back', () => {
    const page = '0083002e02010016' + '534353545f46494f' + '61623566323534352d6469736b30' + '0114000400000000' + '01020008' + '0011223344556677';
    const designators = decodeDeviceIdentification(fromHex(page));
    expect(designators).toEqual([
      { association: 0, codeSet: 2, type: 't10-vendor-id', vendorIdentification: 'SCST_FIO', vendorSpecificIdentifier: new TextEncoder().encode('ab5f2545-disk0') },
      { association: 1, codeSet: 1, type: 'relative-target-port', relativeTargetPort: 0 },
      { association: 0, codeSet: 1, type: 'eui-64', bytes: fromHex('0011223344556677') },
    ]);
    expect(hex(encodeDeviceIdentification(designators))).toBe(page);
  });

  it('the encoder knows the code set of each type', () => {
    expect(hex(encodeDesignator({ association: 0, type: 'scsi-name', name: 'iqn' }))).toBe('0308000469716e00');
    expect(hex(encodeDesignator({ association: 0, type: 'scsi-name', name: 'iqn.' }))).toBe('0308000869716e2e00000000');
    expect(hex(encodeDesignator({ association: 1, protocolIdentifier: 6, type: 'target-port-group', targetPortGroup: 5 }))).toBe('6195000400000005');
  });

  it('a designator that breaks the rules of its type keeps its bytes; one that was cut off is left out', () => {
    expect(decodeDeviceIdentification(fromHex('00830006 01030002 ffff'))).toEqual([
      { association: 0, codeSet: 1, type: 'other', designatorType: 3, bytes: fromHex('ffff') },
    ]);
    expect(decodeDeviceIdentification(fromHex('0083000c 0103000800112233'))).toEqual([]);
  });
});

describe('lists', () => {
  it('Supported VPD Pages and Unit Serial Number', () => {
    expect(decodeSupportedVpdPages(fromHex('0000000600808386b0b1'))).toEqual([0x00, 0x80, 0x83, 0x86, 0xb0, 0xb1]);
    expect(hex(encodeSupportedVpdPages([0x00, 0x80, 0x83, 0x86, 0xb0, 0xb1]))).toBe('0000000600808386b0b1');
    expect(decodeUnitSerialNumber(fromHex('008000086162356632353435'))).toBe('ab5f2545');
    expect(hex(encodeUnitSerialNumber('ab5f2545'))).toBe('008000086162356632353435');
  });

  it('the peripheral byte is kept, and unknown pages can be made and read', () => {
    expect(decodeVpdPage(encodeVpdPage(0xc0, Uint8Array.of(1, 2), { peripheralQualifier: 3, peripheralDeviceType: 0x1f }))).toEqual({
      peripheralQualifier: 3, peripheralDeviceType: 0x1f, pageCode: 0xc0, pageLength: 2, payload: Uint8Array.of(1, 2),
    });
    expect(() => encodeVpdPage(0x80, new Uint8Array(65536))).toThrow(ScsiDataError);
  });

  it('Management Network Addresses', () => {
    const address = fc.record({ association: fc.nat({ max: 3 }), serviceType: fc.nat({ max: 31 }), networkAddress: asciiText(40) });
    fc.assert(
      fc.property(fc.array(address, { maxLength: 4 }), (addresses) => {
        expect(decodeManagementNetworkAddresses(encodeManagementNetworkAddresses(addresses))).toEqual(addresses);
      }),
    );
  });

  it('Mode Page Policy', () => {
    const policy = fc.record({
      pageCode: fc.nat({ max: 0x3f }), subpageCode: fc.nat({ max: 255 }), multipleLogicalUnitsShare: fc.boolean(), policy: fc.nat({ max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(policy, { maxLength: 5 }), (policies) => { expect(decodeModePagePolicy(encodeModePagePolicy(policies))).toEqual(policies); }),
    );
  });

  it('SCSI Ports', () => {
    const port = fc.record(
      {
        relativePortIdentifier: u16,
        initiatorPortTransportId: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((sasAddress) => ({ protocol: 'sas' as const, sasAddress })),
        targetPortDesignators: fc.array(anyDesignator, { maxLength: 2 }),
      },
      { requiredKeys: ['relativePortIdentifier', 'targetPortDesignators'] },
    );
    fc.assert(fc.property(fc.array(port, { maxLength: 3 }), (ports) => { expect(decodeScsiPorts(encodeScsiPorts(ports))).toEqual(ports); }));
  });
});
