import { request, type ClientRequest } from 'node:http';
import { field } from '../protocol/error-json.js';
import { RemoteError } from '../protocol/remote-error.js';
import { toConnectionError } from './transport.js';

/**
 * A client's lease: a connection that says nothing and lasts. What the client holds open on the server lives as long as it does, so
 * nothing is left behind by a client that dies. It does not keep the client's own process alive.
 */
export class Lease {
  readonly #socketPath: string;
  #current: Promise<string> | undefined;
  #request: ClientRequest | undefined;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  /** The lease's id, of a new one when there is none or the last one's connection has ended. */
  id(): Promise<string> {
    this.#current ??= this.#begin();
    return this.#current;
  }

  /** Ends the lease. */
  end(): void {
    this.#request?.destroy();
    this.#current = undefined;
  }

  #begin(): Promise<string> {
    const asking = request({ socketPath: this.#socketPath, path: '/lease', agent: false, headers: { host: 'scst' } });
    this.#request = asking;
    const beginning = new Promise<string>((resolve, reject) => {
      asking.on('error', (error: NodeJS.ErrnoException) => { reject(toConnectionError(error, this.#socketPath)); });
      asking.on('response', (response) => {
        let text = '';
        response.on('error', () => undefined);
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
          if (!text.includes('\n')) return;
          const lease = leaseOf(text);
          if (lease === undefined) asking.destroy();
          else resolve(lease);
          response.socket.unref();
        });
      });
      asking.on('close', () => {
        // The server has let go of everything; the next thing to be opened begins another lease.
        if (this.#current === beginning) this.#current = undefined;
        reject(new RemoteError('ERR_CONNECTION', 'the server gave no lease'));
      });
      asking.end();
    });
    return beginning;
  }
}

const leaseOf = (text: string): string | undefined => {
  try {
    const lease = field(JSON.parse(text) as unknown, 'lease');
    return typeof lease === 'string' ? lease : undefined;
  } catch {
    return undefined;
  }
};
