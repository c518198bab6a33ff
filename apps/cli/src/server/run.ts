import { defaultSocket } from '@scst/local';
import { type Context } from '../context.js';
import { reportError } from '../errors.js';
import { endingSignal } from '../io.js';
import { type ServiceNotifier, serviceNotifier } from './notify.js';
import { type RunningServer } from './serve.js';

/** Says where a server is, keeps it until a signal, and stops it. */
export const runUntilSignal = async (context: Context, server: RunningServer): Promise<void> => {
  const manager = serviceNotifier(context.io.env);
  // Who is told that the server is there may send it a signal at once.
  const stopListening = context.io.onHangup(() => {
    void reload(context, server, manager);
  });
  announce(context, server);
  manager.ready(statusOf(server));
  await aborted(context.signal);
  stopListening();
  if (!context.json) context.err.line(`scst-local: ${endingSignal(context.signal)}: ending; a second signal ends at once`);
  manager.stopping('Ending: commands in flight end, what was acknowledged is written back');
  const failures = await server.stop();
  for (const failure of failures) context.complain(reportError(failure));
  await manager.close();
};

const statusOf = ({ socket }: RunningServer): string => `Serving on ${socket}`;

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    // A promise alone does not keep the process; the server's socket does.
    else signal.addEventListener('abort', () => { resolve(); }, { once: true });
  });

const reload = async (context: Context, server: RunningServer, manager: ServiceNotifier): Promise<void> => {
  manager.reloading('Applying the configuration again');
  let status = statusOf(server);
  try {
    await server.reload();
    if (!context.json) context.err.line('scst-local: the configuration was applied again');
  } catch (error) {
    context.complain(reportError(error));
    status = `${status}; the configuration could not be applied again: ${reportError(error).message.split('\n')[0] ?? ''}`;
  }
  // The server goes on either way.
  manager.ready(status);
};

const announce = (context: Context, { socket, stateDirectory, mountDirectory, metricsUrl, portals }: RunningServer): void => {
  if (context.json) {
    context.out.json({ listening: { socket, state: stateDirectory, mount: mountDirectory, metrics: metricsUrl, iscsi: portals.length === 0 ? undefined : portals, pid: process.pid } });
    return;
  }
  const { err } = context;
  const connect = socket === defaultSocket() ? '' : ` --connect ${socket}`;
  err.line(`${err.style('bold', 'SCST in user space')}, process ${process.pid}`);
  err.line(`  socket  ${socket}`);
  err.line(`  state   ${stateDirectory}`);
  if (mountDirectory !== undefined) err.line(`  tree    ${mountDirectory}`);
  if (metricsUrl !== undefined) err.line(`  metrics ${metricsUrl}`);
  if (portals.length > 0) err.line(`  iSCSI   ${portals.join(', ')}`);
  err.line('In another terminal:');
  err.line(`  scst-local${connect} device add disk1 --file disk1.img --create 1G`);
  err.line(`  scst-local${connect} lun add scst_local_tgt disk1`);
  err.line(`  scst-local${connect} tree`);
  err.line('Ctrl-C ends it.');
};
