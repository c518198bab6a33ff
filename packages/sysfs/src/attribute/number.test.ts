import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKernelBoolean, parseKernelNumber } from './number.js';

describe('parseKernelNumber', () => {
  it.each([
    ['0', 0n],
    ['0x0BE0\n', 0xbe0n],
    ['0XfF', 255n],
    ['010', 8n],
    ['+5', 5n],
    ['+0x10', 16n],
    ['00', 0n],
    ['4294967296', 4294967296n],
    ['18446744073709551615', 18446744073709551615n],
    ['1\0junk', 1n],
  ])('takes %j as an unsigned long', (text, value) => {
    expect(parseKernelNumber(text, 'ulong')).toBe(value);
  });

  it.each(['', '\n', ' 1', '1 ', '\t1', '1\n\n', '1\nx', '1 2', '-1', '-0', 'x', '0x', '0xg', '08', '1.5', '0b1', '1_0', '++1', '+-1', '+', '\0'])(
    'refuses %j as no number',
    (text) => {
      expect(parseKernelNumber(text, 'ulong')).toBe('EINVAL');
    },
  );

  it.each(['18446744073709551616', '99999999999999999999999\n', '0x10000000000000000', '99999999999999999999x'])('finds %j out of range', (text) => {
    expect(parseKernelNumber(text, 'ulong')).toBe('ERANGE');
  });

  it('knows the signed types and their limits', () => {
    expect(parseKernelNumber('-1', 'long')).toBe(-1n);
    expect(parseKernelNumber('-0x10\n', 'int')).toBe(-16n);
    expect(parseKernelNumber('-9223372036854775808', 'long')).toBe(-(2n ** 63n));
    expect(parseKernelNumber('-9223372036854775809', 'long')).toBe('ERANGE');
    expect(parseKernelNumber('9223372036854775808', 'longlong')).toBe('ERANGE');
    expect(parseKernelNumber('2147483648', 'int')).toBe('ERANGE');
    expect(parseKernelNumber('-2147483648', 'int')).toBe(-2147483648n);
    expect(parseKernelNumber('4294967295', 'uint')).toBe(4294967295n);
    expect(parseKernelNumber('4294967296', 'uint')).toBe('ERANGE');
    expect(parseKernelNumber('2147483648x', 'int')).toBe('EINVAL');
    expect(parseKernelNumber('-+1', 'long')).toBe('EINVAL');
    expect(parseKernelNumber('--1', 'long')).toBe('EINVAL');
  });

  it('takes a radix', () => {
    expect(parseKernelNumber('ff', 'ulong', 16)).toBe(255n);
    expect(parseKernelNumber('0xff', 'ulong', 16)).toBe(255n);
    expect(parseKernelNumber('010', 'ulong', 10)).toBe(10n);
    expect(parseKernelNumber('0x10', 'ulong', 10)).toBe('EINVAL');
  });

  it('reads back every number in every notation', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constantFrom('', '+'), fc.constantFrom('', '\n'), (value, sign, end) => {
        for (const text of [value.toString(), `0x${value.toString(16)}`, `0${value.toString(8)}`]) {
          expect(parseKernelNumber(`${sign}${text}${end}`, 'ulonglong')).toBe(value);
        }
      }),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        expect(parseKernelNumber(value.toString(), 'long')).toBe(value);
      }),
    );
  });
});

describe('parseKernelBoolean', () => {
  it('looks at the first characters only', () => {
    for (const text of ['y', 'Yes', 't', '1', '10', 'on', 'ON\n', 'one']) expect(parseKernelBoolean(text)).toBe(true);
    for (const text of ['n', 'No', 'f', '0', '01', 'of', 'off\n', 'OFFICE']) expect(parseKernelBoolean(text)).toBe(false);
    for (const text of ['', '\n', '2', 'x', 'o', 'ox', ' 1', '\x001']) expect(parseKernelBoolean(text)).toBe('EINVAL');
  });
});
