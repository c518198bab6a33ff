import { defaultSocket } from '@scst/local';
import { type Context } from '../context.js';
import { reportError } from '../errors.js';
import { endingSignal } from '../io.js';
import { notifyReady } from './notify.js';
import { type RunningServer } from './serve.js';

/** Says where a server is, keeps it until a signal, and stops it. */
export const runUntilSignal = async (context: Context, server: RunningServer): Promise<void> => {
  // Who is told that the server is there may send it a signal at once.
  const stopListening = context.io.onHangup(() => {
    void reload(context, server);
  });
  announce(context, server);
  notifyReady(context.io.env);
  await aborted(context.signal);
  stopListening();
  if (!context.json) context.err.line(`scst-local: ${endingSignal(context.signal)}: ending; a second signal ends at once`);
  const failures = await server.stop();
  for (const failure of failures) context.complain(reportError(failure));
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    // A promise alone does not keep the process; the server's socket does.
    else signal.addEventListener('abort', () => { resolve(); }, { once: true });
  });

const reload = async (context: Context, server: RunningServer): Promise<void> => {
  try {
    await server.reload();
    if (!context.json) context.err.line('scst-local: the configuration was applied again');
  } catch (error) {
    context.complain(reportError(error));
  }
};

const announce = (context: Context, { socket, stateDirectory, mountDirectory, metricsUrl }: RunningServer): void => {
  if (context.json) {
    context.out.json({ listening: { socket, state: stateDirectory, mount: mountDirectory, metrics: metricsUrl, pid: process.pid } });
    return;
  }
  const { err } = context;
  const connect = socket === defaultSocket() ? '' : ` --connect ${socket}`;
  err.line(`${err.style('bold', 'SCST in user space')}, process ${process.pid}`);
  err.line(`  socket  ${socket}`);
  err.line(`  state   ${stateDirectory}`);
  if (mountDirectory !== undefined) err.line(`  tree    ${mountDirectory}`);
  if (metricsUrl !== undefined) err.line(`  metrics ${metricsUrl}`);
  err.line('In another terminal:');
  err.line(`  scst-local${connect} device add disk1 --file disk1.img --create 1G`);
  err.line(`  scst-local${connect} lun add scst_local_tgt disk1`);
  err.line(`  scst-local${connect} tree`);
  err.line('Ctrl-C ends it.');
};
