import { type MgmtParameters } from '@scst/sysfs';
import { usageError } from '../errors.js';

/** `name=value` words as a record of parameters; a name that comes again makes a list. Throws a usage error for any other word. */
export const parseParameters = (words: readonly string[]): MgmtParameters => {
  const parameters = new Map<string, string[]>();
  for (const [name, value] of parseAssignments(words)) parameters.set(name, [...(parameters.get(name) ?? []), value]);
  return Object.fromEntries(parameters);
};

/** `name=value` words in order. Throws a usage error for any other word. */
export const parseAssignments = (words: readonly string[]): (readonly [name: string, value: string])[] =>
  words.map((word) => {
    const at = word.indexOf('=');
    if (at < 1) throw usageError(`“${word}” is no NAME=VALUE`);
    return [word.slice(0, at), word.slice(at + 1)];
  });
