import { IscsiError } from '../error.js';

/** Answers of RFC 7143 6.2 that are no values. */
export const REJECT = 'Reject';
export const NOT_UNDERSTOOD = 'NotUnderstood';
export const IRRELEVANT = 'Irrelevant';

/** A numerical-value or large-numerical-value (6.1) of at most 2^53; undefined for anything else. */
export function parseNumber(text: string): number | undefined {
  if (!/^(?:0[xX][0-9a-fA-F]+|[1-9][0-9]*|0)$/u.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** A boolean-value. */
export function parseBoolean(text: string): boolean | undefined {
  return text === 'Yes' ? true : text === 'No' ? false : undefined;
}

export const printBoolean = (value: boolean): string => (value ? 'Yes' : 'No');

/** A list-of-values; its members without blanks. */
export const parseList = (text: string): string[] => text.split(',').map((value) => value.trim());

/**
 * A binary-value (6.1): hexadecimal behind `0x` or base64 behind `0b`. Throws {@link IscsiError} `ERR_MALFORMED` where it is neither
 * or has more than `limit` bytes.
 */
export function parseBinary(text: string, limit: number): Uint8Array {
  const bytes = binaryBytes(text);
  if (bytes === undefined || bytes.length > limit) throw new IscsiError('ERR_MALFORMED', `not a binary value of at most ${limit} bytes`);
  return bytes;
}

function binaryBytes(text: string): Uint8Array | undefined {
  if (/^0[xX][0-9a-fA-F]+$/u.test(text)) {
    const digits = text.slice(2);
    return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  }
  if (/^0[bB][A-Za-z0-9+/]+={0,2}$/u.test(text)) return Buffer.from(text.slice(2), 'base64');
  return undefined;
}

export const printBinary = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString('hex')}`;
