import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { ModuleControl, SysfsTree } from '@scst/sysfs';
import { COMMAND_HEADER_LENGTH, LONGEST_CDB } from '../protocol/frame.js';
import { RemoteError } from '../protocol/remote-error.js';
import { PROTOCOL, type ServerInfo } from '../protocol/version.js';
import { Budget } from './budget.js';
import { Exchange } from './exchange.js';
import { fileRoute } from './file-route.js';
import { Handles } from './handles.js';
import { withDefaults, type Limits, type ServerLimits } from './limits.js';
import { lunRoute, unitRoute, type LunResolver, type LunRouteOptions } from './lun-route.js';
import { moduleRoute } from './module-route.js';
import { RouteTable, wrongMethod, type Routes } from './route.js';
import { bindSocket, type BoundSocket } from './socket.js';
import { treeRoute } from './tree-route.js';

/** What is served. */
export interface Served {
  readonly tree: SysfsTree;
  readonly modules?: ModuleControl | undefined;
  /** Logical units. Without it there is no data path. */
  readonly luns?: LunResolver | undefined;
  /** What `GET /devices` answers. */
  readonly devices?: (() => unknown) | undefined;
  /** What `GET /` tells besides: the program's name and version, its state. */
  readonly info?: (() => unknown) | undefined;
  /** Endpoints of the embedding program, e.g. `'GET /hosts'`. They do not replace the server's own. */
  readonly routes?: Routes | undefined;
}

export interface ServeOptions {
  /** Path of the unix socket. Its directory is made if need be. */
  readonly socket: string;
  readonly limits?: ServerLimits | undefined;
}

/** A server that is listening. */
export interface RemoteServer extends AsyncDisposable {
  /** Path of the socket. */
  readonly socket: string;
  /** Files and logical units clients hold open. */
  readonly openHandles: number;
  /**
   * Takes no more requests, lets those in flight end (they are aborted after `drainTimeout`), lets go of everything clients hold
   * and removes the socket. Closing twice is no error.
   */
  close(): Promise<void>;
}

/**
 * Serves a tree, and what goes with it, on a unix socket.
 *
 * @throws RemoteError `ERR_SERVER_ALIVE` when another server is alive there, `ERR_SOCKET_PATH` when the path cannot be used.
 */
export const serve = async (served: Served, { socket, limits }: ServeOptions): Promise<RemoteServer> => {
  const server = new TreeServer(served, socket, withDefaults(limits));
  await server.listen();
  return server;
};

/** Milliseconds for aborted work to end when the server closes. */
const ABORT_GRACE = 1000;

class TreeServer implements RemoteServer {
  readonly socket: string;
  readonly #served: Served;
  readonly #limits: Limits;
  readonly #http: HttpServer;
  readonly #handles: Handles;
  readonly #routes: RouteTable;
  readonly #lunOptions: LunRouteOptions | undefined;
  readonly #leases = new Set<Exchange>();
  readonly #active = new Map<AbortController, Promise<void>>();
  #bound: BoundSocket | undefined;
  #closing: Promise<void> | undefined;

  constructor(served: Served, socket: string, limits: Limits) {
    const { luns, devices, routes } = served;
    this.socket = socket;
    this.#served = served;
    this.#limits = limits;
    this.#handles = new Handles(limits.handles, limits.handleIdle);
    this.#routes = new RouteTable({ ...(devices === undefined ? {} : { 'GET /devices': devices }), ...routes });
    // A single command must fit, or it would wait for ever.
    const total = Math.max(limits.totalData, limits.data + COMMAND_HEADER_LENGTH + LONGEST_CDB);
    const budgets = { out: new Budget(total), in: new Budget(total) };
    this.#lunOptions = luns === undefined ? undefined : { luns, handles: this.#handles, budgets, dataLimit: limits.data };
    this.#http = createServer(
      {
        headersTimeout: limits.headerTimeout,
        requestTimeout: limits.requestTimeout,
        keepAliveTimeout: limits.idleTimeout,
        connectionsCheckingInterval: Math.min(30_000, Math.max(50, limits.headerTimeout / 2)),
      },
      (request, response) => { this.#begin(request, response); },
    );
    this.#http.maxConnections = limits.connections;
  }

