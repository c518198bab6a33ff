import { checkWord, CommandTextError } from '@scst/sysfs';
import { pairsOf, valueOf, type Attributes } from '../model/config.js';

/** Attributes that follow others: `cluster_mode` forbids to set the identity (SPEC 9.2), `active` opens the file. */
export const LAST: readonly string[] = ['cluster_mode', 'active'];

/** Splits attributes into parameters of `add_device` and what is set afterwards. */
export const splitAttributes = (attributes: Attributes, parameters: ReadonlySet<string>): { given: [string, string][]; later: [string, string][] } => {
  const given: [string, string][] = [];
  const later: [string, string][] = [];
  let closed = false;
  for (const [name, value] of pairsOf(attributes)) {
    if (!parameters.has(name) || value === '') later.push([name, value]);
    else if (isWord(value)) given.push([name, value]);
    else {
      later.push([name, value]);
      closed ||= name === 'filename';
    }
  }
  if (closed) {
    // A path with blanks cannot be a parameter: the device is made closed and the path written afterwards, where it is one value.
    const active = valueOf(attributes, 'active') ?? '1';
    const others = given.filter(([name]) => name !== 'active');
    return { given: [['filename', '/'], ...others, ['active', '0']], later: [...later, ...(active === '0' ? [] : ([['active', active]] as [string, string][]))] };
  }
  // cluster_mode stands last, since it forbids what comes after it.
  const order = (pairs: [string, string][]): [string, string][] => [...pairs.filter(([name]) => !LAST.includes(name)), ...LAST.flatMap((last) => pairs.filter(([name]) => name === last))];
  return { given: order(given), later: order(later) };
};

const isWord = (value: string): boolean => {
  try {
    checkWord(value, 'value', { parameter: true });
    return true;
  } catch (error) {
    if (error instanceof CommandTextError) return false;
    throw error;
  }
};
