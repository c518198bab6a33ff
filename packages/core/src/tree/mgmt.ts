import { type ByteString } from '../bytes.js';
import { ScstError } from '../errors.js';
import { firstLine, parameterStretches, Words } from '../text/words.js';
import { type AttributeRow } from './attribute.js';
import { Queued, type WorkContext, type WorkResult } from './work-queue.js';

/** Commands executed in place never wait, and leave nothing to clean up. */
const IN_PLACE: WorkContext = { abandoned: new Promise<void>(() => undefined), cleanUp: () => undefined };

/** A command of a mgmt file. */
export interface CommandRow<T> {
  /** Its first word, in lower case: letter case does not count. */
  readonly word: string;
  /** How it is written, for the usage text: `add_target NAME [parameters]`. */
  readonly usage: string;
  /** Carries it out; `words` stands after the first. Throws `ScstError` to refuse. */
  readonly run: (owner: T, words: Words, context: WorkContext) => WorkResult;
}

/** The grammar of a mgmt file. */
export interface Mgmt<T> {
  readonly commands: readonly CommandRow<T>[];
  /** What is said in the usage text beneath the commands. */
  readonly notes?: string;
  /** Text is cut at its first newline (SPEC sysfs 1.2). */
  readonly firstLineOnly?: boolean;
  /** Executed in place: `last_sysfs_mgmt_res` is left alone. */
  readonly inPlace?: boolean;
  /** Takes the words no command is known for. Absent: `EINVAL`. */
  readonly other?: (owner: T, words: Words, context: WorkContext) => WorkResult;
  readonly when?: (owner: T) => boolean;
}

/** The mgmt file of a grammar. */
export const mgmtRow = <T>(mgmt: Mgmt<T>): AttributeRow<T> => {
  const usage = `Usage: ${mgmt.commands.map(({ usage: line }) => `echo "${line}" >mgmt\n`).join('       ')}${mgmt.notes ?? ''}`;
  const commands = new Map(mgmt.commands.map((row) => [row.word, row]));
  return {
    name: 'mgmt',
    mode: 0o644,
    text: () => usage,
    store: (owner, text) => {
      const words = new Words(mgmt.firstLineOnly === true ? firstLine(text) : text);
      const word = words.next();
      const run = commands.get(word.toLowerCase())?.run ?? mgmt.other;
      if (mgmt.inPlace === true) {
        if (run === undefined) throw unknownCommand(word, mgmt.commands);
        void run(owner, words, IN_PLACE);
        return undefined;
      }
      return new Queued((context) => {
        if (run === undefined) throw unknownCommand(word, mgmt.commands);
        return run(owner, words, context);
      });
    },
    ...(mgmt.when === undefined ? {} : { when: mgmt.when }),
  };
};

const unknownCommand = <T>(word: ByteString, commands: readonly CommandRow<T>[]): ScstError =>
  new ScstError('EINVAL', `${word === '' ? 'no command is given' : `there is no command ${word}`}; there are ${commands.map((row) => row.word).join(', ')}`);

/** The next word, which must be there. */
export const required = (words: Words, what: string): ByteString => {
  const word = words.next();
  if (word === '') throw new ScstError('EINVAL', `${what} is missing`);
  return word;
};

/** Refuses words that are left over. */
export const nothingMore = (words: Words): void => {
  const word = words.next();
  if (word !== '') throw new ScstError('EINVAL', `${word} is one word too many`);
};

/** The parameters `name=value` of a LUN or device, each with exactly one value. Throws `EINVAL` when it comes to one that has not. */
export function* parameters(text: ByteString): Generator<readonly [name: ByteString, value: ByteString]> {
  for (const stretch of parameterStretches(text)) {
    const words = new Words(stretch);
    const name = required(words, 'the name of a parameter');
    const value = required(words, `the value of parameter ${name}`);
    nothingMore(words);
    yield [name, value];
  }
}

/** The note on a file's parameters that administration tools read. */
export const parametersNote = (names: readonly string[]): string => `\nThe following parameters available: ${names.join(', ')}\n`;
