import { type ChildProcess, spawn } from 'node:child_process';
import { PROGRAM } from './program-path.js';

/** The program, running as a process. */
export interface Child {
  readonly process: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves with its exit status, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Resolves when a text has been written on a stream. Rejects when the process ends before. */
  saw(stream: 'stdout' | 'stderr', text: string): Promise<void>;
}

const running = new Set<ChildProcess>();

/** Ends what a test that failed has left running. */
export const endAll = (): void => {
  for (const child of running) child.kill('SIGKILL');
};

/** Starts the program. */
export const startProgram = (words: readonly string[], { env = {}, stdin }: { env?: Readonly<Record<string, string>>; stdin?: string } = {}): Child =>
  startProcess(process.execPath, [PROGRAM, ...words], { env, stdin });

/** Starts any program. */
export const startProcess = (program: string, args: readonly string[], { env = {}, stdin }: { env?: Readonly<Record<string, string>>; stdin?: string | undefined } = {}): Child => {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, SCST_LOCAL_CONNECT: '', ...env } });
  running.add(child);
  const texts = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      texts[stream] += text;
      for (const listener of [...listeners]) listener();
    });
  }
  // A program that does not read its input is none of the tests' business.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const ended = new Promise<number | string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve(code ?? signal ?? 'nothing');
      for (const listener of [...listeners]) listener();
    });
  });
  return {
    process: child,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    ended,
    saw: (stream, text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (texts[stream].includes(text)) resolve();
          else if (child.exitCode !== null || child.signalCode !== null) reject(new Error(`ended without “${text}”: ${texts.stdout}${texts.stderr}`));
          else return;
          listeners.delete(look);
        };
        listeners.add(look);
        look();
      }),
  };
};
