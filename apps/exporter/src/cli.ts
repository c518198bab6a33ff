import { outputStream } from '@scst/file-io';
import { main } from './main.js';

const ending = new AbortController();
const onSignal = (signal: NodeJS.Signals): void => {
  // A second signal ends the program wherever it is.
  if (ending.signal.aborted) endBy(signal);
  ending.abort(signal);
};

/** Ends the process as the signal does to one that does not handle it: process.exit() would wait for threads that hang in the kernel. */
const endBy = (signal: NodeJS.Signals): void => {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
};

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);

const { exit, stuck } = await main(process.argv.slice(2), {
  stdout: outputStream(process.stdout),
  stderr: outputStream(process.stderr),
  env: process.env,
  signal: ending.signal,
  onHangup: (listener) => {
    process.on('SIGHUP', listener);
    return () => {
      process.off('SIGHUP', listener);
    };
  },
});
process.exitCode = exit;
if (stuck) endBy(ending.signal.reason === 'SIGINT' ? 'SIGINT' : 'SIGTERM');
