import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScstError } from '../errors.js';
import { parseEui64Id, parseNaaId } from './designator.js';

const hex = (length: number): fc.Arbitrary<string> => fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdefABCDEF')), minLength: length, maxLength: length });

describe('designators', () => {
  it('of EUI-64 have 8, 12 or 16 bytes', () => {
    fc.assert(
      fc.property(fc.constantFrom(16, 24, 32).chain(hex), fc.constantFrom('', '0x'), (digits, prefix) => {
        expect(Buffer.from(parseEui64Id(`${prefix}${digits}`) ?? []).toString('hex')).toBe(digits.toLowerCase());
      }),
    );
  });

  it.each(['2', '3', '5'])('of NAA beginning with %s have 8 bytes', (first) => {
    expect(parseNaaId(`${first}000c50012345678`)).toHaveLength(8);
    expect(() => parseNaaId(`${first}000c500123456780000000000000000`)).toThrow(ScstError);
  });

  it('of NAA beginning with 6 have 16 bytes', () => {
    expect(parseNaaId('0x60000000000000000000000000000001')).toHaveLength(16);
    expect(() => parseNaaId('6000000000000001')).toThrow(ScstError);
  });

  it('are cleared by nothing', () => {
    expect([parseNaaId(''), parseNaaId('0x'), parseEui64Id(''), parseEui64Id('0x')]).toEqual([null, null, null, null]);
  });

  it('of NAA cannot be 0x with white space after it', () => {
    expect(() => parseNaaId('0x\n')).toThrow(ScstError);
    expect([parseNaaId(' 0x'), parseNaaId(' \n'), parseEui64Id('0x\n')]).toEqual([null, null, null]);
  });

  it('are found in white space', () => {
    expect(parseNaaId(' 0x5000c50012345678\n')).toHaveLength(8);
  });

  it('that fail for a digit tell the bytes before it', () => {
    const refuse = (): unknown => {
      try {
        return parseNaaId('5000c5001234567g');
      } catch (error) {
        return error;
      }
    };
    expect(refuse()).toMatchObject({ code: 'EINVAL', before: Uint8Array.of(0x50, 0x00, 0xc5, 0x00, 0x12, 0x34, 0x56) });
  });

  it.each(['0X5000c50012345678', '5000c5001234567', '1000c50012345678', '5000c5001234567g', 'x', '5000 c500 1234 5678'])('of NAA cannot be %j', (text) => {
    expect(() => parseNaaId(text)).toThrow(ScstError);
  });
});
