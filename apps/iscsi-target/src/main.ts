import { CommanderError } from 'commander';
import { EXIT } from './exit-codes.js';
import { createProgram, type Io } from './program.js';
import { type ErrorReport, reportError } from './report-error.js';

/** Runs one command line and returns the status to end with. Never rejects. */
export const main = async (words: readonly string[], io: Io): Promise<number> => {
  try {
    await createProgram(io).parseAsync([...words], { from: 'user' });
    return EXIT.OK;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.OK;
    if (error instanceof CommanderError && error.code === 'commander.help') return EXIT.USAGE;
    const { code, message, hint, exit } = io.signal.aborted ? endedBy(io.signal) : reportError(error);
    if (words.includes('--json')) io.err(`${JSON.stringify({ error: { code, message, hint, exit } })}\n`);
    else io.err(`scst-iscsi-target: ${message}\n${hint === undefined ? '' : `  ${hint}\n`}`);
    return exit;
  }
};

/** What was under way fails at a signal; that it was ended says more than how. */
const endedBy = ({ reason }: AbortSignal): ErrorReport => ({ code: 'ABORTED', message: `ended by ${String(reason)}`, exit: reason === 'SIGTERM' ? EXIT.TERMINATED : EXIT.INTERRUPTED });
