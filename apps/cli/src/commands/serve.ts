import { resolve } from 'node:path';
import { defaultSocket, defaultStateDirectory } from '@scst/local';
import { type Command, Option } from 'commander';
import { type Context } from '../context.js';
import { annotate, collect, option } from '../definition.js';
import { reportError, usageError } from '../errors.js';
import { endingSignal } from '../io.js';
import { configFile } from '../server/config.js';
import { chooseModules, type ModuleChoice, parseModule } from '../server/modules.js';
import { type Profile, PROFILES, type RunningServer, startServer } from '../server/serve.js';

interface ServeFlags {
  socket: string;
  state: string;
  profile: Profile;
  module?: readonly ModuleChoice[];
  /** `false` with `--no-modules`. */
  modules: boolean;
  mount?: string;
  config?: string;
  saveOnExit?: boolean;
}

export const addServeCommand = (program: Command, context: Context): void => {
  const command = program
    .command('serve')
    .description('run an SCST in user space, in the foreground')
    .addOption(option('--socket <path>', 'unix socket to listen on', 'file').default(defaultSocket()))
    .addOption(option('--state <directory>', 'where persistent reservations and saved mode pages are kept; of one server at a time', 'directory').default(defaultStateDirectory()))
    .addOption(option('--config <file>', 'configuration (scst.conf) to apply at start, and again on SIGHUP', 'file'))
    .option('--save-on-exit', 'write the configuration back to that file at the end')
    .addOption(option('--mount <directory>', 'mount the tree there as well, for programs that want files (FUSE)', 'directory'))
    .addOption(new Option('--profile <name>', 'whose behaviour: scst as documented, as recorded from SCST bug for bug, or as the T10 standards ask').choices(PROFILES).default('scst'))
    .addOption(
      option('--module <name[,parameter=value…]>', 'load this module too, or with these parameters; may be given several times (default: scst, scst_vdisk, scst_local)', 'module').argParser(
        collect(parseModule),
      ),
    )
    .option('--no-modules', 'load only the modules given with --module')
    .action(async (flags: ServeFlags) => {
      await serve(context, flags);
    });
  annotate(command, {
    text: [
      'SIGINT and SIGTERM end it: no more commands are taken, those in flight end, everything acknowledged is written back, and the socket is removed. A second signal ends it at once.',
    ],
    examples: [
      { command: 'scst-local serve', does: 'listen on the default socket, where the other commands look' },
      { command: 'scst-local serve --socket /tmp/scst/s --state /tmp/scst/state', does: 'as any user; the others need --connect /tmp/scst/s' },
      { command: 'scst-local serve --config /etc/scst.conf --mount /mnt/scst', does: 'with a configuration, and as files' },
      { command: 'scst-local serve --module scst_local,add_default_tgt=0', does: 'without the default target' },
    ],
  });
};

const serve = async (context: Context, flags: ServeFlags): Promise<void> => {
  const { config, saveOnExit = false } = flags;
  if (saveOnExit && config === undefined) throw usageError('--save-on-exit needs --config, the file to write');
  const socket = resolve(flags.socket);
  const server = await startServer({
    socket,
    stateDirectory: resolve(flags.state),
    profile: flags.profile,
    modules: chooseModules(flags.module ?? [], flags.modules),
    mountDirectory: flags.mount,
    config: config === undefined ? undefined : configFile(resolve(config), context),
    saveOnExit,
  });
  await runUntilSignal(context, server);
};

/** Says where a server is, keeps it until a signal, and stops it. */
export const runUntilSignal = async (context: Context, server: RunningServer): Promise<void> => {
  announce(context, server);
  const stopListening = context.io.onHangup(() => {
    void reload(context, server);
  });
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

const announce = (context: Context, { socket, stateDirectory, mountDirectory }: RunningServer): void => {
  if (context.json) {
    context.out.json({ listening: { socket, state: stateDirectory, mount: mountDirectory, pid: process.pid } });
    return;
  }
  const { err } = context;
  const connect = socket === defaultSocket() ? '' : ` --connect ${socket}`;
  err.line(`${err.style('bold', 'SCST in user space')}, process ${process.pid}`);
  err.line(`  socket  ${socket}`);
  err.line(`  state   ${stateDirectory}`);
  if (mountDirectory !== undefined) err.line(`  tree    ${mountDirectory}`);
  err.line('In another terminal:');
  err.line(`  scst-local${connect} device add disk1 --file disk1.img --create 1G`);
  err.line(`  scst-local${connect} lun add scst_local_tgt disk1`);
  err.line(`  scst-local${connect} tree`);
  err.line('Ctrl-C ends it.');
};
