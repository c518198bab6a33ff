import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScsiDataError } from '../data-error.js';
import { decodeSense, tryDecodeSense } from './decode-sense.js';
import { encodeSense } from './encode-sense.js';
import { isCondition, SENSE_CONDITION } from './sense-condition.js';
import { SENSE_KEY, senseKeyName } from './sense-key.js';
import type { Sense, SenseKeySpecific } from './sense.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const u16 = fc.nat({ max: 0xffff });
const bitPointer = fc.option(fc.nat({ max: 7 }).map((bit) => ({ bitPointer: bit })), { nil: {} });

function specificFor(senseKey: number): fc.Arbitrary<SenseKeySpecific> {
  switch (senseKey) {
    case 5:
      return fc.tuple(fc.boolean(), bitPointer, u16).map(([inCdb, bit, fieldPointer]) => ({ kind: 'field-pointer', inCdb, ...bit, fieldPointer }));
    case 10:
      return fc
        .tuple(fc.boolean(), bitPointer, u16)
        .map(([inSegmentDescriptor, bit, fieldPointer]) => ({ kind: 'segment-pointer', inSegmentDescriptor, ...bit, fieldPointer }));
    case 0:
    case 2:
      return u16.map((progress) => ({ kind: 'progress', progress }));
    case 1:
    case 3:
    case 4:
      return u16.map((actualRetryCount) => ({ kind: 'retry-count', actualRetryCount }));
    case 6:
      return fc.boolean().map((overflow) => ({ kind: 'unit-attention-queue', overflow }));
    default:
      return fc.nat({ max: 0x7f_ffff }).map((value) => ({ kind: 'other', value }));
  }
}

function anySense(format: Sense['format']): fc.Arbitrary<Sense> {
  const limit = format === 'fixed' ? 2n ** 32n - 1n : 2n ** 64n - 1n;
  // Zero stands for "none" in the fixed format, so it cannot come back from there.
  const least = format === 'fixed' ? 1 : 0;
  const stream = fc
    .record({ filemark: fc.boolean(), endOfMedium: fc.boolean(), incorrectLength: fc.boolean() })
    .filter((flags) => flags.filemark || flags.endOfMedium || flags.incorrectLength);
  return fc.nat({ max: 15 }).chain((senseKey) =>
    fc.record(
      {
        format: fc.constant(format),
        deferred: fc.boolean(),
        senseKey: fc.constant(senseKey),
        additionalSenseCode: fc.nat({ max: 255 }),
        additionalSenseCodeQualifier: fc.nat({ max: 255 }),
        information: fc.bigInt({ min: 0n, max: limit }),
        commandSpecificInformation: fc.bigInt({ min: BigInt(least), max: limit }),
        fieldReplaceableUnitCode: fc.integer({ min: least, max: 255 }),
        senseKeySpecific: specificFor(senseKey),
        stream,
        ...(format === 'fixed' && { additionalSenseBytes: fc.uint8Array({ minLength: 1, maxLength: 234 }) }),
      },
      { requiredKeys: ['format', 'deferred', 'senseKey', 'additionalSenseCode', 'additionalSenseCodeQualifier'] },
    ),
  );
}

describe('round trip', () => {
  it('fixed format sense says after decoding what was encoded', () => {
    fc.assert(fc.property(anySense('fixed'), (sense) => { expect(decodeSense(encodeSense(sense))).toEqual(sense); }));
  });
  it('descriptor format sense says after decoding what was encoded', () => {
    fc.assert(fc.property(anySense('descriptor'), (sense) => { expect(decodeSense(encodeSense(sense))).toEqual(sense); }));
  });
  it('descriptors without a member of their own are kept whole', () => {
    const sense = decodeSense(Buffer.from('72050000000000100b06010203040506', 'hex'));
    expect(sense.otherDescriptors?.map(hex)).toEqual(['0b06010203040506']);
    expect(hex(encodeSense(sense))).toBe('72050000000000080b06010203040506');
  });
});

describe('the exact bytes SCST gives', () => {
  const field = { ...SENSE_CONDITION.INVALID_FIELD_IN_CDB, senseKeySpecific: { kind: 'field-pointer', inCdb: true, bitPointer: 5, fieldPointer: 1 } } as const;
  it('18 bytes in the fixed format', () => {
    expect(hex(encodeSense(SENSE_CONDITION.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED))).toBe('70000600000000 0a 00000000 29 00 00 000000'.replaceAll(' ', ''));
    expect(hex(encodeSense(field))).toBe('70000500000000 0a 00000000 24 00 00 cd0001'.replaceAll(' ', ''));
  });
  it('8 bytes, or 16 with a field pointer, in the descriptor format', () => {
    expect(hex(encodeSense({ ...SENSE_CONDITION.LOGICAL_UNIT_NOT_SUPPORTED, format: 'descriptor' }))).toBe('7205250000000000');
    expect(hex(encodeSense({ ...field, format: 'descriptor' }))).toBe('7205240000000008' + '02060000cd000100');
  });
  it('VALID and INFORMATION of a miscompare', () => {
    expect(hex(encodeSense({ ...SENSE_CONDITION.MISCOMPARE_DURING_VERIFY_OPERATION, information: 0x1ffn }))).toBe('f0000e000001ff0a000000001d000000' + '0000');
    expect(hex(encodeSense({ ...SENSE_CONDITION.MISCOMPARE_DURING_VERIFY_OPERATION, information: 1n, format: 'descriptor' }))).toBe(
      '720e1d000000000c' + '000a80000000000000000001',
    );
  });
});

it('INFORMATION beyond 32 bits is left out of the fixed format instead of being cut', () => {
  const sense = decodeSense(encodeSense({ ...SENSE_CONDITION.UNRECOVERED_READ_ERROR, information: 2n ** 32n }));
  expect(sense.information).toBeUndefined();
});

it('hostile and short bytes give what is there or a ScsiDataError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.option(fc.integer({ min: 0x70, max: 0x73 })), (bytes, responseCode) => {
      if (responseCode !== null && bytes.length > 0) bytes[0] = responseCode;
      try {
        const sense = decodeSense(bytes);
        expect(sense.senseKey).toBeLessThan(16);
      } catch (error) {
        expect(error).toBeInstanceOf(ScsiDataError);
        expect(tryDecodeSense(bytes)).toBeUndefined();
      }
    }),
  );
});

it('sense cut after the key still gives the key; fields beyond ADDITIONAL SENSE LENGTH do not exist', () => {
  expect(decodeSense(Uint8Array.of(0x70, 0, 5))).toMatchObject({ senseKey: 5, additionalSenseCode: 0 });
  expect(decodeSense(Buffer.from('700005000000000400000000240000c00002', 'hex'))).toEqual({
    format: 'fixed', deferred: false, senseKey: 5, additionalSenseCode: 0, additionalSenseCodeQualifier: 0,
  });
});

it('every sense key has the name of its constant', () => {
  for (const [constant, key] of Object.entries(SENSE_KEY)) expect(senseKeyName(key)).toBe(constant.replaceAll('_', ' '));
});

it('a condition is recognised by key, code and qualifier', () => {
  expect(isCondition(decodeSense(encodeSense(SENSE_CONDITION.INVALID_FIELD_IN_CDB)), SENSE_CONDITION.INVALID_FIELD_IN_CDB)).toBe(true);
  expect(isCondition(SENSE_CONDITION.INVALID_FIELD_IN_CDB, SENSE_CONDITION.INVALID_FIELD_IN_PARAMETER_LIST)).toBe(false);
});
