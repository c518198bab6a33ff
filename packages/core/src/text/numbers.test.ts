import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScstError } from '../errors.js';
import { INT, L, leadingNumber, type NumberType, parseFlag, parseNumber, scanNumber, UL } from './numbers.js';

const errno = (work: () => unknown): string => {
  try {
    return String(work());
  } catch (error) {
    if (error instanceof ScstError) return error.code;
    throw error;
  }
};

const parsed = (type: NumberType, text: string): string => errno(() => parseNumber(type, text));

describe('numbers (SPEC sysfs 1.3)', () => {
  it.each([
    ['0', '0'],
    ['10\n', '10'],
    ['0x1F', '31'],
    ['0X1f', '31'],
    ['010', '8'],
    ['+7', '7'],
    ['+0x7', '7'],
    ['18446744073709551615', '18446744073709551615'],
  ])('reads %j as unsigned %s', (text, value) => {
    expect(parsed(UL, text)).toBe(value);
  });

  it.each(['', '\n', ' 1', '1 ', '1\n\n', '0x', '0xg', '08', '1.5', '0b1', '1_0', 'x', '+', '-', '--1', '-+1', '1x'])('refuses %j', (text) => {
    expect(parsed(UL, text)).toBe('EINVAL');
    expect(parsed(L, text)).toBe('EINVAL');
  });

  it('takes a minus sign for signed types only', () => {
    expect(parsed(UL, '-1')).toBe('EINVAL');
    expect(parsed(L, '-1')).toBe('-1');
    expect(parsed(INT, '-0x10')).toBe('-16');
  });

  it('tells what is out of range from what is no number', () => {
    expect(parsed(UL, '18446744073709551616')).toBe('ERANGE');
    expect(parsed(UL, '99999999999999999999x')).toBe('ERANGE');
    expect(parsed(L, '9223372036854775808')).toBe('ERANGE');
    expect(parsed(L, '-9223372036854775808')).toBe('-9223372036854775808');
    expect(parsed(L, '-9223372036854775809')).toBe('ERANGE');
    expect(parsed(INT, '2147483648')).toBe('ERANGE');
  });

  it('reads every number it can hold, in each radix', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constantFrom('', '\n'), (value, end) => {
        expect(parseNumber(UL, `${value.toString()}${end}`)).toBe(value);
        expect(parseNumber(UL, `0x${value.toString(16)}${end}`)).toBe(value);
        expect(parseNumber(UL, `0${value.toString(8)}${end}`)).toBe(value);
      }),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        expect(parseNumber(L, value.toString())).toBe(value);
      }),
    );
  });

  it('never throws anything but EINVAL and ERANGE', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parsed(UL, text)).toMatch(/^(?:\d+|EINVAL|ERANGE)$/);
      }),
    );
  });

  it('has flags be 0 or 1', () => {
    expect(errno(() => parseFlag(L, '0x1'))).toBe('true');
    expect(errno(() => parseFlag(L, '0'))).toBe('false');
    expect(errno(() => parseFlag(L, '2'))).toBe('EINVAL');
    expect(errno(() => parseFlag(L, '-1'))).toBe('EINVAL');
  });
});

describe('sizes (SPEC sysfs 9.4)', () => {
  it.each([
    ['5x', '5'],
    ['0x10', '0'],
    ['  7 8', '7'],
    ['-512', '-512'],
    ['18446744073709551616', '0'],
    ['x', 'EINVAL'],
    ['', 'EINVAL'],
    ['\n', 'EINVAL'],
    ['+5', 'EINVAL'],
    ['- 5', 'EINVAL'],
  ])('scans %j as %s', (text, value) => {
    expect(errno(() => scanNumber(text))).toBe(value);
  });
});

describe('numbers at the beginning of a text', () => {
  it.each([
    ['', 0n, ''],
    ['x', 0n, 'x'],
    ['-1', 0n, '-1'],
    [' 1', 0n, ' 1'],
    ['12 RO', 12n, ' RO'],
    ['0x1Fg', 31n, 'g'],
    ['0xg', 0n, 'xg'],
    ['018', 1n, '8'],
    ['18446744073709551617', 1n, ''],
  ])('%j is %d', (text, value, rest) => {
    expect(leadingNumber(text)).toEqual({ value, rest });
  });

  it('are read as whole ones are, whatever follows', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constantFrom(10, 16), fc.constantFrom('', ' ', '\n', ';1'), (number, radix, rest) => {
        const digits = `${radix === 16 ? '0x' : ''}${number.toString(radix)}`;
        expect(leadingNumber(`${digits}${rest}`)).toEqual({ value: parseNumber(UL, digits), rest });
      }),
    );
  });
});
