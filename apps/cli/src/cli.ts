import { outputStream } from '@scst/file-io';
import { Scst } from '@scst/local';
import { EXIT } from './exit-codes.js';
import { type Io } from './io.js';
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

const io: Io = {
  stdin: process.stdin,
  stdout: outputStream(process.stdout),
  stderr: outputStream(process.stderr),
  env: process.env,
  signal: endAtSignals(),
  onHangup: (listener) => {
    process.on('SIGHUP', listener);
    return () => {
      process.off('SIGHUP', listener);
    };
  },
};

process.exitCode = await main(process.argv.slice(2), io, (connect) => Scst.open(connect === undefined ? {} : { connect }));
