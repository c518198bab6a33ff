import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScsiDataError } from '../../data-error.js';
import { fromHex, hex, u16, u32, u64, u8 } from '../../testing/arbitraries.js';
import { RECORDED } from '../../testing/recorded.js';
import { decodeCopyOperatingParameters, decodeCopyStatus, encodeCopyOperatingParameters, encodeCopyStatus } from './copy-results.js';
import { type CopySegment, type CopyTarget, decodeExtendedCopy, encodeExtendedCopy } from './extended-copy.js';

const naa = fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Uint8Array.of(0x50 | ((bytes[0] ?? 0) & 0x0f), ...bytes.subarray(1)));
const target: fc.Arbitrary<CopyTarget> = fc.oneof(
  fc.record({
    kind: fc.constant('identification' as const), luIdType: fc.nat({ max: 3 }), peripheralDeviceType: fc.nat({ max: 31 }), relativeInitiatorPort: u16,
    designator: naa.map((bytes) => ({ type: 'naa' as const, association: 0, codeSet: 1, bytes })), diskBlockLength: fc.nat({ max: 0xff_ffff }), pad: fc.boolean(),
  }),
  fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => ({ kind: 'other' as const, bytes: Uint8Array.of(0xe0, ...bytes.subarray(1)) })),
);
const segment: fc.Arbitrary<CopySegment> = fc.oneof(
  fc.record({
    kind: fc.constant('block-to-block' as const), destinationCount: fc.boolean(), cat: fc.boolean(), source: u16, destination: u16, numberOfBlocks: u16,
    sourceLba: u64, destinationLba: u64,
  }),
  fc.uint8Array({ maxLength: 30 }).map((body) => ({ kind: 'other' as const, bytes: Uint8Array.of(0x0b, 0, 0, body.length, ...body) })),
);

describe('EXTENDED COPY', () => {
  it('says after decoding what was encoded', () => {
    const parameters = fc.record({
      listIdentifier: u8, sequential: fc.boolean(), listIdUsage: fc.nat({ max: 3 }), priority: fc.nat({ max: 7 }),
      targets: fc.array(target, { maxLength: 3 }), segments: fc.array(segment, { maxLength: 3 }), inlineData: fc.uint8Array({ maxLength: 16 }),
    });
    fc.assert(fc.property(parameters, (values) => { expect(decodeExtendedCopy(encodeExtendedCopy(values))).toEqual(values); }));
  });

  it('the list a real copy used, read and written back', () => {
    const parameters = decodeExtendedCopy(fromHex(RECORDED.extendedCopy));
    expect(parameters.targets[0]).toMatchObject({
      kind: 'identification', diskBlockLength: 512, designator: { type: 'naa', association: 0, bytes: fromHex('5001122334455667') },
    });
    expect(parameters.segments[0]).toMatchObject({ kind: 'block-to-block', source: 0, destination: 1 });
    expect(parameters.inlineData).toHaveLength(4);
    expect(hex(encodeExtendedCopy(parameters))).toBe(RECORDED.extendedCopy);
  });

  it('refuses designators and descriptors that do not fit', () => {
    const base = { kind: 'identification' as const, luIdType: 0, peripheralDeviceType: 0, relativeInitiatorPort: 0, pad: false };
    const long = { association: 0, type: 'vendor-specific' as const, bytes: new Uint8Array(21) };
    expect(() => encodeExtendedCopy({ targets: [{ ...base, designator: long, diskBlockLength: 512 }], segments: [] })).toThrow(ScsiDataError);
    expect(() => encodeExtendedCopy({ targets: [{ kind: 'other', bytes: new Uint8Array(31) }], segments: [] })).toThrow(ScsiDataError);
  });
});

describe('RECEIVE COPY RESULTS', () => {
  it('operating parameters as SCST answers them, read and written back', () => {
    const parameters = decodeCopyOperatingParameters(fromHex(RECORDED.copyOperatingParameters));
    expect(parameters).toMatchObject({
      noListIdentifier: true, maximumTargetCount: 5, maximumSegmentCount: 0x8f, maximumSegmentLength: 0x1000_0000, dataSegmentGranularity: 16,
      implementedDescriptors: [0x02, 0xe4],
    });
    expect(hex(encodeCopyOperatingParameters(parameters))).toBe(RECORDED.copyOperatingParameters);
    expect(() => decodeCopyOperatingParameters(new Uint8Array(43))).toThrow(ScsiDataError);
  });
  it('copy status says after decoding what was encoded', () => {
    const status = fc.record({
      heldDataDiscarded: fc.boolean(), copyManagerStatus: fc.nat({ max: 0x7f }), segmentsProcessed: u16, transferCountUnits: u8, transferCount: u32,
    });
    fc.assert(fc.property(status, (values) => { expect(decodeCopyStatus(encodeCopyStatus(values))).toEqual(values); }));
  });
});
