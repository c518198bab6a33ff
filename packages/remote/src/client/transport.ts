import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { fromErrorBody, type KnownCall } from '../protocol/error-json.js';
import { RemoteError } from '../protocol/remote-error.js';

/** Who takes an answer's body in, piece by piece. */
export interface BodyReader<T> {
  push(piece: Uint8Array): void;
  /** What the whole body gives. */
  end(): T;
}

/** Connections are pooled by what may keep them busy, so that blocked commands leave room for reads. */
export type Pool = 'reads' | 'writes' | 'data';

/** One request. */
export interface Call {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** Path and query, encoded. */
  readonly path: string;
  readonly pool: Pool;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Body in pieces. */
  readonly body?: readonly Uint8Array[] | undefined;
  /** The request has an effect and must not be sent twice, though it is a GET. */
  readonly once?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the answer to come; undefined for the transport's own. */
  readonly timeout?: number | undefined;
  /** What errors of the answer are to name. */
  readonly known?: KnownCall | undefined;
}

export interface TransportOptions {
  readonly socket: string;
  /** Milliseconds for an answer to come; undefined for no limit. */
  readonly timeout?: number | undefined;
  /** Connections of each pool. Default: 64. */
  readonly connections?: number | undefined;
}

/** Milliseconds an unused connection is kept; well below what the server allows, so that it is never the server who closes it. */
const IDLE = 15_000;

/** Requests over pooled connections to a server's socket. */
export class Transport {
  readonly socket: string;
  readonly #timeout: number | undefined;
  readonly #agents: Record<Pool, Agent>;
  #closed = false;

  constructor({ socket, timeout, connections = 64 }: TransportOptions) {
    this.socket = socket;
    this.#timeout = timeout;
    const agent = (): Agent => new Agent({ keepAlive: true, maxSockets: connections, timeout: IDLE, scheduling: 'lifo' });
    this.#agents = { reads: agent(), writes: agent(), data: agent() };
  }

