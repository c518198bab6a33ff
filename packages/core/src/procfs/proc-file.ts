import { type ByteString } from '../bytes.js';
import { type ScstCore } from '../core.js';
import { ScstError } from '../errors.js';
import { isSpace, untilNul, Words } from '../text/words.js';
import { type AttributeRow, type StoreResult } from '../tree/attribute.js';

/** What directories of procfs have, where those of sysfs have 0755. */
export const PROC_DIRECTORY_MODE = 0o555;

/** A page less the slack the kernel's SCST keeps. */
const MOST_WRITTEN = 4096 - 512;

/** A file of SCST's procfs tree. */
export interface ProcFile<T> {
  readonly name: ByteString;
  /** The whole text. */
  readonly show: (owner: T) => ByteString;
  /** A write, up to its first NUL. Absent: the file cannot be written. */
  readonly store?: (owner: T, text: ByteString) => StoreResult;
  readonly when?: (owner: T) => boolean;
}

/** The row of a file: nothing is cut, and what is too long to write is refused. */
export const procFile = <T>({ name, show, store, when }: ProcFile<T>): AttributeRow<T> => ({
  name,
  mode: store === undefined ? 0o444 : 0o644,
  text: show,
  uncut: true,
  ...(store === undefined
    ? {}
    : {
        raw: true,
        store: (owner: T, text: ByteString): StoreResult => {
          if (text.length > MOST_WRITTEN) throw new ScstError('EOVERFLOW', `one write has ${MOST_WRITTEN} bytes at most, not ${text.length}`);
          return store(owner, untilNul(text));
        },
      }),
  ...(when === undefined ? {} : { when }),
});

/** A command of a file. */
export interface ProcCommand<T> {
  /** How it begins: what is written need only start so. Words that take something end in their one space. */
  readonly start: string;
  /** Carries it out; `words`, separated by white space alone, stands after the start. Throws `ScstError` to refuse. */
  readonly run: (owner: T, words: Words) => void | Promise<void>;
}

/** How a file takes commands. */
export interface ProcCommands<T> {
  readonly commands: readonly ProcCommand<T>[];
  readonly core: (owner: T) => ScstCore;
  /** True: commands must be in lower case. */
  readonly caseSensitive?: boolean;
}

/** What a file of commands does with a write: one command, run under the core's lock. One newline at the end does not count. */
export const commandStore = <T>({ commands, core, caseSensitive = false }: ProcCommands<T>): ((owner: T, text: ByteString) => StoreResult) => {
  return (owner, text) => {
    const line = text.endsWith('\n') ? text.slice(0, -1) : text;
    const compared = caseSensitive ? line : line.toLowerCase();
    const command = commands.find(({ start }) => compared.startsWith(start));
    if (command === undefined) {
      const known = commands.map(({ start }) => start.trimEnd()).join(', ');
      throw new ScstError('EINVAL', `${line === '' ? 'no command is given' : `there is no command ${line}`}; there are ${known}`);
    }
    return core(owner).lock.run(() => command.run(owner, new Words(line.slice(command.start.length), isSpace)));
  };
};

/** Text in columns: each but the last is filled up with spaces, and never cut. */
export const columns = (widths: readonly number[], texts: readonly (string | number)[]): string =>
  `${texts.map((text, index) => String(text).padEnd(widths[index] ?? 0)).join(' ')}\n`;

/** Refuses words that are left over. */
export const noMoreWords = (words: Words): void => {
  const word = words.next();
  if (word !== '') throw new ScstError('EINVAL', `${word} is one word too many`);
};
