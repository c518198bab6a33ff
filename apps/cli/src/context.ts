import { setMaxListeners } from 'node:events';
import { type Scst } from '@scst/local';
import { type ErrorReport } from './errors.js';
import { type Io } from './io.js';
import { type JsonValue } from './output/json.js';
import { Output } from './output/output.js';

/** How an SCST is found: `kernel`, a socket, a directory; undefined: wherever there is one. */
export type Opener = (connect: string | undefined) => Promise<Scst>;

/** What the commands share: the streams, the options that every command has, and the way to an SCST. */
export class Context {
  readonly io: Io;
  readonly out: Output;
  readonly err: Output;
  readonly #opener: Opener;
  /** `--json` */
  json: boolean;
  /** `--connect`, or what the environment says. */
  connect: string | undefined;

  constructor(io: Io, opener: Opener, { json = false }: { json?: boolean } = {}) {
    // Every operation under way listens, and there may be many at a time.
    setMaxListeners(0, io.signal);
    const colour = (io.env['NO_COLOR'] ?? '') === '';
    this.io = io;
    this.out = new Output(io.stdout, colour);
    this.err = new Output(io.stderr, colour);
    this.#opener = opener;
    this.json = json;
    this.connect = nonEmpty(io.env['SCST_LOCAL_CONNECT']);
  }

  get signal(): AbortSignal {
    return this.io.signal;
  }

  /**
   * Opens an SCST for the time of the work. After a signal the work has a moment to end by itself, and is then left where it is; with
   * `endsItself` it has all the time that it takes to come to an end that can be told, until a second signal.
   */
  async withScst<T>(work: (scst: Scst) => Promise<T>, { endsItself = false }: { endsItself?: boolean } = {}): Promise<T> {
    const scst = await this.#opener(this.connect);
    try {
      return await (endsItself ? work(scst) : endingWith(this.signal, work(scst)));
    } finally {
      await scst.close();
    }
  }

  /** Prints a result: the value with `--json`, otherwise the text. An empty text prints nothing. */
  result(value: JsonValue, text: string | readonly string[]): void {
    if (this.json) this.out.json(value);
    else if (typeof text === 'string') this.out.text(text);
    else for (const line of text) this.out.line(line);
  }

  /** Something worth knowing that is no error, on standard error. */
  warn(message: string): void {
    if (this.json) this.err.json({ warning: { message } });
    else this.err.line(`${this.err.style('yellow', 'scst-local: warning:')} ${message}`);
  }

  /** Says what went wrong, on standard error. */
  complain({ code, message, hint, exit, details }: ErrorReport): void {
    if (this.json) {
      this.err.json({ error: { code, message, hint, exit, ...details } });
      return;
    }
    this.err.line(`${this.err.style('red', 'scst-local:')} ${message}`);
    if (hint !== undefined) this.err.line(`  ${hint}`);
  }
}

/** Milliseconds that work has after a signal. */
const GRACE = 1000;

const endingWith = async <T>(signal: AbortSignal, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  let end = (): void => undefined;
  const late = new Promise<never>((_, reject) => {
    end = () => {
      timer = setTimeout(() => {
        reject(new Error('interrupted', { cause: signal.reason }));
      }, GRACE);
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    signal.removeEventListener('abort', end);
    clearTimeout(timer);
    // What the work comes to after it was left interests nobody.
    work.catch(() => undefined);
  }
};

const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text);
