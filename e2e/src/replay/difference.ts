import { fromByteString, SysfsError, toByteString } from '@scst/sysfs';

/** The first step of a recording that came out otherwise. */
export class Difference extends Error {
  constructor(
    /** Line of the recording, counted from 1. */
    readonly line: number,
    /** The step, in short. */
    readonly step: string,
    readonly expected: string,
    readonly actual: string,
  ) {
    super(`line ${line}: ${step}\n    expected ${expected}\n    got      ${actual}`);
    this.name = 'Difference';
  }
}

/** What an operation came to: its value, or the errno it failed with. */
export type Outcome<T> = { value: T } | { errno: string; at: 'open' | 'transfer' };

/** Runs an operation; an errno is an outcome, everything else is thrown on. */
export const outcomeOf = async <T>(operation: () => Promise<T>): Promise<Outcome<T>> => {
  try {
    return { value: await operation() };
  } catch (error) {
    if (error instanceof SysfsError) return { errno: error.code, at: error.at };
    throw error;
  }
};

/** Text shown in a difference: JSON, cut where it is long. */
export const show = (value: object | string | boolean | null): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= 600 ? text : `${text.slice(0, 600)}… (${text.length} characters)`;
};

export const showBytes = (bytes: Uint8Array): string => {
  const text = toByteString(bytes);
  return show(/^[\t\n\x20-\x7e]*$/.test(text) ? JSON.stringify(text) : `hex ${Buffer.from(bytes).toString('hex')}`);
};

export const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
export const fromBase64 = (text: string): Uint8Array => fromByteString(Buffer.from(text, 'base64').toString('latin1'));

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
