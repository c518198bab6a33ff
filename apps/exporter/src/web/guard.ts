import { type IncomingMessage, type ServerResponse } from 'node:http';
import { Authenticator } from './authenticate.js';
import { type WebConfig } from './config.js';
import { RateLimit } from './rate-limit.js';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Stands before a listener and lets through what a web configuration allows. */
export class Guard {
  readonly #authenticator: Authenticator;
  #limit: RateLimit | undefined;
  #config: WebConfig;

  constructor(config: WebConfig) {
    this.#config = config;
    this.#authenticator = new Authenticator(config.users);
    this.#limit = limitOf(config);
  }

  /** Takes another configuration: users, headers and the rate limit. */
  change(config: WebConfig): void {
    this.#config = config;
    this.#authenticator.change(config.users);
    this.#limit = limitOf(config);
  }

  /** @param onError Told of what should not happen. */
  before(listener: Listener, onError: (error: unknown) => void): Listener {
    return (request, response) => {
      for (const [name, value] of Object.entries(this.#config.headers)) response.setHeader(name, value);
      if (this.#limit?.take() === false) {
        refuse(response, 429, 'Too many requests.');
        return;
      }
      this.#authenticator.judge(request.headers.authorization).then(
        (verdict) => {
          if (verdict === 'accepted') listener(request, response);
          else if (verdict === 'busy') refuse(response, 503, 'Too many passwords are being checked.', { 'Retry-After': '1' });
          else refuse(response, 401, 'A user and a password are needed.', { 'WWW-Authenticate': 'Basic realm="scst-exporter", charset="UTF-8"' });
        },
        (error: unknown) => {
          onError(error);
          refuse(response, 500, 'The password could not be checked.');
        },
      );
    };
  }
}

const limitOf = ({ rateLimit }: WebConfig): RateLimit | undefined => (rateLimit === undefined ? undefined : new RateLimit(rateLimit.intervalMilliseconds, rateLimit.burst));

const refuse = (response: ServerResponse, status: number, reason: string, headers: Readonly<Record<string, string>> = {}): void => {
  const body = `${reason}\n`;
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': Buffer.byteLength(body), 'Cache-Control': 'no-store', ...headers });
  response.end(body);
};
