import { type WaitingForCommand } from '@scst/sysfs';
import { type Context } from '../context.js';

/** Milliseconds after which people want to know why nothing happens. */
const PATIENCE = 2000;

/** Says once, to people, that SCST is taking its time over a command. */
export const waitingReporter = (context: Context): ((waiting: WaitingForCommand) => void) => {
  let said = false;
  return ({ path, elapsed }) => {
    if (said || context.json || !context.err.isTerminal || elapsed < PATIENCE) return;
    said = true;
    context.err.line(`scst-local: SCST is still carrying out the command for ${path}; Ctrl-C stops the waiting, not the command`);
  };
};
