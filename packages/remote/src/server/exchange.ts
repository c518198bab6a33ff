import type { IncomingMessage, ServerResponse } from 'node:http';
import { toErrorAnswer } from '../protocol/error-json.js';
import { RemoteError } from '../protocol/remote-error.js';

/** One request and its answer. */
export class Exchange {
  readonly method: string;
  /** Path of the URL as sent, without the query; nothing is decoded or normalised. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Aborted when the client goes away before it has its answer, or the server closes. */
  readonly signal: AbortSignal;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #answerTimeout: number;

  constructor(request: IncomingMessage, response: ServerResponse, signal: AbortSignal, answerTimeout: number) {
    const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/su, 2);
    this.method = request.method ?? 'GET';
    this.path = path;
    this.query = new URLSearchParams(query);
    this.signal = signal;
    this.#request = request;
    this.#response = response;
    this.#answerTimeout = answerTimeout;
  }

  /** A header of the request. */
  header(name: string): string | undefined {
    const value = this.#request.headers[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** Length the request's body announces; undefined when it does not. */
  get announcedLength(): number | undefined {
    const text = this.header('content-length');
    return text === undefined ? undefined : Number(text);
  }

  /**
   * The request's whole body.
   *
   * @param limit Most bytes to take.
   * @throws RemoteError `ERR_LIMIT` for a longer one, as soon as that is known.
   */
  async body(limit: number): Promise<Uint8Array> {
    const announced = this.announcedLength;
    if (announced !== undefined && announced > limit) throw tooLong(limit);
    const whole = new Uint8Array(announced ?? limit);
    let length = 0;
    // The stream is not to be destroyed by a break: the answer goes over the same connection.
    for await (const piece of this.#request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      if (length + piece.length > whole.length) throw tooLong(limit);
      whole.set(piece, length);
      length += piece.length;
    }
    return whole.subarray(0, length);
  }

  /**
   * The request's body as JSON; undefined when it is empty.
   *
   * @throws RemoteError `ERR_BAD_REQUEST` for anything else.
   */
  async json(limit: number): Promise<unknown> {
    const text = new TextDecoder().decode(await this.body(limit));
    try {
      return text.trim() === '' ? undefined : (JSON.parse(text) as unknown);
    } catch (cause) {
      throw new RemoteError('ERR_BAD_REQUEST', 'the body is no JSON', { cause });
    }
  }

  /** Answers with JSON; `undefined` with an empty answer. */
  async sendJson(value: unknown, status = 200): Promise<void> {
    if (value === undefined) {
      await this.#send(204, undefined, []);
      return;
    }
    // Indented, since the reader may be a person with curl.
    await this.#send(status, 'application/json', [Buffer.from(`${JSON.stringify(value, toPlain, 2)}\n`)]);
  }

  /** Answers with bytes. */
  async sendBytes(...pieces: readonly Uint8Array[]): Promise<void> {
    await this.#send(200, 'application/octet-stream', pieces);
  }

  /** Answers with an error, as long as no answer was begun. */
  async sendError(error: unknown): Promise<void> {
    const response = this.#response;
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    // What is left of a body nobody will read must not be taken for the next request.
    if (!this.#request.complete) response.setHeader('connection', 'close');
    const { status, body } = toErrorAnswer(error);
    await this.sendJson(body, status);
  }

  /** Begins an answer that stays open until the client goes away or {@link endStream}. */
  beginStream(first: unknown): void {
    this.#response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
    this.#response.write(`${JSON.stringify(first)}\n`);
  }

  endStream(): void {
    this.#response.end();
  }

  /** Resolves when the client has taken the answer, or is gone, or took too long and was cut off. */
  async #send(status: number, type: string | undefined, pieces: readonly Uint8Array[]): Promise<void> {
    const response = this.#response;
    if (response.destroyed) return;
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    response.writeHead(status, type === undefined ? {} : { 'content-type': type, 'content-length': length });
    await new Promise<void>((resolve) => {
      const limit = setTimeout(() => response.destroy(), this.#answerTimeout);
      const over = (): void => {
        clearTimeout(limit);
        resolve();
      };
      response.once('finish', over).once('close', over);
      for (const piece of pieces) if (piece.length > 0) response.write(piece);
      response.end();
    });
  }
}

const tooLong = (limit: number): RemoteError => new RemoteError('ERR_LIMIT', `the body has more than ${limit} bytes`);

/** bigint as decimal text, since JSON has no other way for it. */
const toPlain = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);
