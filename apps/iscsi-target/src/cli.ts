import { outputStream } from '@scst/file-io';
import { EXIT } from './exit-codes.js';
import { main } from './main.js';

/** The first signal asks for an end, the second one ends the program wherever it is. */
const endAtSignals = (): AbortSignal => {
  const controller = new AbortController();
  const ends = { SIGINT: EXIT.INTERRUPTED, SIGTERM: EXIT.TERMINATED } as const;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(ends[signal]);
      controller.abort(signal);
    });
  }
  return controller.signal;
};

/** The stream's writer, and what kept it from taking everything; a reader that went away is no failure, and ends no server. */
const writerOf = (stream: Parameters<typeof outputStream>[0]): { readonly write: (text: string) => void; readonly failure: () => Error | undefined } => {
  const output = outputStream(stream);
  let failure: Error | undefined;
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') failure ??= error;
  });
  return { write: (text) => { output.write(text); }, failure: () => failure };
};

const [out, err] = [writerOf(process.stdout), writerOf(process.stderr)];

process.exitCode = await main(process.argv.slice(2), {
  out: out.write,
  err: err.write,
  signal: endAtSignals(),
  onHangup: (listener) => {
    process.on('SIGHUP', listener);
    return () => process.off('SIGHUP', listener);
  },
});

// A file has failed by now; a pipe that is not read keeps the process until it is.
process.on('exit', () => {
  const failure = out.failure();
  if (failure === undefined) return;
  const message = `standard output took only a part of what was printed: ${failure.message}`;
  err.write(process.argv.includes('--json') ? `${JSON.stringify({ error: { code: 'OUTPUT', message, exit: EXIT.FAILED } })}\n` : `scst-iscsi-target: ${message}\n`);
  process.exitCode ||= EXIT.FAILED;
});
