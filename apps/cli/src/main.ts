import { ApplyError } from '@scst/config';
import { CommanderError } from 'commander';
import { Context, type Opener } from './context.js';
import { CliError, reportError } from './errors.js';
import { EXIT } from './exit-codes.js';
import { endingSignal, type Io } from './io.js';
import { createProgram } from './program.js';

/**
 * Runs one command line and returns the status to end with. Never rejects.
 *
 * @param words The words after the program's name.
 */
export const main = async (words: readonly string[], io: Io, opener: Opener): Promise<number> => {
  const context = new Context(io, opener, { json: asksForJson(words) });
  const exit = await run(words, context);
  await context.out.flush();
  const { failure } = context.out;
  if (failure !== undefined) context.complain(reportError(new CliError('OUTPUT', `standard output took only a part of what was printed: ${failure.message}`, { cause: failure })));
  await context.err.flush();
  return failure !== undefined && exit === EXIT.OK ? EXIT.FAILED : exit;
};

const run = async (words: readonly string[], context: Context): Promise<number> => {
  try {
    await createProgram(context).parseAsync([...words], { from: 'user' });
    return EXIT.OK;
  } catch (error) {
    // Help and the version have been printed; commander ends with an error even so.
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.OK;
    // A family without its command: its help has been printed, on standard error.
    if (error instanceof CommanderError && error.code === 'commander.help') return EXIT.USAGE;
    if (context.signal.aborted) {
      const signal = endingSignal(context.signal);
      const exit = signal === 'SIGTERM' ? EXIT.TERMINATED : EXIT.INTERRUPTED;
      // What was half done is said; other errors only tell of the end itself.
      const half = error instanceof ApplyError ? `: ${error.message}` : '';
      const hint = error instanceof ApplyError ? 'config plan prints what is left; another apply goes on from here.' : undefined;
      context.complain({ ...reportError(error), message: `ended by ${signal}${half}`, hint, exit });
      return exit;
    }
    const report = reportError(error);
    context.complain(report);
    return report.exit;
  }
};

/** Whether errors are to be JSON, known before the command line has been understood. */
const asksForJson = (words: readonly string[]): boolean => {
  const end = words.indexOf('--');
  return (end < 0 ? words : words.slice(0, end)).includes('--json');
};
