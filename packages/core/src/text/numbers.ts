import { type ByteString } from '../bytes.js';
import { ScstError } from '../errors.js';
import { isSpace } from './words.js';

/** The kernel's number readers (SPEC sysfs 1.3). */
export interface NumberType {
  readonly min: bigint;
  readonly max: bigint;
}

/** `unsigned long` and `unsigned long long`. */
export const UL: NumberType = { min: 0n, max: 2n ** 64n - 1n };
/** `long` and `long long`. */
export const L: NumberType = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
/** `int`. */
export const INT: NumberType = { min: -(2n ** 31n), max: 2n ** 31n - 1n };

const MAX_UNSIGNED = 2n ** 64n - 1n;

/** Digits of one radix at the beginning of a text; what follows them must be nothing or one newline. */
const FORMS = [
  { prefix: /^0[xX](?=[0-9a-fA-F])/, digits: /^[0-9a-fA-F]+/, radix: '0x' },
  { prefix: /^(?=0)/, digits: /^[0-7]+/, radix: '0o' },
  { prefix: /^/, digits: /^[0-9]+/, radix: '' },
] as const;

/**
 * Reads a number as kstrtoul() and its like do with base 0: `0x` hex, a leading `0` octal, one trailing newline. Throws
 * `EINVAL` for anything else and `ERANGE` for what the type cannot hold.
 */
export const parseNumber = (type: NumberType, text: ByteString): bigint => {
  const negative = type.min < 0n && text.startsWith('-');
  const unsigned = negative || text.startsWith('+') ? text.slice(1) : text;
  const form = FORMS.find(({ prefix }) => prefix.test(unsigned)) ?? FORMS[2];
  const body = unsigned.replace(form.prefix, '');
  const digits = form.digits.exec(body)?.[0];
  if (digits === undefined) throw notANumber(type, text);
  const magnitude = BigInt(`${form.radix}${digits}`);
  if (magnitude > MAX_UNSIGNED) throw outOfRange(text);
  const rest = body.slice(digits.length);
  if (rest !== '' && rest !== '\n') throw notANumber(type, text);
  const value = negative ? -magnitude : magnitude;
  if (value < type.min || value > type.max) throw outOfRange(text);
  return value;
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

const notANumber = (type: NumberType, text: ByteString): ScstError =>
  new ScstError('EINVAL', `${JSON.stringify(text)} is not ${type.min < 0n ? 'a number' : 'an unsigned number'} (0x… hex, 0… octal, nothing around it)`);

const outOfRange = (text: ByteString): ScstError => new ScstError('ERANGE', `${text.trim()} is out of range`);
