import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ExporterError } from '../errors.js';

/** Where to listen. */
export interface ListenAddress {
  /** An address or a name. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/**
 * `HOST:PORT`, with an IPv6 address in brackets: `127.0.0.1:9893`, `[::1]:0`.
 *
 * @throws ExporterError `BAD_OPTION`.
 */
export const parseListenAddress = (text: string): ListenAddress => {
  const found = /^(?:\[([\da-f:.%\w]+)\]|([^\s:[\]/]+)):(\d{1,5})$/iu.exec(text);
  const [host, port] = [found?.[1] ?? found?.[2], Number(found?.[3])];
  if (host === undefined || port > 65535) throw new ExporterError('BAD_OPTION', `“${text}” is no address to listen on; one is HOST:PORT, such as 127.0.0.1:9893 or [::1]:9893`);
  return { host, port };
};

/** Whether only programs of this machine can reach an address. */
export const isLoopback = ({ host }: ListenAddress): boolean => host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/u.test(host);

export interface ServeOptions extends ListenAddress {
  /** Makes the server, for one that is not plain HTTP. */
  readonly createServer?: ((listener: (request: IncomingMessage, response: ServerResponse) => void) => Server) | undefined;
}

/** A server of metrics. */
export interface MetricsServer extends AsyncDisposable {
  /** Where it is, with the port it really has; without a path. */
  readonly url: string;
  readonly server: Server;
  /** Takes no more requests, lets those under way end for a second, and then ends them. */
  close(): Promise<void>;
}

/** Connections at a time; more are refused. */
const MOST_CONNECTIONS = 256;

/** Milliseconds in which a request must have been sent. */
const REQUEST_TIMEOUT = 10_000;

/** Milliseconds that requests under way have when the server is closed. */
const GRACE = 1000;

/**
 * Serves a listener, such as {@link metricsHandler}'s.
 *
 * @throws Error of Node's with the code of listen(2): `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`.
 */
export const serveMetrics = async (listener: (request: IncomingMessage, response: ServerResponse) => void, { host, port, createServer: make = createServer }: ServeOptions): Promise<MetricsServer> => {
  const server = make(listener);
  server.maxConnections = MOST_CONNECTIONS;
  server.requestTimeout = REQUEST_TIMEOUT;
  server.headersTimeout = REQUEST_TIMEOUT;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  const taken = typeof address === 'object' && address !== null ? address.port : port;
  const scheme = 'setSecureContext' in server ? 'https' : 'http';
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => {
      server.close(() => { resolve(); });
    });
    server.closeIdleConnections();
    const late = setTimeout(() => { server.closeAllConnections(); }, GRACE);
    await closed;
    clearTimeout(late);
  };
  return { url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${taken}`, server, close, [Symbol.asyncDispose]: close };
};
