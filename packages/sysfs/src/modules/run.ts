import { spawn } from 'node:child_process';

/** What a program left behind. */
export interface ProgramResult {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a module tool prints is short; more than this is not kept. */
const LONGEST_OUTPUT = 1024 * 1024;

/**
 * Runs a program without a shell, with untranslated messages.
 *
 * @throws Node's error (`ENOENT`, `EACCES`) when it cannot be started, `AbortError` when the signal was aborted.
 */
export const run = (program: string, args: readonly string[], signal?: AbortSignal): Promise<ProgramResult> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
      ...(signal === undefined ? {} : { signal }),
    });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        if (output[stream].length < LONGEST_OUTPUT) output[stream] += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => { resolve({ code, ...output }); });
  });
