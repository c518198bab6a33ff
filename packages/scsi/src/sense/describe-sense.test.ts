import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cdb } from '../cdb/cdb.js';
import { additionalSenseName, senseTriple } from './additional-sense-code.js';
import { decodeCopyAborted, encodeCopyAborted } from './copy-aborted.js';
import { decodeSense, tryDecodeSense } from './decode-sense.js';
import { describeSense, explainSense } from './describe-sense.js';
import { encodeSense } from './encode-sense.js';
import { SENSE_CONDITION } from './sense-condition.js';

const fixed = (key: number, asc: number, ascq: number, pointer = '000000'): Uint8Array =>
  Buffer.from(`7000${Buffer.of(key).toString('hex')}000000000a00000000${Buffer.of(asc, ascq).toString('hex')}00${pointer}`, 'hex');

describe('names', () => {
  it('every condition this package names has a name in the list of the standard', () => {
    for (const [constant, { additionalSenseCode, additionalSenseCodeQualifier }] of Object.entries(SENSE_CONDITION)) {
      expect(additionalSenseName(additionalSenseCode, additionalSenseCodeQualifier), constant).not.toMatch(/^ADDITIONAL SENSE CODE|VENDOR/);
    }
  });
  it('constants say what their codes say', () => {
    const words = (text: string): string => text.replaceAll(/[^A-Z]+/g, ' ').trim();
    const renamed = new Set(['NO_SENSE', 'DATA_PROTECT', 'COPY_ABORTED']);
    for (const [constant, { additionalSenseCode, additionalSenseCodeQualifier }] of Object.entries(SENSE_CONDITION)) {
      if (renamed.has(constant)) continue;
      expect(words(additionalSenseName(additionalSenseCode, additionalSenseCodeQualifier))).toContain(words(constant));
    }
  });
  it('numbered families show their number, vendors theirs, and the rest its codes', () => {
    expect(additionalSenseName(0x40, 0x81)).toBe('DIAGNOSTIC FAILURE ON COMPONENT 81h');
    expect(additionalSenseName(0x4d, 0x07)).toBe('TAGGED OVERLAPPED COMMANDS (TASK TAG 07h)');
    expect(additionalSenseName(0x70, 0x10)).toBe('DECOMPRESSION EXCEPTION SHORT ALGORITHM ID OF 10h');
    expect(additionalSenseName(0x80, 0x01)).toBe('VENDOR SPECIFIC ADDITIONAL SENSE CODE 80/01');
    expect(additionalSenseName(0x24, 0x90)).toBe('VENDOR SPECIFIC ADDITIONAL SENSE CODE 24/90');
    expect(additionalSenseName(0x24, 0x70)).toBe('ADDITIONAL SENSE CODE 24/70');
    expect(senseTriple(0xe, 0x1d, 0)).toBe('E/1D/00');
  });
});

describe('one line', () => {
  it('names key, code and numbers', () => {
    expect(describeSense(SENSE_CONDITION.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE)).toBe('ILLEGAL REQUEST, LOGICAL BLOCK ADDRESS OUT OF RANGE (5/21/00)');
    expect(describeSense(decodeSense(fixed(6, 0x29, 0)))).toBe('UNIT ATTENTION, POWER ON, RESET, OR BUS DEVICE RESET OCCURRED (6/29/00)');
    expect(describeSense(SENSE_CONDITION.NO_SENSE)).toBe('NO SENSE (0/00/00)');
  });
  it('shows INFORMATION and that an error is deferred', () => {
    expect(describeSense({ ...SENSE_CONDITION.MISCOMPARE_DURING_VERIFY_OPERATION, information: 511n })).toBe(
      'MISCOMPARE, MISCOMPARE DURING VERIFY OPERATION (E/1D/00), INFORMATION 511',
    );
    expect(describeSense({ ...SENSE_CONDITION.WRITE_ERROR, deferred: true })).toMatch(/^deferred MEDIUM ERROR/);
  });
});

