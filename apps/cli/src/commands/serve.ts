import { resolve } from 'node:path';
import { defaultSocket, defaultStateDirectory } from '@scst/local';
import { type Command, Option } from 'commander';
import { refuseJson } from '../config/save-file.js';
import { type Context } from '../context.js';
import { annotate, asGiven, collect, option } from '../definition.js';
import { usageError } from '../errors.js';
import { configFile } from '../server/config.js';
import { chooseModules, type ModuleChoice, parseModule } from '../server/modules.js';
import { runUntilSignal } from '../server/run.js';
import { type Profile, PROFILES, startServer } from '../server/serve.js';

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
  metrics?: string;
  scsiDevice?: readonly string[];
  iscsi?: readonly string[];
}

export const addServeCommand = (program: Command, context: Context): void => {
  const command = program
    .command('serve')
    .description('run an SCST in user space, in the foreground')
    .addOption(option('--socket <path>', 'unix socket to listen on', 'file').default(defaultSocket(), '/run/scst-local.sock for root, else $XDG_RUNTIME_DIR/scst-local.sock'))
    .addOption(option('--state <directory>', 'where persistent reservations and saved mode pages are kept; of one server at a time', 'directory').default(defaultStateDirectory(), '/var/lib/scst for root, else $XDG_STATE_HOME/scst'))
    .addOption(option('--config <file>', 'configuration (scst.conf) to apply at start, and again on SIGHUP', 'file'))
    .option('--save-on-exit', 'write the configuration back to that file at the end')
    .addOption(option('--mount <directory>', 'mount the tree there as well, for programs that want files (FUSE)', 'directory'))
    .option('--metrics <host:port>', 'serve metrics for Prometheus there as well, on a loopback address; port 0 is any that is free')
    .addOption(
      option('--iscsi <address[:port]>', 'serve targets with an iSCSI name (iqn.…) over iSCSI there; may be given several times. 127.0.0.1 is for this machine alone').argParser(collect(asGiven)),
    )
    .addOption(new Option('--profile <name>', 'whose behaviour: scst as documented, as recorded from SCST bug for bug, or as the T10 standards ask').choices(PROFILES).default('scst'))
    .addOption(
      option('--module <name[,parameter=value…]>', 'load this module too, or with these parameters; may be given several times (default: scst, scst_vdisk, scst_local)', 'module').argParser(
        collect(parseModule),
      ),
    )
    .option('--scsi-device <address>', 'lend it this SCSI device of the machine, H:C:I:L, or all that the machine does not use itself; may be given several times', collect(asGiven))
    .option('--no-modules', 'load only the modules given with --module')
    .action(async (flags: ServeFlags) => {
      await serve(context, flags);
    });
  annotate(command, {
    text: [
      'SIGINT and SIGTERM end it: no more commands are taken, those in flight end, everything acknowledged is written back, and the socket is removed. A second signal ends it at once.',
      'No SCSI device of the machine is touched unless --scsi-device names it. One that is lent appears in devices/ without a handler, as the kernel’s SCST shows it; give it to one with `device add H:C:I:L --handler dev_disk` (module scst_disk), and export it.',
    ],
    examples: [
      { command: 'scst-local serve', does: 'listen on the default socket, where the other commands look' },
      { command: 'scst-local serve --socket /tmp/scst/s --state /tmp/scst/state', does: 'as any user; the others need --connect /tmp/scst/s' },
      { command: 'scst-local serve --config /etc/scst.conf --mount /mnt/scst', does: 'with a configuration, and as files' },
      { command: 'scst-local serve --metrics 127.0.0.1:9893', does: 'with metrics: curl http://127.0.0.1:9893/metrics' },
      { command: 'scst-local serve --scsi-device 2:0:0:0 --module scst_tape', does: 'with a tape drive of this machine to pass through' },
      { command: 'scst-local serve --iscsi 127.0.0.1:3260', does: 'with its targets reachable by iSCSI initiators of this machine' },
      { command: 'scst-local serve --module scst_local,add_default_tgt=0', does: 'without the default target' },
    ],
  });
};

const serve = async (context: Context, flags: ServeFlags): Promise<void> => {
  const { config, saveOnExit = false } = flags;
  if (saveOnExit && config === undefined) throw usageError('--save-on-exit needs --config, the file to write');
  if (saveOnExit && config !== undefined) refuseJson(config, '--save-on-exit');
  const socket = resolve(flags.socket);
  // What serves metrics takes its time to load, which commands that do without it need not wait for.
  const metrics = flags.metrics === undefined ? undefined : (await import('../server/metrics.js')).parseMetricsAddress(flags.metrics);
  const server = await startServer({
    socket,
    stateDirectory: resolve(flags.state),
    profile: flags.profile,
    modules: chooseModules(flags.module ?? [], flags.modules),
    mountDirectory: flags.mount,
    config: config === undefined ? undefined : configFile(resolve(config), context, { iscsi: flags.iscsi !== undefined }),
    saveOnExit,
    metrics,
    scsiDevices: flags.scsiDevice?.includes('all') === true ? 'all' : (flags.scsiDevice ?? []),
    warn: (message) => {
      context.warn(message);
    },
    iscsi: flags.iscsi,
  });
  await runUntilSignal(context, server);
};
