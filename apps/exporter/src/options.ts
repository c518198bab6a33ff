import { type CollectorOptions, ExporterError, isLoopback, type ListenAddress, type NameLists, parseListenAddress } from '@scst/exporter';
import { Command, InvalidArgumentError, Option } from 'commander';
import { EXIT_MEANINGS } from './exit-codes.js';
import { VERSION } from './version.js';

/** What the command line asks for. */
export interface AppOptions {
  readonly listen: ListenAddress;
  /** Whether other machines can reach the address. */
  readonly exposed: boolean;
  readonly webConfig: string | undefined;
  readonly connect: string | undefined;
  readonly collector: CollectorOptions;
  readonly logLevel: string;
  readonly once: boolean;
}

interface Flags {
  readonly listen: ListenAddress;
  readonly webConfig?: string;
  readonly connect?: string;
  readonly timeout: number;
  readonly attributeTimeout: number;
  readonly concurrency: number;
  readonly maxSessions: number;
  readonly latencyBuckets?: number[];
  readonly logLevel: string;
  readonly once?: boolean;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** What lists of names can be given for, and what each is of. */
const LISTS = [
  ['metric', 'metric families'],
  ['driver', 'target drivers'],
  ['target', 'targets'],
  ['group', 'access-control groups'],
  ['session', 'sessions'],
  ['device', 'devices'],
] as const;

/** The command line. `run` is told what it asks for. */
export const createProgram = (run: (options: AppOptions) => Promise<void>, write: { out(text: string): void; err(text: string): void }): Command => {
  const program = new Command('scst-exporter')
    .description('metrics of an SCST for Prometheus: the kernel’s, or one in user space')
    .version(VERSION)
    .addOption(new Option('--listen <host:port>', 'where to serve /metrics; port 0 is any that is free').argParser(listenAddress).default({ host: '127.0.0.1', port: 9893 }, '127.0.0.1:9893'))
    .option('--web-config <file>', 'TLS, passwords, headers and a rate limit, in the format of the exporter toolkit; looked at again when it changes, and at SIGHUP')
    .option('--connect <where>', 'kernel, the socket of a server, or a directory where the tree is mounted (default: $SCST_LOCAL_CONNECT, else wherever there is one)')
    .addOption(new Option('--timeout <seconds>', 'for a scrape; less where Prometheus waits less').argParser(seconds).default(10))
    .addOption(new Option('--attribute-timeout <seconds>', 'for one attribute, which is left out then').argParser(seconds).default(1))
    .addOption(new Option('--concurrency <number>', 'attributes that are read at a time').argParser(count).default(32))
    .addOption(new Option('--max-sessions <number>', 'sessions that get series of their own').argParser(count).default(10_000))
    .addOption(new Option('--latency-buckets <seconds,…>', 'upper bounds of the buckets of scst_session_command_duration_seconds').argParser(buckets));
  for (const [name, of] of LISTS) {
    for (const [verb, what] of [['allow', 'only'], ['deny', 'leave out']] as const) {
      program.addOption(new Option(`--${verb}-${name} <pattern>`, `${what} ${of} that match; may be given several times`).argParser(collect));
    }
  }
  return program
    .addOption(new Option('--log-level <level>', 'of what is said on standard error, as JSON lines').choices(LOG_LEVELS).default('info'))
    .option('--once', 'print the metrics and end, for the textfile collector or to look at')
    .addHelpText('after', ['', 'A pattern matches a whole name; * is any run, ? any character.', '', 'Exit status:', ...EXIT_MEANINGS.map(([code, meaning]) => `  ${code}  ${meaning}`), '', 'Examples:', ...EXAMPLES.flatMap(([command, does]) => [`  $ ${command}`, `      ${does}`])].join('\n'))
    .exitOverride()
    .configureOutput({ writeOut: (text) => { write.out(text); }, writeErr: (text) => { write.err(text); } })
    .action(async (flags: Flags) => {
      await run(optionsOf(flags, flags as unknown as Readonly<Record<string, readonly string[] | undefined>>));
    });
};

const EXAMPLES = [
  ['scst-exporter', 'metrics of the SCST of this machine at http://127.0.0.1:9893/metrics'],
  ['scst-exporter --listen 0.0.0.0:9893 --web-config /etc/scst-exporter/web.yml', 'for other machines, with TLS and passwords'],
  ["scst-exporter --deny-metric 'scst_sgv_*' --deny-driver copy_manager", 'without SCST’s memory and its copy manager'],
  ["scst-exporter --once --allow-metric 'scst_device_*'", 'print the metrics of devices'],
] as const;

const optionsOf = (flags: Flags, lists: Readonly<Record<string, readonly string[] | undefined>>): AppOptions => {
  const listOf = (name: string): NameLists => ({ allow: lists[`allow${name}`], deny: lists[`deny${name}`] });
  return {
    listen: flags.listen,
    exposed: !isLoopback(flags.listen),
    webConfig: flags.webConfig,
    connect: flags.connect,
    collector: {
      metrics: listOf('Metric'),
      objects: { drivers: listOf('Driver'), targets: listOf('Target'), groups: listOf('Group'), sessions: listOf('Session'), devices: listOf('Device') },
      limits: { timeout: milliseconds(flags.timeout), attributeTimeout: milliseconds(flags.attributeTimeout), concurrency: flags.concurrency, sessions: flags.maxSessions },
      latencyBuckets: flags.latencyBuckets,
    },
    logLevel: flags.logLevel,
    once: flags.once === true,
  };
};

const milliseconds = (value: number): number => Math.max(1, Math.round(value * 1000));

const listenAddress = (text: string): ListenAddress => {
  try {
    return parseListenAddress(text);
  } catch (error) {
    if (error instanceof ExporterError) throw new InvalidArgumentError(error.message);
    throw error;
  }
};

const seconds = (text: string): number => {
  const value = Number(text);
  if (!/^\d+(?:\.\d+)?$/u.test(text) || !(value > 0) || value > 3600) throw new InvalidArgumentError('It is a number of seconds above 0, at most 3600.');
  return value;
};

const count = (text: string): number => {
  const value = Number(text);
  if (!/^\d+$/u.test(text) || value < 1 || value > 1_000_000) throw new InvalidArgumentError('It is a whole number from 1 to 1000000.');
  return value;
};

const buckets = (text: string): number[] => {
  const values = text.split(',').map(Number);
  if (values.some((value, index) => !(value > (values[index - 1] ?? 0)) || !Number.isFinite(value))) throw new InvalidArgumentError('They are ascending seconds above 0, separated by commas.');
  return values;
};

const collect = (text: string, before: readonly string[] | undefined): readonly string[] => {
  if (text === '') throw new InvalidArgumentError('A pattern is not empty; one that matches everything is *.');
  return [...(before ?? []), text];
};
