import { MAX_ATTRIBUTE_WRITE } from '../attribute/text.js';
import { encodeName } from '../names.js';
import { CommandTextError } from './text-error.js';

/** A value of a parameter. Booleans are sent as `1` and `0`. */
export type MgmtValue = string | number | bigint | boolean;

/** Parameters of a command; a list gives the parameter once per item, in order; `undefined` leaves it out. */
export type MgmtParameters = Readonly<Record<string, MgmtValue | readonly MgmtValue[] | undefined>>;

/** Bytes that end a word wherever it stands: NUL, the kernel's white space (the byte A0 included) and `=` (SPEC 1.2). */
const WORD_ENDS: ReadonlyMap<number, string> = new Map([
  [0x00, 'NUL'],
  [0x09, 'tab'],
  [0x0a, 'newline'],
  [0x0b, 'vertical tab'],
  [0x0c, 'form feed'],
  [0x0d, 'carriage return'],
  [0x20, 'space'],
  [0x3d, '“=”'],
  [0xa0, 'no-break space, also the last byte of some UTF-8 characters such as “à”'],
]);

const SEMICOLON = 0x3b;

/** What {@link checkWord} looks at. */
export interface CheckWordOptions {
  /** The word is (part of) a parameter, where `;` separates. Default: false. */
  parameter?: boolean | undefined;
}

/**
 * Checks that a word reaches the kernel as one word, whatever bytes it has.
 *
 * @param role What the word is, for the error: `target name`.
 * @throws CommandTextError that names the first byte the kernel would take for the end of the word.
 */
export const checkWord = (word: string, role = 'word', { parameter = false }: CheckWordOptions = {}): void => {
  const bytes = encodeName(word);
  if (bytes.length === 0) throw new CommandTextError(`the ${role} is empty: the kernel’s commands cannot say that`, { text: word });
  for (const [offset, byte] of bytes.entries()) {
    const meaning = WORD_ENDS.get(byte) ?? (parameter && byte === SEMICOLON ? '“;”' : undefined);
    if (meaning === undefined) continue;
    const where = `byte 0x${byte.toString(16).padStart(2, '0')} (${meaning}) at offset ${offset}`;
    throw new CommandTextError(`the ${role} ${JSON.stringify(word)} cannot be sent: ${where} would end it, and the kernel’s commands have no quoting`, {
      text: word,
      offset,
      byte,
    });
  }
};

const valueText = (value: MgmtValue): string => (typeof value === 'boolean' ? (value ? '1' : '0') : String(value));

/**
 * The text of a management command: words divided by single blanks, then `name=value` divided by `; `. Nothing stands after the
 * last value, since a blank after a last `;` is an error in some commands (SPEC 1.2).
 *
 * @example
 * mgmtCommand(['add_target', 't1'], { session_name: ['a', 'b'] }) // add_target t1 session_name=a; session_name=b
 * @throws CommandTextError when a word, name or value would not arrive as written, or the whole exceeds one write (4096 bytes).
 */
export const mgmtCommand = (words: readonly string[], parameters: MgmtParameters = {}): Uint8Array => {
  if (words.length === 0) throw new CommandTextError('a command needs at least one word', { text: '' });
  for (const [index, word] of words.entries()) checkWord(word, index === 0 ? 'command' : 'word');
  const assignments = Object.entries(parameters).flatMap(([name, given]) => {
    const values = given === undefined ? [] : Array.isArray(given) ? (given as readonly MgmtValue[]) : [given as MgmtValue];
    checkWord(name, 'parameter name', { parameter: true });
    return values.map((value) => {
      const text = valueText(value);
      checkWord(text, `value of ${name}`, { parameter: true });
      return `${name}=${text}`;
    });
  });
  const text = [words.join(' '), assignments.join('; ')].filter((part) => part !== '').join(' ');
  const bytes = encodeName(text);
  if (bytes.length > MAX_ATTRIBUTE_WRITE) {
    throw new CommandTextError(`the command has ${bytes.length} bytes; one write takes ${MAX_ATTRIBUTE_WRITE}, and the rest would be a second command`, { text });
  }
  return bytes;
};
