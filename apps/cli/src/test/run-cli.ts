import { PassThrough, Readable } from 'node:stream';
import { Scst } from '@scst/local';
import { type Io } from '../io.js';
import { main } from '../main.js';

/** What a command line came to. */
export interface CliRun {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as bytes. */
  readonly bytes: Buffer;
  /** Standard output as JSON. */
  json(): unknown;
  /** Standard error as JSON: what `--json` makes of an error. */
  error(): { code: string; message: string; hint?: string; exit: number } & Record<string, unknown>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /** People are looking at the streams. */
  readonly terminal?: boolean;
  /** Told all of standard output so far, whenever there is more. */
  readonly onOutput?: (stdout: string) => void;
}

/** Runs a command line in this process, with streams of its own. */
export const runCli = async (words: readonly string[], { env = {}, stdin, signal, terminal = false, onOutput }: RunOptions = {}): Promise<CliRun> => {
  const [out, err] = [collect(terminal), collect(terminal)];
  if (onOutput !== undefined) out.stream.on('data', () => { onOutput(out.bytes().toString()); });
  const io: Io = {
    stdin: Readable.from(stdin === undefined ? [] : [Buffer.from(stdin)]),
    stdout: out.stream,
    stderr: err.stream,
    env,
    signal: signal ?? new AbortController().signal,
    onHangup: () => () => undefined,
  };
  const exit = await main(words, io, (connect) => Scst.open(connect === undefined ? {} : { connect }));
  const [bytes, stderr] = [out.bytes(), err.bytes().toString()];
  const stdout = bytes.toString();
  return {
    exit,
    stdout,
    stderr,
    bytes,
    json: () => JSON.parse(stdout) as unknown,
    error: () => (JSON.parse(stderr) as { error: ReturnType<CliRun['error']> }).error,
  };
};

const collect = (terminal: boolean): { stream: PassThrough & { isTTY: boolean }; bytes: () => Buffer } => {
  const pieces: Buffer[] = [];
  const stream = Object.assign(new PassThrough(), { isTTY: terminal });
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  return { stream, bytes: () => Buffer.concat(pieces) };
};