describe('explaining', () => {
  it('names the field of the CDB that a field pointer means', () => {
    const read = cdb.read10({ lba: 0, transferLength: 1, rdprotect: 3 });
    expect(explainSense(decodeSense(fixed(5, 0x24, 0, 'cf0001')), read)[1]).toBe('CDB byte 1 bit 7: RDPROTECT is 3');
    // SCST points at the lowest bit of the field.
    expect(explainSense(decodeSense(fixed(5, 0x24, 0, 'cd0001')), read)[1]).toBe('CDB byte 1 bit 5: RDPROTECT is 3');
    expect(explainSense(decodeSense(fixed(5, 0x24, 0, 'c00002')), cdb.reportLuns({ selectReport: 9, allocationLength: 16 }))[1]).toBe(
      'CDB byte 2: SELECT REPORT is 9',
    );
    expect(explainSense(decodeSense(fixed(5, 0x24, 0, 'c80009')), Uint8Array.of(...read.subarray(0, 9), 1))[1]).toBe('CDB byte 9 bit 0: LINK is true');
  });
  it('gives the place alone where no field is known there', () => {
    expect(explainSense(decodeSense(fixed(5, 0x26, 0, '8b0014')))[1]).toBe('parameter data byte 20 bit 3');
    expect(explainSense(decodeSense(fixed(5, 0x24, 0, 'c0000c')), cdb.testUnitReady())[1]).toBe('CDB byte 12');
    expect(explainSense(decodeSense(fixed(5, 0x24, 0, 'c00001')))[1]).toBe('CDB byte 1');
  });
  it('says what the other sense-key-specific forms say', () => {
    const explain = (sense: Parameters<typeof encodeSense>[0]): string | undefined => explainSense(decodeSense(encodeSense(sense)))[1];
    expect(explain({ ...SENSE_CONDITION.FORMAT_IN_PROGRESS, senseKeySpecific: { kind: 'progress', progress: 0x8000 } })).toBe('progress 50.0 %');
    expect(explain({ ...SENSE_CONDITION.WRITE_ERROR, senseKeySpecific: { kind: 'retry-count', actualRetryCount: 3 } })).toBe('3 retries');
    expect(explain({ ...SENSE_CONDITION.COPY_ABORTED, senseKeySpecific: { kind: 'segment-pointer', inSegmentDescriptor: true, fieldPointer: 4 } })).toBe(
      'segment descriptor byte 4',
    );
  });
  it('says which segment and which device ended a copy', () => {
    const recorded = Buffer.from('70000a000000001d12000001000000000002700005000000000a0000000021000000000000', 'hex');
    const sense = decodeSense(recorded);
    expect(explainSense(sense)).toEqual([
      'COPY ABORTED (A/00/00)',
      'segment 1',
      'copy source: CHECK CONDITION, ILLEGAL REQUEST, LOGICAL BLOCK ADDRESS OUT OF RANGE (5/21/00)',
    ]);
    const standard = encodeSense({ ...SENSE_CONDITION.COPY_ABORTED, ...encodeCopyAborted({ segment: 2, destination: { status: 8, sense: new Uint8Array(0) } }) });
    expect(explainSense(decodeSense(standard))).toEqual(['COPY ABORTED (A/00/00)', 'segment 2', 'copy destination: BUSY']);
  });
  it('never throws, whatever the sense and the CDB', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 3, maxLength: 40 }), fc.integer({ min: 0x70, max: 0x73 }), fc.uint8Array({ maxLength: 33 }), (bytes, code, command) => {
        bytes[0] = code;
        const sense = tryDecodeSense(bytes);
        expect(sense).toBeDefined();
        if (sense !== undefined) expect(explainSense(sense, command).length).toBeGreaterThan(0);
      }),
    );
  });
});

it('why a copy failed says after decoding what was encoded', () => {
  const answer = fc.record({ status: fc.nat({ max: 0x6f }), sense: fc.uint8Array({ maxLength: 40 }) });
  const copy = fc.record({ segment: fc.nat({ max: 0xffff }), source: answer, destination: answer }, { requiredKeys: ['segment'] });
  fc.assert(
    fc.property(copy, (values) => {
      const sense = encodeSense({ ...SENSE_CONDITION.COPY_ABORTED, ...encodeCopyAborted(values) });
      expect(decodeCopyAborted(decodeSense(sense))).toEqual(values);
    }),
  );
  expect(decodeCopyAborted(decodeSense(encodeSense(SENSE_CONDITION.NO_SENSE)))).toBeUndefined();
});
