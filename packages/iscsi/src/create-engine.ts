import { Connection } from './connection/connection.js';
import { Slab, SlabPool } from './connection/slab.js';
import type { ConnectionTransport, EngineConnection, IscsiEngine, IscsiEvent, IscsiServerOptions } from './engine.js';
import type { EngineContext, SessionNames } from './engine-context.js';
import { type IscsiEnvironment, systemEnvironment } from './environment.js';
import { IscsiError } from './error.js';
import type { ConnectionAddresses, IscsiTargetHost } from './host.js';
import { type Limits, withDefaults } from './limits.js';
import type { Session } from './session/session.js';
import { IscsiTask } from './session/task.js';
import type { TaskOwner } from './session/task-owner.js';

/** How often peers are looked after. */
const TICK = 1000;
/** Ended tasks that are kept to be used again. */
const MAX_SPARE = 512;
const MAX_TSIH = 0xffff;

/** Makes the protocol engine of one server. */
export function createIscsiEngine(host: IscsiTargetHost, options: IscsiServerOptions = {}): IscsiEngine {
  return new Engine(host, options);
}

class Engine implements IscsiEngine, EngineContext {
  readonly host: IscsiTargetHost;
  readonly limits: Limits;
  readonly environment: IscsiEnvironment;
  readonly pool = new SlabPool();
  readonly nothing = new Slab(0);
  readonly #log: ((event: IscsiEvent) => void) | undefined;
  readonly #connections = new Set<Connection>();
  readonly #loginsByAddress = new Map<string, number>();
  readonly #sessions = new Map<number, Session>();
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #spare: IscsiTask[] = [];
  #lastTsih = 0;
  #isClosed = false;
  readonly #stopTicking: () => void;

  constructor(host: IscsiTargetHost, { limits, log, environment = systemEnvironment }: IscsiServerOptions) {
    this.host = host;
    this.limits = withDefaults(limits);
    this.environment = environment;
    this.#log = log;
    this.#stopTicking = environment.every(TICK, () => {
      this.#tick();
    });
  }

  get sessions(): readonly Session[] {
    return [...this.#sessions.values()];
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  get buffersInUse(): number {
    return this.pool.inUse;
  }

  accept(addresses: ConnectionAddresses, transport: ConnectionTransport): EngineConnection | undefined {
    const { remoteAddress } = addresses;
    const logins = this.#loginsByAddress.get(remoteAddress) ?? 0;
    if (this.#isClosed || this.#connections.size >= this.limits.connections || logins >= this.limits.loginsPerAddress) return undefined;
    const connection = new Connection(this, addresses, transport);
    this.#connections.add(connection);
    this.#loginsByAddress.set(remoteAddress, logins + 1);
    return connection;
  }

  async close({ graceSeconds = 0 }: { readonly graceSeconds?: number | undefined } = {}): Promise<void> {
    this.#isClosed = true;
    for (const connection of this.#connections) if (!connection.isLoggedIn) connection.drop('the server is closing');
    if (graceSeconds > 0) await this.#awaitLogouts(graceSeconds);
    await Promise.all([...this.#sessions.values()].map((session) => session.close()));
    for (const connection of this.#connections) connection.closeNow('the server is closing');
    this.#stopTicking();
  }

  async #awaitLogouts(seconds: number): Promise<void> {
    const sessions = [...this.#sessions.values()];
    for (const session of sessions) session.requestLogout(seconds);
    await new Promise<void>((resolve) => {
      const deadline = this.environment.now() + seconds * 1000;
      const stop = this.environment.every(100, () => {
        if (this.#sessions.size > 0 && this.environment.now() < deadline) return;
        stop();
        resolve();
      });
    });
  }

  #tick(): void {
    const now = this.environment.now();
    for (const connection of this.#connections) connection.liveness.tick(now);
    for (const session of this.#sessions.values()) {
      // Others may have made room.
      session.memoryFreed();
      if (session.logoutDeadline <= now) void session.close();
    }
  }

  // What connections and sessions ask for.

  log(event: IscsiEvent): void {
    this.#log?.(event);
  }

  takeTask(owner: TaskOwner): IscsiTask {
    const task = this.#spare.pop() ?? new IscsiTask(owner);
    task.begin(owner);
    return task;
  }

  giveTask(task: IscsiTask): void {
    if (this.#spare.length < MAX_SPARE) this.#spare.push(task);
  }

  sessionOf(tsih: number): Session | undefined {
    const session = this.#sessions.get(tsih);
    return session?.isEnding === true ? undefined : session;
  }

  sessionLike({ initiatorName, isid, targetName }: SessionNames): Session | undefined {
    for (const session of this.#sessions.values()) {
      if (session.kind === 'normal' && session.isid === isid && session.initiator.initiatorName === initiatorName && session.targetName === targetName) return session;
    }
    return undefined;
  }

  async inTurn<Result>({ initiatorName, isid, targetName }: SessionNames, run: () => Promise<Result>): Promise<Result> {
    const key = `${initiatorName} ${isid} ${targetName}`;
    const before = this.#turns.get(key) ?? Promise.resolve();
    const result = before.then(run, run);
    const settled = result.catch(() => undefined);
    this.#turns.set(key, settled);
    try {
      return await result;
    } finally {
      if (this.#turns.get(key) === settled) this.#turns.delete(key);
    }
  }

  freeTsih(): number {
    if (this.#sessions.size >= MAX_TSIH) throw new IscsiError('ERR_RANGE', 'there is no session handle left');
    do this.#lastTsih = (this.#lastTsih % MAX_TSIH) + 1;
    while (this.#sessions.has(this.#lastTsih));
    return this.#lastTsih;
  }

  canOpenSession(): boolean {
    return !this.#isClosed && this.#sessions.size < this.limits.sessions;
  }

  sessionOpened(session: Session): void {
    this.#sessions.set(session.tsih, session);
  }

  sessionEnded(session: Session, reason: string): void {
    if (this.#sessions.get(session.tsih) === session) this.#sessions.delete(session.tsih);
    this.log({ kind: 'session-closed', message: reason, initiatorName: session.initiator.initiatorName, targetName: session.targetName });
  }

  connectionLoggedIn(connection: Connection): void {
    this.#loginOver(connection);
    const { session } = connection;
    this.log({
      kind: 'login',
      message: session?.kind === 'discovery' ? 'discovery session' : 'logged in',
      connection: connection.addresses,
      initiatorName: session?.initiator.initiatorName,
      targetName: session?.targetName,
    });
  }

  #loginOver({ addresses: { remoteAddress } }: Connection): void {
    const logins = (this.#loginsByAddress.get(remoteAddress) ?? 1) - 1;
    if (logins > 0) this.#loginsByAddress.set(remoteAddress, logins);
    else this.#loginsByAddress.delete(remoteAddress);
  }

  connectionEnded(connection: Connection): void {
    if (!this.#connections.delete(connection)) return;
    if (!connection.isLoggedIn) this.#loginOver(connection);
  }

  dropTarget(targetName: string): void {
    for (const session of this.#sessions.values()) if (session.targetName === targetName) void session.close();
  }
}
