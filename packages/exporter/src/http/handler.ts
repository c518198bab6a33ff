import { type IncomingMessage, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type ScstCollector } from '../collector.js';
import { landingPage } from './landing.js';

export interface HandlerOptions {
  /** Heading of the landing page. Default: `SCST exporter`. */
  readonly title?: string | undefined;
  /** Told of what went wrong while a request was answered with 500. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** An answer before it is sent. */
interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const TEXT = 'text/plain; charset=utf-8';

/** Milliseconds that the answer needs of the time Prometheus gives, for its way and for what is not reading. */
const MARGIN = 500;

/** Answers of so many bytes and more are compressed for those who can take it. */
const COMPRESS_FROM = 1024;

/** Milliseconds for which the landing page shows what the last scrape saw. */
const PAGE_AGE = 2000;

const compress = promisify(gzip);

/**
 * Answers requests for `/metrics`, `/-/healthy`, `/-/ready` and `/`: a listener for `node:http`, and for the `http` of any framework that hands
 * on its requests. The time that Prometheus says it waits (`X-Prometheus-Scrape-Timeout-Seconds`) bounds the scrape.
 */
export const metricsHandler = (collector: ScstCollector, options: HandlerOptions = {}): ((request: IncomingMessage, response: ServerResponse) => void) => {
  return (request, response) => {
    answer(collector, request, options).then(
      (found) => send(request, response, found),
      async (error: unknown) => {
        options.onError?.(error);
        await send(request, response, { status: 500, type: TEXT, body: 'The metrics could not be made; the exporter’s log says why.\n' });
      },
    ).catch((error: unknown) => {
      options.onError?.(error);
      response.destroy();
    });
  };
};

const answer = async (collector: ScstCollector, request: IncomingMessage, { title = 'SCST exporter' }: HandlerOptions): Promise<Answer> => {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const route = ROUTES.get(path);
  if (route === undefined) return { status: 404, type: TEXT, body: 'There is /metrics, /-/healthy, /-/ready and /.\n' };
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, type: TEXT, body: 'GET or HEAD\n', headers: { Allow: 'GET, HEAD' } };
  return await route(collector, request, title);
};

type Route = (collector: ScstCollector, request: IncomingMessage, title: string) => Promise<Answer>;

const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['/metrics', async (collector, request) => ({ status: 200, type: collector.registry.contentType, body: await collector.metrics({ timeout: timeoutOf(request) }) })],
  ['/-/healthy', () => Promise.resolve({ status: 200, type: TEXT, body: 'The exporter is healthy.\n' })],
  [
    '/-/ready',
    async (collector) => {
      const reason = await collector.check();
      return reason === undefined ? { status: 200, type: TEXT, body: 'The exporter is ready: SCST’s tree can be read.\n' } : { status: 503, type: TEXT, body: `SCST’s tree cannot be read: ${reason}\n` };
    },
  ],
  [
    '/',
    async (collector, _request, title) => ({
      status: 200,
      type: 'text/html; charset=utf-8',
      body: landingPage(title, await collector.look({ maxAge: PAGE_AGE })),
      headers: { 'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'" },
    }),
  ],
]);

const timeoutOf = ({ headers }: IncomingMessage): number | undefined => {
  const seconds = Number(headers['x-prometheus-scrape-timeout-seconds']);
  if (!(seconds > 0)) return undefined;
  return Math.max(seconds * 1000 - MARGIN, (seconds * 1000) / 2);
};

const send = async (request: IncomingMessage, response: ServerResponse, { status, type, body, headers }: Answer): Promise<void> => {
  const plain = Buffer.from(body);
  const zipped = plain.length >= COMPRESS_FROM && takesGzip(request) ? await compress(plain) : undefined;
  if (response.destroyed) return;
  const bytes = zipped ?? plain;
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': bytes.length,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    Vary: 'Accept-Encoding',
    ...(zipped === undefined ? {} : { 'Content-Encoding': 'gzip' }),
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
};

/** RFC 9110 12.5.3, as far as it goes for gzip: named, and not with a weight of 0. */
const takesGzip = ({ headers }: IncomingMessage): boolean => {
  const accepted = headers['accept-encoding'];
  return (Array.isArray(accepted) ? accepted.join(',') : (accepted ?? '')).split(',').some((coding) => /^\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*$)[\d.]+\s*)?$/u.test(coding));
};
