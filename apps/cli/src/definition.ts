import { Argument, type Command, Option } from 'commander';

/** A line of a command's help that can be typed as it stands. */
export interface Example {
  readonly command: string;
  /** What it does, without a full stop. */
  readonly does: string;
}

/** What commander has no place for; help, the man page and the README's table are made of it. */
export interface Notes {
  readonly examples: readonly Example[];
  /** Paragraphs after the options. */
  readonly text?: readonly string[];
}

/** What an argument or an option's value stands for; decides what TAB offers. */
export type ValueKind =
  | 'target'
  | 'session'
  | 'lun-address'
  | 'lun-set'
  | 'group'
  | 'device'
  | 'handler'
  | 'driver'
  | 'module'
  | 'attribute-path'
  | 'mgmt-path'
  | 'file'
  | 'directory';

const notes = new WeakMap<Command, Notes>();
const kinds = new WeakMap<Argument | Option, ValueKind>();

/** Gives a command its examples, which its help shows too. */
export const annotate = (command: Command, given: Notes): Command => {
  notes.set(command, given);
  return command.addHelpText('after', () => {
    const lines = [...(given.text ?? []).flatMap((paragraph) => ['', paragraph])];
    if (given.examples.length > 0) lines.push('', 'Examples:', ...given.examples.flatMap((example) => [`  $ ${example.command}`, `      ${example.does}`]));
    return lines.join('\n');
  });
};

/** A command that has nothing but commands below it. */
export const addFamily = (program: Command, name: string, description: string): Command => annotate(program.command(name).description(description), { examples: [] });

export const notesOf = (command: Command): Notes => notes.get(command) ?? { examples: [] };

export const kindOf = (value: Argument | Option): ValueKind | undefined => kinds.get(value);

/** An argument whose values TAB can offer. */
export const argument = (name: string, description: string, kind?: ValueKind): Argument => {
  const made = new Argument(name, description);
  if (kind !== undefined) kinds.set(made, kind);
  return made;
};

/** An option whose value TAB can offer. */
export const option = (flags: string, description: string, kind?: ValueKind): Option => {
  const made = new Option(flags, description);
  if (kind !== undefined) kinds.set(made, kind);
  return made;
};

/** Takes an option that may be given several times. */
export const collect = <T>(parse: (text: string) => T): ((text: string, before: readonly T[] | undefined) => readonly T[]) => (text, before) => [...(before ?? []), parse(text)];

/** A value as it was given. */
export const asGiven = (text: string): string => text;
