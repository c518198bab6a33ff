import { stat } from 'node:fs/promises';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import { type ListenAddress, type MetricsServer, serveMetrics } from '@scst/exporter';
import { type Logger } from 'pino';
import { AppError } from '../errors.js';
import { NO_WEB_CONFIG, readWebConfig, type WebConfig } from './config.js';
import { Guard } from './guard.js';
import { refusalOf, tlsOptions } from './tls.js';

/** Milliseconds between looks at whether the configuration or a certificate has changed. */
const WATCH_INTERVAL = 5000;

/** A server behind a web configuration. */
export interface WebServer extends MetricsServer {
  /** Reads the configuration again. One that is wrong is logged, and the old one stays. */
  reload(): Promise<void>;
}

/**
 * Serves a listener as a web configuration says.
 *
 * @throws AppError `WEB_CONFIG`, or `LISTEN` when it cannot listen there.
 */
export const serveWeb = async (listener: (request: IncomingMessage, response: ServerResponse) => void, { listen, file, logger }: { listen: ListenAddress; file: string | undefined; logger: Logger }): Promise<WebServer> => {
  let config = file === undefined ? NO_WEB_CONFIG : await readWebConfig(file);
  let stamp = await stampOf(config.files);
  const guard = new Guard(config);
  const guarded = guard.before(listener, (error) => { logger.error({ err: error }, 'a request could not be judged'); });
  const current = (): WebConfig => config;
  const served = await start(guarded, listen, config, current, logger);
  const reload = async (): Promise<void> => {
    if (file === undefined) return;
    try {
      const next = await readWebConfig(file);
      if ((next.tls === undefined) !== (config.tls === undefined)) throw new AppError('WEB_CONFIG', `${file}: TLS cannot be switched on or off while the exporter runs`);
      if (next.tls?.client_auth_type !== config.tls?.client_auth_type) throw new AppError('WEB_CONFIG', `${file}: client_auth_type cannot be changed while the exporter runs`);
      if (next.tls !== undefined && served.server instanceof TlsServer) served.server.setSecureContext(tlsOptions(next.tls));
      guard.change(next);
      config = next;
      logger.info({ file }, 'the web configuration was read again');
    } catch (error) {
      logger.error({ err: error }, 'the web configuration cannot be used; the old one stays');
    } finally {
      stamp = await stampOf(config.files);
    }
  };
  let looking = false;
  const watch = setInterval(() => {
    if (looking) return;
    looking = true;
    void stampOf(config.files).then(async (found) => {
      if (found !== stamp) await reload();
      looking = false;
    });
  }, WATCH_INTERVAL);
  watch.unref();
  const close = async (): Promise<void> => {
    clearInterval(watch);
    await served.close();
  };
  return { ...served, reload, close, [Symbol.asyncDispose]: close };
};

const start = async (listener: (request: IncomingMessage, response: ServerResponse) => void, listen: ListenAddress, config: WebConfig, current: () => WebConfig, logger: Logger): Promise<MetricsServer> => {
  const options = config.tls === undefined ? undefined : tlsOptions(config.tls);
  try {
    return await serveMetrics(listener, {
      ...listen,
      createServer:
        options === undefined
          ? undefined
          : (given) => {
              const server = createTlsServer(options, given);
              server.on('secureConnection', (socket) => {
                const { tls } = current();
                const refusal = tls === undefined ? undefined : refusalOf(tls, socket);
                if (refusal === undefined) return;
                logger.warn({ from: socket.remoteAddress }, refusal);
                socket.destroy();
              });
              server.on('tlsClientError', (error, socket) => { logger.debug({ from: socket.remoteAddress, reason: error.message }, 'a TLS handshake failed'); });
              return server;
            },
    });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new AppError('LISTEN', `cannot listen on ${listen.host}:${listen.port}: ${REASONS[code] ?? code}`, { cause: error });
  }
};

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something else listens there (EADDRINUSE)',
  EACCES: 'that is not allowed (EACCES)',
  EADDRNOTAVAIL: 'the address is none of this machine’s (EADDRNOTAVAIL)',
  ENOTFOUND: 'there is no address of that name (ENOTFOUND)',
};

/** Changes when one of the files does. */
const stampOf = async (files: readonly string[]): Promise<string> =>
  (
    await Promise.all(
      files.map(async (file) => {
        const found = await stat(file).catch(() => undefined);
        return found === undefined ? 'none' : `${found.ino} ${found.mtimeMs} ${found.size}`;
      }),
    )
  ).join('\n');
