import { type Argument, type Command, type Option } from 'commander';
import { kindOf } from './definition.js';
import { usageError } from './errors.js';

/**
 * Refuses what a command line cannot have meant, whatever the command: an option whose value was forgotten, so that it took the option behind it
 * (`--file --read-only`), and names and paths that are empty, as an unset variable of a shell makes them (`--state "$STATE"`).
 *
 * @throws CliError `USAGE`.
 */
export const checkWords = (command: Command): void => {
  const own = optionsOf(command);
  const flags = new Set(own.flatMap(({ short, long }) => [short, long]));
  const values = command.optsWithGlobals<Readonly<Record<string, unknown>>>();
  for (const option of own.filter(({ required }) => required)) {
    for (const value of [values[option.attributeName()]].flat()) checkValue(option, value, flags);
  }
  for (const [index, argument] of command.registeredArguments.entries()) {
    if (command.args[index] === '' && mayNotBeEmpty(argument)) throw usageError(`<${argument.name()}> is empty`, `It is ${argument.description}.`);
  }
};

const checkValue = (option: Option, value: unknown, flags: ReadonlySet<string | undefined>): void => {
  if (value === '') throw usageError(`the value of ${option.flags} is empty`);
  if (typeof value === 'string' && flags.has(value)) throw usageError(`${option.flags} has no value; ${value} behind it is an option of its own`, `A file of that name is ./${value}.`);
};

/** The options of a command and of those above it. */
const optionsOf = (command: Command): readonly Option[] => [...command.options, ...(command.parent === null ? [] : optionsOf(command.parent))];

/** An attribute may be set to nothing, and the path of the tree's root is empty; what names an object or a file is not. */
const mayNotBeEmpty = (argument: Argument): boolean => {
  const kind = kindOf(argument);
  return argument.required && !argument.variadic && kind !== 'attribute-path' && kind !== 'mgmt-path';
};
