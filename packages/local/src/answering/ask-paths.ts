import { decodeName, encodeName } from '@scst/sysfs';
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What a path came to. */
export type PathAnswer =
  | {
      readonly state: 'there';
      /** The path without links. */
      readonly real: string;
    }
  /** It cannot be looked at: `ENOENT`, `ENOTCONN` … */
  | { readonly state: 'refused'; readonly errno: string }
  /** Nobody has answered in time. */
  | { readonly state: 'silent' };

export interface AskOptions {
  /** Milliseconds for an answer to come. Default: {@link PATIENCE}. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Milliseconds that a path's file system has to answer. */
export const PATIENCE = 5000;
/** Milliseconds that the process which asks may take to start, on a busy machine. */
const START = 30_000;
/** What libuv's pool has at most. */
const MOST_THREADS = 1024;

/**
 * Asks for each of the paths in hexadecimal, one a line on standard input, all at a time. statfs first: no cache of the kernel answers that in a server's place.
 */
const PROGRAM = `
const { promises: fs } = require('node:fs');
let input = '';
process.stdin.setEncoding('latin1').on('data', (text) => { input += text; }).on('end', () => {
  const tell = (...words) => process.stdout.write(words.join(' ') + '\\n');
  tell('begins');
  for (const hex of input.split('\\n').filter((line) => line !== '')) {
    const path = Buffer.from(hex, 'hex');
    fs.statfs(path).then(() => fs.realpath(path, 'buffer')).then((real) => tell(hex, 'there', real.toString('hex')), (error) => tell(hex, 'refused', error.code));
  }
});
`;

/**
 * Looks at paths whose file system may never answer: a mount of a server that has stopped. Another process does it. A thread of this one would be
 * stuck for good, and this process could not end.
 *
 * @param paths Absolute; links are followed.
 */
export const askPaths = async (paths: readonly string[], { timeout = PATIENCE, signal }: AskOptions = {}): Promise<ReadonlyMap<string, PathAnswer>> => {
  const answers = new Map<string, PathAnswer>(paths.map((path) => [path, { state: 'silent' }]));
  if (answers.size === 0) return answers;
  signal?.throwIfAborted();
  const asker = spawn(process.execPath, ['-e', PROGRAM], { cwd: '/', env: { UV_THREADPOOL_SIZE: `${Math.min(answers.size, MOST_THREADS)}` }, stdio: ['pipe', 'pipe', 'ignore'] });
  const names = new Map(paths.map((path) => [Buffer.from(encodeName(path)).toString('hex'), path]));
  asker.stdin.on('error', () => undefined).end([...names.keys(), ''].join('\n'));
  await answered(asker, createInterface({ input: asker.stdout }), { timeout, signal }, (line) => {
    const [hex = '', state, value = ''] = line.split(' ');
    const path = names.get(hex);
    if (path === undefined) return;
    answers.set(path, state === 'there' ? { state, real: decodeName(Buffer.from(value, 'hex')) } : { state: 'refused', errno: value });
  });
  return answers;
};

/** Waits until the process has told all, or its time is over. */
const answered = (asker: ChildProcess, lines: ReturnType<typeof createInterface>, { timeout, signal }: AskOptions, told: (line: string) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout;
    const aborted = (): void => {
      leave(() => { reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal?.reason })); });
    };
    const over = (): void => { leave(resolve); };
    const leave = (then: () => void): void => {
      clearTimeout(timer);
      lines.off('close', over);
      signal?.removeEventListener('abort', aborted);
      lines.close();
      // One that waits for a server may not even die: nobody waits for it.
      asker.kill('SIGKILL');
      asker.stdout?.destroy();
      asker.unref();
      then();
    };
    lines.on('line', (line) => {
      if (line !== 'begins') {
        told(line);
        return;
      }
      clearTimeout(timer);
      timer = setTimeout(over, timeout);
    });
    timer = setTimeout(over, START);
    lines.once('close', over);
    asker.once('error', (error) => {
      leave(() => { reject(error); });
    });
    signal?.addEventListener('abort', aborted, { once: true });
  });
