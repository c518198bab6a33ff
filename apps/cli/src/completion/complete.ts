import { type Argument, type Command, type Option } from 'commander';
import { kindOf, type ValueKind } from '../definition.js';

/** What may stand at the cursor. */
export interface Completion {
  /** `values`: the candidates; otherwise the shell knows better. */
  readonly mode: 'values' | 'files' | 'directories';
  readonly candidates: readonly Candidate[];
}

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** Finds the values of a kind that begin with a word; what needs an SCST to know. */
export type ValueFinder = (kind: ValueKind, word: string) => Promise<readonly string[]>;

/**
 * What may stand in the place of the last word.
 *
 * @param words The words after the program's name.
 */
export const complete = async (program: Command, words: readonly string[], find: ValueFinder): Promise<Completion> => {
  const typed = words.at(-1) ?? '';
  const place = findPlace(program, words.slice(0, -1));
  const found = await candidatesAt(place, typed, find);
  return { ...found, candidates: found.candidates.filter(({ value }) => value.startsWith(typed)) };
};

/** Where on the command line the cursor is. */
interface Place {
  readonly command: Command;
  /** Arguments of the command before the cursor. */
  readonly position: number;
  /** The option whose value is being typed. */
  readonly option: Option | undefined;
  /** After `--`: no options any more. */
  readonly ended: boolean;
}

const findPlace = (program: Command, before: readonly string[]): Place => {
  let command = program;
  let position = 0;
  let option: Option | undefined;
  let ended = false;
  for (const word of before) {
    if (option !== undefined) {
      option = undefined;
    } else if (!ended && word === '--') {
      ended = true;
    } else if (!ended && word.startsWith('-') && word !== '-') {
      const known = optionsOf(command).find(({ short, long }) => word === short || word === long);
      option = known !== undefined && (known.required || known.optional) ? known : undefined;
    } else {
      const below = position === 0 ? command.commands.find((child) => child.name() === word || child.aliases().includes(word)) : undefined;
      command = below ?? command;
      position = below === undefined ? position + 1 : 0;
    }
  }
  return { command, position, option, ended };
};

/** The options of a command and of those above it, which it takes as well. */
const optionsOf = (command: Command): Option[] => [...command.options, ...(command.parent === null ? [] : optionsOf(command.parent))];

const candidatesAt = async ({ command, position, option, ended }: Place, typed: string, find: ValueFinder): Promise<Completion> => {
  if (option !== undefined) return await valuesOf(option, typed, find);
  const assigned = /^(--[\w-]+)=(.*)$/u.exec(typed);
  if (!ended && assigned !== null) return await assignedValue(command, assigned[1] ?? '', assigned[2] ?? '', find);
  if (!ended && typed.startsWith('-')) {
    const offered = [...optionsOf(command).filter((known) => !known.hidden), ...helpOption(command)];
    return values(offered.map(({ long, short, description }) => ({ value: long ?? short ?? '', description })));
  }
  const visible = command.createHelp().visibleCommands(command);
  if (position === 0 && command.commands.length > 0) return values(visible.map((child) => ({ value: child.name(), description: child.description() })));
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  const argument = registeredArguments[position] ?? (last?.variadic === true ? last : undefined);
  return argument === undefined ? values([]) : await valuesOf(argument, typed, find);
};

const helpOption = (command: Command): Option[] => command.createHelp().visibleOptions(command).filter(({ long }) => long === '--help');

const assignedValue = async (command: Command, name: string, typed: string, find: ValueFinder): Promise<Completion> => {
  const option = optionsOf(command).find(({ long }) => long === name);
  if (option === undefined) return values([]);
  const { candidates } = await valuesOf(option, typed, find);
  return values(candidates.map(({ value, description }) => ({ value: `${name}=${value}`, description })));
};

const valuesOf = async (given: Argument | Option, typed: string, find: ValueFinder): Promise<Completion> => {
  const kind = kindOf(given);
  if (kind === 'file') return { mode: 'files', candidates: [] };
  if (kind === 'directory') return { mode: 'directories', candidates: [] };
  const found = given.argChoices ?? (kind === undefined ? [] : await find(kind, typed));
  return values(found.map((value) => ({ value, description: '' })));
};

const values = (candidates: readonly Candidate[]): Completion => ({ mode: 'values', candidates });
