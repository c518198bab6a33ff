import { type Context } from '../context.js';
import { printable } from '../output/printable.js';

/** Control sequences (ECMA-48, and xterm's private modes). */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_TO_END_OF_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** What one key sends: a control sequence, or a character. */
const KEYS = new RegExp(String.raw`\u001b\[[0-9;]*[A-Za-z~]|\u001bO[A-Z]|[^]`, 'gu');

/** A terminal that a command has to itself until it lets go: its other content comes back then. */
export interface Screen extends Disposable {
  readonly rows: number;
  /** Shows these lines, those that fit; the terminal cuts them at its edge. */
  draw(lines: readonly string[]): void;
}

/**
 * Takes the terminal over.
 *
 * @param onKey Told each key by what it sends: `q`, `\u0003` for Ctrl-C, `\u001b[A` for up.
 */
export const openScreen = (context: Context, onKey: (key: string) => void, onResize: () => void): Screen => {
  const { out, io } = context;
  const { stdin } = io;
  const typed = (data: Buffer | string): void => {
    for (const [key] of data.toString().matchAll(KEYS)) onKey(key);
  };
  out.control(ENTER);
  const raw = stdin.isTTY === true;
  if (raw) {
    stdin.setRawMode?.(true);
    stdin.on('data', typed);
  }
  const stopResize = out.onResize(onResize);
  return {
    get rows() {
      return out.rows;
    },
    draw: (lines) => {
      const shown = lines.slice(0, out.rows).map((line) => `${printable(line)}${CLEAR_TO_END_OF_LINE}`);
      out.control(`${HOME}${shown.join('\r\n')}${CLEAR_BELOW}`);
    },
    [Symbol.dispose]: () => {
      stopResize();
      if (raw) {
        stdin.off('data', typed);
        stdin.setRawMode?.(false);
        // A terminal that is read keeps the process.
        stdin.pause();
      }
      out.control(LEAVE);
    },
  };
};
