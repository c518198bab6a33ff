import { createServer, type Server, type Socket } from 'node:net';
import { createIscsiEngine } from '../create-engine.js';
import { systemEnvironment } from '../environment.js';
import type { IscsiEngine } from '../engine.js';
import { IscsiError } from '../error.js';
import type { IscsiTargetHost } from '../host.js';
import type { IscsiSession } from '../session-info.js';
import type { IscsiServer, ListenOptions, ListenPortal } from './listen-options.js';
import { BusyPoll } from './busy-poll.js';
import { readInto } from './read-into.js';
import { SocketTransport } from './socket-transport.js';

/** The registered port (RFC 7143 4.2.7.1). */
export const ISCSI_PORT = 3260;

/** Milliseconds without traffic after which TCP asks whether the peer is there. */
const KEEP_ALIVE = 60_000;

/** Microseconds. */
const BUSY_POLL = 50;

/** Serves the host's targets on sockets. Rejects with {@link IscsiError} `ERR_LISTEN` where one of the portals cannot be had. */
export async function listen(host: IscsiTargetHost, options: ListenOptions = {}): Promise<IscsiServer> {
  const { busyPoll = BUSY_POLL, environment = systemEnvironment } = options;
  const server = new SocketServer(createIscsiEngine(host, options), new BusyPoll(busyPoll / 1000, environment));
  try {
    for (const portal of options.portals ?? [{ address: '127.0.0.1' }]) await server.addPortal(portal);
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}

type BoundPortal = { readonly address: string; readonly port: number };

class SocketServer implements IscsiServer {
  readonly #engine: IscsiEngine;
  readonly #busyPoll: BusyPoll;
  readonly #listeners: { readonly portal: BoundPortal; readonly server: Server }[] = [];
  #isClosed = false;

  constructor(engine: IscsiEngine, busyPoll: BusyPoll) {
    this.#engine = engine;
    this.#busyPoll = busyPoll;
  }

  get portals(): readonly BoundPortal[] {
    return this.#listeners.map(({ portal }) => portal);
  }

  get sessions(): readonly IscsiSession[] {
    return this.#engine.sessions;
  }

  async addPortal({ address, port = ISCSI_PORT }: ListenPortal): Promise<BoundPortal> {
    if (this.#isClosed) throw new IscsiError('ERR_CLOSED', 'the server is closed');
    const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE, pauseOnConnect: true }, (socket) => {
      this.#accept(socket);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => {
        reject(new IscsiError('ERR_LISTEN', `cannot listen on ${address} port ${port}: ${cause.message}`, { cause }));
      });
      server.listen({ host: address, port, ipv6Only: true }, resolve);
    });
    // Errors of a listening socket (no more file descriptors) concern the connection that could not be taken.
    server.on('error', () => undefined);
    const bound = server.address();
    const portal = { address, port: typeof bound === 'object' && bound !== null ? bound.port : port };
    this.#listeners.push({ portal, server });
    return portal;
  }

  removePortal({ address, port }: BoundPortal): void {
    const index = this.#listeners.findIndex(({ portal }) => portal.address === address && portal.port === port);
    const [removed] = index < 0 ? [] : this.#listeners.splice(index, 1);
    removed?.server.close();
  }

  #accept(accepted: Socket): void {
    const { localAddress, localPort, remoteAddress, remotePort } = accepted;
    // The peer may have gone before we look.
    if (localAddress === undefined || localPort === undefined || remoteAddress === undefined || remotePort === undefined) {
      accepted.destroy();
      return;
    }
    const addresses = { localAddress: plainAddress(localAddress), localPort, remoteAddress: plainAddress(remoteAddress), remotePort };
    const transport = new SocketTransport();
    const connection = this.#engine.accept(addresses, transport);
    if (connection === undefined) {
      accepted.destroy();
      return;
    }
    const socket = readInto(accepted, this.#busyPoll.watch(connection));
    transport.attach(socket);
    // The close event follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      connection.closed();
    });
  }

  async close(options?: { readonly graceSeconds?: number | undefined }): Promise<void> {
    this.#isClosed = true;
    for (const { server } of this.#listeners.splice(0)) server.close();
    await this.#engine.close(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** IPv4 in IPv6 (::ffff:192.0.2.1) is IPv4, and the zone of a link-local address is of this machine alone. */
function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/iu.exec(address);
  return mapped?.[1] ?? address.replace(/%.*$/u, '');
}
