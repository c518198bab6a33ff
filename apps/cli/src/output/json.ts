/** What the program prints as JSON. Bytes stand as hexadecimal text, `undefined` members are left out. */
export type JsonValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | undefined
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** Lower-case hexadecimal digits of bytes. */
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');

/**
 * JSON text, indented by two blanks. A `bigint` becomes a number with all of its digits, which JSON allows, so a size has one
 * type however large it is.
 */
export const formatJson = (value: JsonValue): string => write(value, '');

/** The same on one line, for streams of values. */
export const formatJsonLine = (value: JsonValue): string => {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return write(value, '');
  if (isList(value)) return `[${value.map(formatJsonLine).join(',')}]`;
  return `{${Object.entries(value).flatMap(([name, item]) => (item === undefined ? [] : [`${quote(name)}:${formatJsonLine(item)}`])).join(',')}}`;
};

const write = (value: JsonValue, indent: string): string => {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return quote(toHex(value));
  if (value === null || typeof value !== 'object') return value === undefined ? 'null' : quote(value);
  const deeper = `${indent}  `;
  if (isList(value)) return block('[', ']', value.map((item) => write(item, deeper)), indent);
  const members = Object.entries(value).flatMap(([name, item]) => (item === undefined ? [] : [`${quote(name)}: ${write(item, deeper)}`]));
  return block('{', '}', members, indent);
};

/** JSON leaves these control characters as they are, which a terminal does not. */
const quote = (value: string | number | boolean | null): string => JSON.stringify(value).replaceAll(/[\u007f-\u009f]/gu, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);

const isList = (value: object): value is readonly JsonValue[] => Array.isArray(value);

const block = (open: string, close: string, parts: readonly string[], indent: string): string =>
  parts.length === 0 ? `${open}${close}` : `${open}\n${parts.map((part) => `${indent}  ${part}`).join(',\n')}\n${indent}${close}`;