  /** Ends all connections, also those with requests in flight. */
  close(): void {
    this.#closed = true;
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  /** Sends a request and gives the body of its answer as JSON; undefined when it is empty. */
  json(call: Call): Promise<unknown> {
    return this.send(call, new JsonReader());
  }

  /** Sends a request and gives the body of its answer. */
  bytes(call: Call): Promise<Uint8Array> {
    return this.send(call, new BytesReader());
  }

  /**
   * Sends a request.
   *
   * @throws What the server's error answer stands for; RemoteError when there is no answer; the signal's reason when aborted.
   */
  async send<T>(call: Call, reader: BodyReader<T>): Promise<T> {
    try {
      return await this.#attempt(call, reader);
    } catch (error) {
      // The server may close an idle connection at the moment it is used again. What only reads may be asked once more.
      if (error instanceof StaleConnection && call.method === 'GET' && call.once !== true) return await this.#attempt(call, reader);
      throw error;
    }
  }

  #attempt<T>(call: Call, reader: BodyReader<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new RemoteError('ERR_CONNECTION', 'the connection has been closed'));
    const { signal, timeout = this.#timeout } = call;
    if (signal?.aborted === true) return Promise.reject(asError(signal.reason));
    return new Promise((resolve, reject) => {
      const sending = this.#start(call);
      let answer: IncomingMessage | undefined;
      const limit = timeout === undefined ? undefined : setTimeout(() => { fail(noAnswer(timeout)); }, timeout);
      const over = (): void => {
        clearTimeout(limit);
        signal?.removeEventListener('abort', onAbort);
      };
      const fail = (error: Error): void => {
        over();
        reject(error);
        sending.destroy();
      };
      const onAbort = (): void => { fail(asError(signal?.reason)); };
      signal?.addEventListener('abort', onAbort, { once: true });
      sending.on('error', (error: NodeJS.ErrnoException) => { fail(this.#connectionError(error, sending, answer)); });
      sending.on('response', (response) => {
        answer = response;
        const good = (response.statusCode ?? 500) < 300;
        const body: BodyReader<T> | ErrorReader = good ? reader : new ErrorReader(call.known);
        response.on('data', (piece: Uint8Array) => { attempt(() => { body.push(piece); }); });
        response.on('error', (error) => { fail(this.#connectionError(error, sending, answer)); });
        response.on('end', () => {
          attempt(() => {
            const value = body.end();
            over();
            if (value instanceof AnswerError) reject(value.error);
            else resolve(value);
          });
        });
      });
      const attempt = (work: () => void): void => {
        try {
          work();
        } catch (error) {
          fail(asError(error));
        }
      };
    });
  }

  #start({ method, path, pool, headers = {}, body = [] }: Call): ClientRequest {
    const length = body.reduce((sum, piece) => sum + piece.length, 0);
    const framing = method === 'GET' || method === 'DELETE' ? {} : { 'content-length': length };
    const sending = request({ socketPath: this.socket, agent: this.#agents[pool], method, path, headers: { host: 'scst', ...headers, ...framing } });
    for (const piece of body) if (piece.length > 0) sending.write(piece);
    sending.end();
    return sending;
  }

  #connectionError(error: NodeJS.ErrnoException, sending: ClientRequest, answer: IncomingMessage | undefined): RemoteError {
    const remote = toConnectionError(error, this.socket);
    const stale = remote.code === 'ERR_CONNECTION' && answer === undefined && sending.reusedSocket;
    return stale ? new StaleConnection(remote.message, error) : remote;
  }
}

/** What to do when there is no server. */
export const START_HINT = 'Start one: scst-local serve.';

/** Why a connection to a server's socket could not be made, or ended. */
export const toConnectionError = (error: NodeJS.ErrnoException, socket: string): RemoteError => {
  switch (error.code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return new RemoteError('ERR_NO_SERVER', `nothing listens on ${socket}`, { cause: error, hint: START_HINT });
    case 'EACCES':
    case 'EPERM':
      return new RemoteError('ERR_NO_SERVER', `${socket} is another user’s`, { cause: error, hint: 'Run as the user the server runs as, usually root.' });
    default:
      return new RemoteError('ERR_CONNECTION', `the connection to ${socket} ended before the answer (${error.code ?? error.message})`, { cause: error });
  }
};

/** A pooled connection turned out to be closed when it was used again. */
class StaleConnection extends RemoteError {
  constructor(message: string, cause: unknown) {
    super('ERR_CONNECTION', message, { cause });
  }
}

const noAnswer = (timeout: number): RemoteError => new RemoteError('ERR_TIMEOUT', `no answer came within ${timeout} ms`);

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));

/** An answer larger than this is none of ours; results of commands do not pass here. */
const LONGEST_ANSWER = 64 * 1024 * 1024;

class BytesReader implements BodyReader<Uint8Array> {
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  push(piece: Uint8Array): void {
    this.#length += piece.length;
    if (this.#length > LONGEST_ANSWER) throw new RemoteError('ERR_PROTOCOL', 'the server’s answer is too long');
    this.#pieces.push(piece);
  }

  end(): Uint8Array {
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }
}

class JsonReader implements BodyReader<unknown> {
  readonly #bytes = new BytesReader();

  push(piece: Uint8Array): void {
    this.#bytes.push(piece);
  }

  end(): unknown {
    const text = new TextDecoder().decode(this.#bytes.end());
    try {
      return text === '' ? undefined : (JSON.parse(text) as unknown);
    } catch (cause) {
      throw new RemoteError('ERR_PROTOCOL', 'the server’s answer is no JSON', { cause });
    }
  }
}

/** The error an answer stands for, as opposed to a failure to read the answer. */
class AnswerError {
  constructor(readonly error: Error) {}
}

class ErrorReader implements BodyReader<AnswerError> {
  readonly #json = new JsonReader();
  readonly #known: KnownCall | undefined;

  constructor(known: KnownCall | undefined) {
    this.#known = known;
  }

  push(piece: Uint8Array): void {
    this.#json.push(piece);
  }

  end(): AnswerError {
    return new AnswerError(fromErrorBody(this.#json.end(), this.#known));
  }
}
