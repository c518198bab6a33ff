import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectSource, metricsHandler, ScstCollector } from '@scst/exporter';
import { CommanderError } from 'commander';
import pino, { type Logger } from 'pino';
import { Gauge } from 'prom-client';
import { AppError } from './errors.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { type Io, write } from './io.js';
import { type AppOptions, createProgram } from './options.js';
import { VERSION } from './version.js';
import { serveWeb } from './web/server.js';

/** How the program ended. */
export interface Ended {
  readonly exit: ExitCode;
  /** Reads are still under way in the kernel: their threads keep a process from ending in the usual way. */
  readonly stuck: boolean;
}

/**
 * Runs one command line. Never rejects.
 *
 * @param words The words after the program's name.
 */
export const main = async (words: readonly string[], io: Io): Promise<Ended> => {
  const texts = { out: '', err: '' };
  let ended: Ended = { exit: EXIT.OK, stuck: false };
  try {
    const program = createProgram(
      async (options) => {
        ended = await run({ ...options, connect: options.connect ?? nonEmpty(io.env['SCST_LOCAL_CONNECT']) }, io);
      },
      { out: (text) => (texts.out += text), err: (text) => (texts.err += text) },
    );
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    ended = { exit: exitOf(error), stuck: false };
    if (!(error instanceof CommanderError)) texts.err += messageOf(error);
  }
  const failure = await write(io.stdout, texts.out);
  if (failure !== undefined) {
    ended = { exit: EXIT.FAILED, stuck: false };
    texts.err += messageOf(outputError(failure));
  }
  await write(io.stderr, texts.err);
  return ended;
};

const run = async (options: AppOptions, io: Io): Promise<Ended> => {
  const source = connectSource(options.connect === undefined ? {} : { connect: options.connect });
  const collector = new ScstCollector(source, options.collector);
  try {
    new Gauge({ name: 'scst_exporter_build_info', help: 'Version of the exporter and of Node.js. Always 1.', labelNames: ['version', 'node'], registers: [collector.registry] }).set({ version: VERSION, node: process.versions.node }, 1);
    const exit = options.once ? await printOnce(collector, io) : await serve(collector, options, io);
    return { exit, stuck: await isStuck(collector) };
  } finally {
    await collector.close();
    await source.close();
  }
};

/** Milliseconds that reads which are only slow have to come back. */
const GRACE = 1000;

const isStuck = async (collector: ScstCollector): Promise<boolean> => {
  for (const end = performance.now() + GRACE; collector.stuckReads > 0 && performance.now() < end; ) await sleep(20);
  return collector.stuckReads > 0;
};

const printOnce = async (collector: ScstCollector, io: Io): Promise<ExitCode> => {
  const failure = await write(io.stdout, await collector.metrics());
  if (failure !== undefined) throw outputError(failure);
  return (await collector.look({ maxAge: Infinity })).survey.up ? EXIT.OK : EXIT.NOTHING_THERE;
};

const serve = async (collector: ScstCollector, { listen, exposed, webConfig, connect, logLevel }: AppOptions, io: Io): Promise<ExitCode> => {
  const logger = pino({ name: 'scst-exporter', level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime }, io.stderr);
  const handler = metricsHandler(collector, { onError: (error) => { logger.error({ err: error }, 'a request could not be answered'); } });
  const server = await serveWeb(handler, { listen, file: webConfig, logger });
  const stopListening = io.onHangup(() => void server.reload());
  if (exposed && webConfig === undefined) logger.warn('other machines can reach this address, and there is neither TLS nor a password: see --web-config');
  logger.info({ url: server.url, version: VERSION, connect: connect ?? 'wherever there is one' }, 'listening');
  void sayWhetherThere(collector, logger);
  if (!io.signal.aborted) await once(io.signal, 'abort');
  stopListening();
  logger.info({ signal: String(io.signal.reason) }, 'ending; a second signal ends at once');
  await server.close();
  return EXIT.OK;
};

const sayWhetherThere = async (collector: ScstCollector, logger: Logger): Promise<void> => {
  const reason = await collector.check();
  if (reason !== undefined) logger.warn({ reason }, 'there is no SCST yet; it is looked for at every scrape');
};

const exitOf = (error: unknown): ExitCode => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.OK : EXIT.USAGE;
  return error instanceof AppError && error.code !== 'LISTEN' && error.code !== 'OUTPUT' ? EXIT.USAGE : EXIT.FAILED;
};

const outputError = (cause: Error): AppError => new AppError('OUTPUT', `standard output took only a part of what was printed: ${cause.message}`, { cause });

const messageOf = (error: unknown): string => {
  const hint = error instanceof AppError && error.hint !== undefined ? `  ${error.hint}\n` : '';
  return `scst-exporter: ${error instanceof Error ? error.message : String(error)}\n${hint}`;
};

const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text);
