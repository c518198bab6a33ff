import { fromByteString, parseKernelNumber } from '@scst/sysfs';
import { type ByteString } from '../bytes.js';
import { ScstError } from '../errors.js';
import { isSpace } from './words.js';

/** The kernel's number readers (SPEC sysfs 1.3) that SCST uses. */
export type NumberType = 'ulong' | 'long' | 'int';

/** `unsigned long` and `unsigned long long`. */
export const UL: NumberType = 'ulong';
/** `long` and `long long`. */
export const L: NumberType = 'long';
/** `int`. */
export const INT: NumberType = 'int';

/**
 * Reads a number as kstrtoul() and its like do with base 0: `0x` hex, a leading `0` octal, one trailing newline. Throws
 * `EINVAL` for anything else and `ERANGE` for what the type cannot hold.
 */
export const parseNumber = (type: NumberType, text: ByteString): bigint => {
  const value = parseKernelNumber(fromByteString(text), type);
  if (value === 'ERANGE') throw new ScstError('ERANGE', `${text.trim()} is out of range`);
  if (value !== 'EINVAL') return value;
  const wanted = type === 'ulong' ? 'an unsigned number' : 'a number';
  throw new ScstError('EINVAL', `${JSON.stringify(text)} is not ${wanted} (0x… hex, 0… octal, nothing around it)`);
};

/** Reads a number that must be 0 or 1; others are `EINVAL`. */
export const parseFlag = (type: NumberType, text: ByteString): boolean => {
  const value = parseNumber(type, text);
  if (value !== 0n && value !== 1n) throw new ScstError('EINVAL', `${value.toString()} is neither 0 nor 1`);
  return value === 1n;
};

/**
 * Reads a number as sscanf("%lld") does: white space before it, anything after it, modulo 2^64. Throws `EINVAL` when there are
 * no digits.
 */
export const scanNumber = (text: ByteString): bigint => {
  let at = 0;
  while (at < text.length && isSpace(text.charAt(at))) at += 1;
  const [, sign, digits] = /^(-?)(\d+)/.exec(text.slice(at)) ?? [];
  if (digits === undefined) throw new ScstError('EINVAL', 'no number is given');
  return BigInt.asIntN(64, sign === '-' ? -BigInt(digits) : BigInt(digits));
};

/** Digits of one radix at the beginning of a text. */
const FORMS = [
  { prefix: /^0[xX](?=[0-9a-fA-F])/, digits: /^[0-9a-fA-F]+/, radix: '0x' },
  { prefix: /^(?=0)/, digits: /^[0-7]+/, radix: '0o' },
  { prefix: /^/, digits: /^[0-9]+/, radix: '' },
] as const;

/**
 * Reads what stands of a number at the beginning of a text, as simple_strtoul() does with base 0: no digits are 0, and there is
 * no error. The text after it comes back, too.
 */
export const leadingNumber = (text: ByteString): { value: bigint; rest: ByteString } => {
  const form = FORMS.find(({ prefix }) => prefix.test(text)) ?? FORMS[2];
  const body = text.replace(form.prefix, '');
  const digits = form.digits.exec(body)?.[0] ?? '';
  return { value: digits === '' ? 0n : BigInt.asUintN(64, BigInt(`${form.radix}${digits}`)), rest: body.slice(digits.length) };
};