  get openHandles(): number {
    return this.#handles.size;
  }

  async listen(): Promise<void> {
    this.#bound = await bindSocket(this.#http, this.socket);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    await this.#bound?.release();
    const closed = new Promise((resolve) => this.#http.close(resolve));
    this.#http.closeIdleConnections();
    await this.#drain(this.#limits.drainTimeout);
    for (const controller of this.#active.keys()) controller.abort();
    // What does not even end when it is aborted, such as a device that hangs, must not keep the server.
    await this.#drain(ABORT_GRACE);
    for (const lease of this.#leases) lease.endStream();
    await this.#handles.removeAll();
    this.#http.closeAllConnections();
    await closed;
  }

  /** Waits for the requests in flight to end, but not longer than a time. */
  async #drain(milliseconds: number): Promise<void> {
    let limit: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      limit = setTimeout(resolve, milliseconds);
    });
    await Promise.race([Promise.allSettled(this.#active.values()), late]);
    clearTimeout(limit);
  }

  #begin(request: IncomingMessage, response: ServerResponse): void {
    const controller = new AbortController();
    // A connection that breaks is told of by `close`; there is nobody to tell of the error itself.
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    response.on('close', () => {
      if (!response.writableFinished) controller.abort();
    });
    const exchange = new Exchange(request, response, controller.signal, this.#limits.answerTimeout);
    if (exchange.path === '/lease' && this.#closing === undefined) {
      this.#lend(exchange);
      return;
    }
    const work = this.#answer(exchange).catch((error: unknown) => exchange.sendError(error));
    this.#active.set(controller, work);
    void work.finally(() => {
      this.#active.delete(controller);
      // A connection that has nothing in flight is one closeIdleConnections() would have closed.
      if (this.#closing !== undefined) request.socket.end();
    });
  }

  /** `GET /lease`: an answer that lasts as long as the client, and with it what the client holds open. */
  #lend(exchange: Exchange): void {
    const lease = this.#handles.lease();
    this.#leases.add(exchange);
    exchange.signal.addEventListener('abort', () => {
      this.#leases.delete(exchange);
      void this.#handles.endLease(lease);
    });
    exchange.beginStream({ lease });
  }

  async #answer(exchange: Exchange): Promise<void> {
    if (this.#closing !== undefined) throw new RemoteError('ERR_CLOSING', 'the server is closing');
    if (this.#active.size >= this.#limits.requests) {
      throw new RemoteError('ERR_LIMIT', `the server is working on ${this.#limits.requests} requests, and takes no more`);
    }
    const { tree, modules } = this.#served;
    const bodyLimit = this.#limits.body;
    const [, endpoint = ''] = exchange.path.split('/', 2);
    if (endpoint === '') await this.#tell(exchange);
    else if (endpoint === 'tree') await treeRoute(exchange, tree, bodyLimit);
    else if (endpoint === 'files') await fileRoute(exchange, { tree, handles: this.#handles, bodyLimit });
    else if (endpoint === 'modules' && modules !== undefined) await moduleRoute(exchange, modules, bodyLimit);
    else if (endpoint === 'lun' && this.#lunOptions !== undefined) await lunRoute(exchange, this.#lunOptions);
    else if (endpoint === 'units' && this.#lunOptions !== undefined) await unitRoute(exchange, this.#lunOptions);
    else if (!(await this.#routes.answer(exchange, bodyLimit))) throw new RemoteError('ERR_NOT_FOUND', `there is no ${exchange.path}`);
  }

  async #tell(exchange: Exchange): Promise<void> {
    if (exchange.method !== 'GET') throw wrongMethod(exchange);
    const { tree, modules, info } = this.#served;
    const own = ['tree', 'files', ...(modules === undefined ? [] : ['modules']), ...(this.#lunOptions === undefined ? [] : ['lun'])];
    const told: ServerInfo = {
      server: 'scst',
      protocol: PROTOCOL,
      pid: process.pid,
      description: tree.description,
      endpoints: [...own, ...this.#routes.endpoints],
      info: await info?.(),
    };
    await exchange.sendJson(told);
  }
}
