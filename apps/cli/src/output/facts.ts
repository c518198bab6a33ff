import { type JsonValue, toHex } from './json.js';

/** Facts by name, as a decoder gives them. */
export type Facts = Readonly<Record<string, unknown>>;

/** A decoder's result as JSON: bytes as digits, what is no data left out. */
export const factsJson = (value: unknown): JsonValue => {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return value;
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(factsJson);
  if (typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, factsJson(member)]));
  return undefined;
};

/**
 * Facts as aligned lines, one each.
 *
 * @param nameOf The name people know a member by. Default: its own in words, `peripheralDeviceType` as `peripheral device type`.
 */
export const factLines = (facts: Facts, nameOf: (member: string) => string = words): string[] => {
  const shown = Object.entries(facts).filter(([, value]) => value !== undefined);
  const width = Math.max(0, ...shown.map(([name]) => nameOf(name).length));
  return shown.map(([name, value]) => `${nameOf(name).padEnd(width)}  ${factText(value)}`);
};

/** A structure of fields that a standard lays out. */
export interface Layout {
  readonly fields: Readonly<Record<string, { readonly name: string }>>;
}

/** Facts under the standard's own names of the fields. */
export const fieldLines = (layout: Layout, facts: Facts): string[] => factLines(facts, (member) => layout.fields[member]?.name ?? words(member));

const words = (name: string): string => name.replaceAll(/(?<=[a-z\d])(?=[A-Z])/gu, ' ').toLowerCase();

const factText = (value: unknown): string => {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value instanceof Uint8Array) return value.length === 0 ? '-' : toHex(value);
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(factText).join(', ');
  if (typeof value === 'object' && value !== null) return Object.entries(value).map(([name, member]) => `${words(name)} ${factText(member)}`).join(', ');
  return String(value);
};
