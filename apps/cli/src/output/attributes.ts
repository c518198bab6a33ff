import { type AttributeText } from '@scst/sysfs';
import { type JsonValue } from './json.js';
import { formatTable } from './table.js';

/** Attributes as a table; `*` marks those that carry the `[key]` mark. Values of several lines are cut to the first. */
export const attributesTable = (attributes: ReadonlyMap<string, AttributeText>, bold: (text: string) => string): string =>
  formatTable(
    [{ heading: 'ATTRIBUTE' }, { heading: ' ' }, { heading: 'VALUE' }],
    [...attributes].map(([name, { value, key }]) => [name, key ? '*' : '', firstLine(value)]),
    bold,
  );

const firstLine = (value: string): string => {
  const [first = '', ...others] = value.split('\n');
  return others.length === 0 ? first : `${first} …`;
};

/** Attributes by name as JSON: `{value, key}` each. */
export const attributesJson = (attributes: ReadonlyMap<string, AttributeText>): Readonly<Record<string, JsonValue>> =>
  Object.fromEntries([...attributes].map(([name, { value, key }]) => [name, { value, key }]));
