import { IscsiError } from '../error.js';

/** RFC 7143 6.1: a key has at most 63 bytes. */
const MAX_KEY = 63;
/** A key-name: a letter (a capital one, but for iSCSIProtocolLevel) and then letters, digits, `.`, `-`, `+`, `@`, `_` and `#`. */
const KEY = /^[A-Za-z][A-Za-z0-9.\-+@_#]*$/u;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export type KeyValue = readonly [key: string, value: string];

/** `key=value` pairs, each ended by a zero byte (6.1). Throws {@link IscsiError} `ERR_RANGE` for a zero byte or a key that is none. */
export function encodeText(pairs: readonly KeyValue[]): Uint8Array {
  for (const [key, value] of pairs) {
    if (!isKey(key) || value.includes('\0')) throw new IscsiError('ERR_RANGE', `${JSON.stringify(key)} with this value is no key=value pair`);
  }
  return encoder.encode(pairs.map(([key, value]) => `${key}=${value}\0`).join(''));
}

/** Throws {@link IscsiError} `ERR_MALFORMED`. The last pair may lack its zero byte; zero bytes beyond it are padding. */
export function decodeText(bytes: Uint8Array): KeyValue[] {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (cause) {
    throw new IscsiError('ERR_MALFORMED', 'the text is not UTF-8', { cause });
  }
  const pairs: KeyValue[] = [];
  for (const pair of text.split('\0')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const key = pair.slice(0, equals);
    if (equals < 0 || !isKey(key)) throw new IscsiError('ERR_MALFORMED', `${JSON.stringify(pair.slice(0, MAX_KEY))} is no key=value pair`);
    pairs.push([key, pair.slice(equals + 1)]);
  }
  return pairs;
}

const isKey = (key: string): boolean => key.length <= MAX_KEY && KEY.test(key);
