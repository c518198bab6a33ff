import { spawn, type StdioOptions } from 'node:child_process';
import { FuseError } from '../errors.js';

/** Programs of the system, also where a service's PATH lacks their directories; their messages in English. */
export const programEnvironment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/bin:/sbin:/bin`,
  LC_ALL: 'C',
});

/** How a program ended. */
export interface ProgramResult {
  /** Exit status; undefined when a signal ended it, as after the timeout. */
  readonly status: number | undefined;
  readonly stderr: string;
}

/**
 * Runs a program to its end, without blocking: it may well ask something of a mount this process serves.
 *
 * @param descriptors Passed to it as 3 and on.
 * @throws FuseError `NO_PROGRAM` when it is not installed.
 */
export const runProgram = (program: string, args: readonly string[], timeout: number, descriptors: readonly number[] = []): Promise<ProgramResult> =>
  new Promise((resolve, reject) => {
    const stdio: StdioOptions = ['ignore', 'ignore', 'pipe', ...descriptors];
    const child = spawn(program, args, { stdio, env: programEnvironment(), timeout, killSignal: 'SIGKILL' });
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
    child.on('error', (cause) => {
      reject(new FuseError('NO_PROGRAM', `cannot run ${program}: ${cause.message}`, { hint: `Install ${program} (util-linux).`, cause }));
    });
    child.on('close', (status) => { resolve({ status: status ?? undefined, stderr: stderr.trim() }); });
  });
