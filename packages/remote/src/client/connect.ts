import { encodeName } from '@scst/sysfs';
import { isCompatible, askServer } from './ask.js';
import { encodePart } from '../protocol/path.js';
import { RemoteError } from '../protocol/remote-error.js';
import { LEASE_HEADER, PROTOCOL, type ServerInfo } from '../protocol/version.js';
import { numberOf, textOf } from './answers.js';
import { Lease } from './lease.js';
import { RemoteLun } from './remote-lun.js';
import { RemoteModules } from './remote-modules.js';
import { RemoteTree } from './remote-tree.js';
import { START_HINT, Transport, type Call } from './transport.js';

export interface ConnectOptions {
  /** Milliseconds for an answer of the control side to come; commands have their own. Default: no limit, since SCST itself has none. */
  readonly timeout?: number | undefined;
  /** Connections at a time for each of reads, writes and commands. Default: 64. */
  readonly connections?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What a server has to offer. */
export interface RemoteConnection extends AsyncDisposable {
  /** Path of the socket. */
  readonly socket: string;
  /** What the server told of itself when the connection was made. */
  readonly info: ServerInfo;
  readonly tree: RemoteTree;
  /** undefined when the server has none to control. */
  readonly modules: RemoteModules | undefined;
  /**
   * Opens the logical unit of an I_T_L nexus.
   *
   * @throws TransportError `GONE` when there is none.
   */
  lun(target: string, session: string, lun: number, options?: CallOptions): Promise<RemoteLun>;
  /** What the server's `GET /devices` answers. */
  devices(options?: CallOptions): Promise<unknown>;
  /**
   * Asks one of the serving program's own endpoints.
   *
   * @param path Path and query, encoded, e.g. `/hosts?all`.
   * @param body Sent as JSON.
   * @throws SysfsError, TransportError or CommandTextError as the endpoint threw it; RemoteError for anything else.
   */
  request(method: Call['method'], path: string, body?: unknown, options?: CallOptions): Promise<unknown>;
  /** Ends all connections; the server lets go of what was held open. */
  close(): Promise<void>;
}

/**
 * Who serves on a socket, or undefined when nobody does.
 *
 * @throws RemoteError `ERR_PROTOCOL` when something else listens there, `ERR_NO_SERVER` when the socket is another user's.
 */
export const findServer = async (socket: string): Promise<ServerInfo | undefined> => {
  const listener = await askServer(socket);
  if (listener.state === 'nobody') return undefined;
  if (listener.state === 'forbidden') {
    throw new RemoteError('ERR_NO_SERVER', `${socket} is another user’s`, { hint: 'Run as the user the server runs as, usually root.' });
  }
  if (listener.state === 'other') throw new RemoteError('ERR_PROTOCOL', `what listens on ${socket} is no SCST server, or does not answer`);
  return listener.info;
};

/**
 * Connects to a server.
 *
 * @param socket Path of its socket.
 * @throws RemoteError `ERR_NO_SERVER` when nothing listens there (its `hint` says what to start), `ERR_PROTOCOL` when it speaks
 *   something else or another version of this protocol.
 */
export const connect = async (socket: string, { timeout, connections, signal }: ConnectOptions = {}): Promise<RemoteConnection> => {
  signal?.throwIfAborted();
  const info = await findServer(socket);
  if (info === undefined) throw new RemoteError('ERR_NO_SERVER', `nothing listens on ${socket}`, { hint: START_HINT });
  if (!isCompatible(info)) {
    throw new RemoteError('ERR_PROTOCOL', `the server on ${socket} speaks protocol ${info.protocol}, this client ${PROTOCOL}`, { hint: 'Update the older of the two.' });
  }
  signal?.throwIfAborted();
  return new Connection(new Transport({ socket, timeout, connections }), info);
};

class Connection implements RemoteConnection {
  readonly socket: string;
  readonly info: ServerInfo;
  readonly tree: RemoteTree;
  readonly modules: RemoteModules | undefined;
  readonly #transport: Transport;
  readonly #lease: Lease;

  constructor(transport: Transport, info: ServerInfo) {
    this.socket = transport.socket;
    this.info = info;
    this.#transport = transport;
    this.#lease = new Lease(transport.socket);
    this.tree = new RemoteTree(transport, this.#lease, `${info.description} through ${transport.socket}`);
    this.modules = info.endpoints.includes('modules') ? new RemoteModules(transport) : undefined;
  }

  async lun(target: string, session: string, lun: number, { signal }: CallOptions = {}): Promise<RemoteLun> {
    const headers = { [LEASE_HEADER]: await this.#lease.id() };
    const path = `/lun/${[target, session, String(lun)].map(encodePart).join('/')}`;
    const answer = await this.#transport.json({ method: 'POST', path, pool: 'writes', headers, signal });
    return new RemoteLun(this.#transport, { id: textOf(answer, 'id'), description: textOf(answer, 'description'), dataLimit: numberOf(answer, 'dataLimit') });
  }

  devices(options?: CallOptions): Promise<unknown> {
    return this.request('GET', '/devices', undefined, options);
  }

  request(method: Call['method'], path: string, body?: unknown, { signal }: CallOptions = {}): Promise<unknown> {
    const pieces = body === undefined ? undefined : [encodeName(JSON.stringify(body))];
    return this.#transport.json({ method, path, pool: method === 'GET' ? 'reads' : 'writes', body: pieces, signal });
  }

  close(): Promise<void> {
    this.#lease.end();
    this.#transport.close();
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
