import { resolve } from 'node:path';
import { formatDiagnostic } from '@scst/config';
import { formatPortal, isLoopback, parsePortal } from '@scst/iscsi-driver';
import { Command, InvalidArgumentError, Option } from 'commander';
import { readConfiguration } from './configuration.js';
import { EXIT_MEANINGS } from './exit-codes.js';
import { createLog, LOG_LEVELS, type LogLevel } from './log.js';
import { defaultControlSocket, defaultStateDirectory } from './places.js';
import { TargetServer, type ServerOptions } from './server.js';
import { fetchStatus, statusLines } from './status.js';
import { VERSION } from './version.js';

/** What the program has of the world around it. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Calls back at every SIGHUP; returns what stops that. */
  readonly onHangup: (listener: () => void) => () => void;
}

interface ServeFlags {
  config?: string;
  listen?: string[];
  connect?: string;
  state: string;
  socket: string;
  profile: ServerOptions['profile'];
  grace: number;
  busyPoll: number;
  logLevel: LogLevel;
}

const DEFAULT_PORTAL = '127.0.0.1:3260';

/** The command line. Parsing it runs a command. */
export const createProgram = (io: Io): Command => {
  const program = new Command('scst-iscsi-target')
    .description('an iSCSI target in user space, over SCST’s local target driver')
    .version(VERSION)
    .option('--json', 'print results and errors as JSON')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err, outputError: () => undefined });
  program.addHelpText(
    'after',
    ['', 'Exit status:', ...EXIT_MEANINGS.map(([code, meaning]) => `  ${String(code).padEnd(5)}${meaning}`), '', 'Examples:',
      '  $ scst-iscsi-target serve --config scst.conf', '      the targets of its TARGET_DRIVER iscsi block, on 127.0.0.1:3260',
      '  $ scst-iscsi-target serve --config scst.conf --listen 192.0.2.7', '      on an address that others can reach: it has to be asked for',
      '  $ scst-iscsi-target status', '      who is logged in'].join('\n'),
  );
  addServe(program, io);
  addStatus(program, io);
  addCheck(program, io);
  return program;
};

const addServe = (program: Command, io: Io): void => {
  program
    .command('serve')
    .description('serve until SIGINT or SIGTERM; SIGHUP reads the configuration again')
    .option('--config <file>', 'scst.conf with devices, and targets in its TARGET_DRIVER iscsi block; without one the targets of the SCST are served as they are')
    .option('--listen <portal>', `where to listen, ADDRESS[:PORT]; may be given several times (default: ${DEFAULT_PORTAL}, which only this machine can reach)`, (value: string, before: string[] | undefined) => [...(before ?? []), value])
    .option('--connect <where>', 'serve the kernel’s SCST (kernel), or one behind a socket (default: an SCST of its own)')
    .option('--state <directory>', 'where an SCST of its own keeps persistent reservations and saved mode pages', defaultStateDirectory())
    .option('--socket <path>', 'unix socket for `status`, and for scst-local --connect', defaultControlSocket())
    .addOption(new Option('--profile <name>', 'whose behaviour an SCST of its own shows').choices(['scst', 'recorded', 't10']).default('scst'))
    .option('--grace <seconds>', 'how long initiators have to log out at the end', parseSeconds, 2)
    .option('--busy-poll <microseconds>', 'how long to look for more requests after some came, rather than sleep: less latency for processor time; 0: never', parseMicroseconds, 50)
    .addOption(new Option('--log-level <level>', 'what is logged on standard error').choices(LOG_LEVELS).default('info'))
    .action(async (flags: ServeFlags) => {
      await serve(io, flags, program.opts<{ json?: boolean }>().json === true);
    });
};

const parseSeconds = (text: string): number => {
  const seconds = Number(text);
  if (!/^\d+$/u.test(text) || seconds > 3600) throw new InvalidArgumentError('expected seconds, 0 to 3600');
  return seconds;
};

const parseMicroseconds = (text: string): number => {
  const microseconds = Number(text);
  if (!/^\d+$/u.test(text) || microseconds > 10_000) throw new InvalidArgumentError('expected microseconds, 0 to 10000');
  return microseconds;
};

const serve = async (io: Io, flags: ServeFlags, json: boolean): Promise<void> => {
  const log = createLog(flags.logLevel);
  const portals = (flags.listen ?? [DEFAULT_PORTAL]).map(parsePortal);
  for (const portal of portals.filter(({ address }) => !isLoopback(address))) log.warn(`${formatPortal(portal)} can be reached from other machines`);
  const { config, connect, profile, grace, busyPoll } = flags;
  const options = { config: config === undefined ? undefined : resolve(config), portals, connect, stateDirectory: resolve(flags.state), socket: resolve(flags.socket), profile, grace, busyPoll, signal: io.signal };
  const server = await TargetServer.start(options, log);
  const stopListening = io.onHangup(() => {
    server.reload().then(() => { log.info('the configuration was applied again'); }, (error: unknown) => { log.error(error instanceof Error ? error.message : String(error)); });
  });
  const { portals: listening } = await server.status();
  if (json) io.out(`${JSON.stringify({ listening: { portals: listening, socket: options.socket, pid: process.pid } })}\n`);
  else io.out(`iSCSI target, process ${process.pid}, on ${listening.join(', ')}; Ctrl-C ends it\n`);
  await ended(io.signal);
  stopListening();
  log.info(`ended by ${String(io.signal.reason)}`);
  for (const failure of await server.stop()) log.error(failure instanceof Error ? failure.message : String(failure));
};

const ended = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => { done(); }, { once: true });
  });

const addStatus = (program: Command, io: Io): void => {
  program
    .command('status')
    .description('portals, targets and sessions of a running server')
    .option('--socket <path>', 'its socket', defaultControlSocket())
    .action(async ({ socket }: { socket: string }) => {
      const status = await fetchStatus(resolve(socket));
      const json = program.opts<{ json?: boolean }>().json === true;
      io.out(json ? `${JSON.stringify(status, null, 2)}\n` : `${statusLines(status).join('\n')}\n`);
    });
};

const addCheck = (program: Command, io: Io): void => {
  program
    .command('check')
    .description('read a configuration without serving it, and say what is wrong with it')
    .argument('<file>', 'scst.conf')
    .action(async (file: string) => {
      const { iscsi, tree, diagnostics } = await readConfiguration(file, io.signal);
      for (const diagnostic of [...tree.diagnostics, ...diagnostics]) io.err(`${formatDiagnostic(diagnostic)}\n`);
      const targets = [...(iscsi?.targets ?? new Map<string, { enabled?: boolean }>())];
      if (program.opts<{ json?: boolean }>().json === true) io.out(`${JSON.stringify({ targets: targets.map(([name, { enabled = true }]) => ({ name, enabled })) }, null, 2)}\n`);
      else io.out(targets.map(([name, { enabled = true }]) => `${name}${enabled && iscsi?.enabled !== false ? '' : '  not enabled'}\n`).join(''));
    });
};
