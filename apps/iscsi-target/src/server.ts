import { type IscsiStatus, type ScstIscsiServer, serveIscsi } from '@scst/iscsi-driver';
import { type ListenPortal } from '@scst/iscsi';
import { coreConnection, createCore, lockState, Scst } from '@scst/local';
import { type RemoteServer, serve } from '@scst/remote';
import { type Profile } from '@scst/core';
import { type Logger } from 'pino';
import { applyConfiguration } from './configuration.js';
import { logEvent } from './log.js';
import { VERSION } from './version.js';

export interface ServerOptions {
  /** scst.conf. */
  readonly config: string | undefined;
  readonly portals: readonly ListenPortal[];
  /** `kernel`, or a socket; undefined: an SCST in this process. */
  readonly connect: string | undefined;
  readonly stateDirectory: string;
  readonly profile: Profile;
  /** Where the program can be asked how it is. */
  readonly socket: string;
  /** Seconds that initiators have to log out at the end. */
  readonly grace: number;
  /** Ends the start; what was begun is taken back. */
  readonly signal: AbortSignal;
  /** Microseconds: see `serveIscsi`. */
  readonly busyPoll: number;
}

/** The iSCSI target, running. */
export class TargetServer implements AsyncDisposable {
  readonly #options: ServerOptions;
  readonly #log: Logger;
  readonly #cleanups: (() => Promise<unknown>)[] = [];
  #scst: Scst | undefined;
  #iscsi: ScstIscsiServer | undefined;

  private constructor(options: ServerOptions, log: Logger) {
    this.#options = options;
    this.#log = log;
  }

  /** Starts everything, or nothing: what was begun is taken back when something fails. */
  static async start(options: ServerOptions, log: Logger): Promise<TargetServer> {
    const server = new TargetServer(options, log);
    try {
      await server.#start();
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  async status(): Promise<IscsiStatus> {
    if (this.#iscsi === undefined) throw new TypeError('the server is not up');
    return await this.#iscsi.status();
  }

  /** Reads the configuration again and goes over to it. Does nothing without one. */
  async reload(): Promise<void> {
    const { config } = this.#options;
    if (config === undefined || this.#scst === undefined) return;
    await this.#iscsi?.apply(await applyConfiguration(this.#scst, config, (message) => { this.#log.warn(message); }, this.#options.signal));
  }

  /** Ends sessions, then SCST. Resolves with what could not be done. */
  async stop(): Promise<unknown[]> {
    const failures: unknown[] = [];
    for (let step = this.#cleanups.pop(); step !== undefined; step = this.#cleanups.pop()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    return failures;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #start(): Promise<void> {
    const { config, portals, grace, busyPoll, signal } = this.#options;
    const scst = await this.#open();
    this.#scst = scst;
    this.#cleanups.push(() => scst.close());
    const settings = config === undefined ? {} : await applyConfiguration(scst, config, (message) => { this.#log.warn(message); }, signal);
    const iscsi = await serveIscsi(scst, { portals, settings, busyPoll, log: (event) => { logEvent(this.#log, event); } });
    this.#iscsi = iscsi;
    this.#cleanups.push(() => iscsi.close({ graceSeconds: grace }));
    const control = await this.#serveControl(scst);
    this.#cleanups.push(() => control.close());
  }

  async #open(): Promise<Scst> {
    const { connect, stateDirectory, profile, socket } = this.#options;
    if (connect !== undefined) return await Scst.open({ connect });
    const lock = await lockState(stateDirectory, socket);
    this.#cleanups.push(() => lock.release());
    const core = createCore({ profile, stateDirectory });
    const scst = Scst.over(coreConnection(core, () => core.close()));
    try {
      await core.modules.load('scst');
      await core.modules.load('scst_vdisk');
      await core.modules.load('scst_local', { add_default_tgt: '0' });
      return scst;
    } catch (error) {
      await scst.close();
      throw error;
    }
  }

  /** The tree of an SCST in this process can be reached through the socket too: `scst-local --connect SOCKET`. */
  async #serveControl(scst: Scst): Promise<RemoteServer> {
    const { socket } = this.#options;
    const routes = { 'GET /iscsi': () => this.status() };
    const info = (): unknown => ({ program: 'scst-iscsi-target', version: VERSION });
    return await serve({ tree: scst.tree, modules: scst.modules, luns: (target, session, lun) => scst.driver().target(target).session(session).open(lun), devices: () => scst.scsiDevices(), info, routes }, { socket });
  }
}
