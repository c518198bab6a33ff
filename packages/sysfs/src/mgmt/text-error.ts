/** What is wrong with a text that was not sent. */
export interface CommandTextErrorDetails {
  /** The word, parameter or value at fault. */
  text: string;
  /** Offset of the offending byte in it, when it is one byte that is at fault. */
  offset?: number | undefined;
  /** The offending byte. */
  byte?: number | undefined;
}

/**
 * A text that cannot say what was meant was not sent: the kernel's commands have no quoting (SPEC 1.2), so a name with a
 * blank would become two words, and a text longer than one write would become two commands.
 */
export class CommandTextError extends Error {
  readonly code = 'ERR_COMMAND_TEXT';
  readonly text: string;
  readonly offset: number | undefined;
  readonly byte: number | undefined;

  constructor(message: string, { text, offset, byte }: CommandTextErrorDetails) {
    super(message);
    this.name = 'CommandTextError';
    this.text = text;
    this.offset = offset;
    this.byte = byte;
  }
}
