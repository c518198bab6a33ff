import { styleText } from 'node:util';
import { encodeName } from '@scst/sysfs';
import { type OutputStream } from '../io.js';
import { formatJson, formatJsonLine, type JsonValue } from './json.js';
import { printable } from './printable.js';

/** The formats in use; the names are those of `styleText`. */
export type Style = 'bold' | 'dim' | 'inverse' | 'red' | 'yellow' | 'green' | 'cyan';

/**
 * One of the two output streams. Text goes out as the bytes it stands for, names that are no UTF-8 included. Once the reader has
 * gone away (`scst-local tree | head`), or can take no more (a full disk, which `failure` tells), what follows is dropped and `closed` is true.
 */
export class Output {
  readonly #stream: OutputStream;
  readonly #colour: boolean;
  #closed = false;

  /** @param colour Whether colour may be used when people look at the stream. */
  constructor(stream: OutputStream, colour: boolean) {
    this.#stream = stream;
    this.#colour = colour && stream.isTTY === true;
    stream.on('error', () => {
      this.#closed = true;
    });
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY === true;
  }

  /** Columns of the terminal; unlimited elsewhere. */
  get columns(): number {
    return this.isTerminal ? (this.#stream.columns ?? 80) : Number.POSITIVE_INFINITY;
  }

  /** Rows of the terminal; unlimited elsewhere. */
  get rows(): number {
    return this.isTerminal ? (this.#stream.rows ?? 24) : Number.POSITIVE_INFINITY;
  }

  /** Calls back when the terminal has got another size. Returns what stops that. */
  onResize(listener: () => void): () => void {
    this.#stream.on('resize', listener);
    return () => {
      this.#stream.off('resize', listener);
    };
  }

  /** What kept the stream from taking everything; a reader that went away is no failure. */
  get failure(): Error | undefined {
    // Known before the event that tells of it.
    const error: NodeJS.ErrnoException | null = this.#stream.errored;
    return error === null || error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED' ? undefined : error;
  }

  /** The reader has gone away, or takes no more. */
  get closed(): boolean {
    return this.#closed || this.#stream.destroyed;
  }

  style(style: Style, text: string): string {
    return this.#colour && text !== '' ? styleText(style, text, { validateStream: false }) : text;
  }

  /** {@link style}, as tables take it. */
  readonly bold = (text: string): string => this.style('bold', text);

  line(text = ''): void {
    this.text(`${text}\n`);
  }

  /** On a terminal what is no text, but would move its cursor or worse, is shown as a sign. */
  text(text: string): void {
    this.control(this.isTerminal ? printable(text) : text);
  }

  /** Text of the program's own that tells the terminal what to do. */
  control(sequence: string): void {
    this.bytes(encodeName(sequence));
  }

  /** Queues bytes; {@link flush} waits until they are out. */
  bytes(bytes: Uint8Array): void {
    if (!this.closed) this.#stream.write(bytes);
  }

  json(value: JsonValue): void {
    this.line(formatJson(value));
  }

  /** One of a stream of values, on a line of its own. */
  jsonLine(value: JsonValue): void {
    this.line(formatJsonLine(value));
  }

  /** Resolves when everything queued has been handed on, or its reader has gone away. */
  async flush(): Promise<void> {
    if (this.closed || this.#stream.writableLength === 0) return;
    await new Promise<void>((resolve) => {
      this.#stream.write('', () => {
        resolve();
      });
    });
  }
}
