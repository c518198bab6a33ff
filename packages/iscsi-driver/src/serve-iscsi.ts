import { type IscsiEvent, type IscsiLimits, type IscsiServer, type ListenPortal, listen } from '@scst/iscsi';
import { createTargetDriver, type Scst, type UserTargetDriver } from '@scst/local';
import { type IscsiSettings } from './settings.js';
import { type IscsiStatus, statusOf } from './status.js';
import { ScstTargetHost } from './target-host.js';

export interface ServeIscsiOptions {
  /** Where to listen. Default: 127.0.0.1, port 3260. */
  portals?: readonly ListenPortal[] | undefined;
  /** Default: every target is served as it comes, without authentication. */
  settings?: IscsiSettings | undefined;
  /** Whether targets of scst_local with an iSCSI name are served that the settings do not name. Default: while the settings have no list of targets. */
  unlisted?: boolean | undefined;
  limits?: IscsiLimits | undefined;
  /** Microseconds that the process looks for more bytes rather than sleep. Default: 50; 0: never. See `listen` of @scst/iscsi. */
  busyPoll?: number | undefined;
  /** Told of logins, their failures, dropped connections. Holds no secret. */
  log?: ((event: IscsiEvent) => void) | undefined;
  /** Where the driver notes what it has made: {@link createTargetDriver}. */
  journalDirectory?: string | undefined;
}

/** iSCSI over an SCST, while it runs. */
export interface ScstIscsiServer extends AsyncDisposable {
  readonly portals: IscsiServer['portals'];
  readonly sessions: IscsiServer['sessions'];
  status(): Promise<IscsiStatus>;
  /** Goes over to other settings. Sessions of initiators that may not see their target any more are closed. */
  apply(settings: IscsiSettings): Promise<void>;
  /** Begins to listen on one more portal. */
  addPortal(portal: ListenPortal): Promise<{ readonly address: string; readonly port: number }>;
  /** Asks initiators to log out for so many seconds (default: 0), then ends all sessions and takes back what was made in SCST. Twice is no error. */
  close(options?: { graceSeconds?: number | undefined }): Promise<void>;
}

/**
 * Serves the targets of scst_local that have an iSCSI name. LUNs, groups and initiators are those of SCST's tree: what changes there
 * counts at once. A session of iSCSI is a session of scst_local, named by its initiator, with its iSCSI TransportID.
 *
 * @throws SysfsError where scst_local is not loaded; the errors of node:net where a portal cannot be had.
 */
export const serveIscsi = async (scst: Scst, { portals, settings = {}, unlisted, limits, busyPoll, log, journalDirectory }: ServeIscsiOptions = {}): Promise<ScstIscsiServer> => {
  const driver = await createTargetDriver(scst, { name: 'iscsi', journalDirectory });
  const host = new ScstTargetHost(scst, driver, settings, unlisted);
  try {
    return new Serving(await listen(host, { portals, limits, busyPoll, log }), host, driver);
  } catch (error) {
    await driver.close();
    throw error;
  }
};

class Serving implements ScstIscsiServer {
  readonly #server: IscsiServer;
  readonly #host: ScstTargetHost;
  readonly #driver: UserTargetDriver;
  #closing: Promise<void> | undefined;

  constructor(server: IscsiServer, host: ScstTargetHost, driver: UserTargetDriver) {
    this.#server = server;
    this.#host = host;
    this.#driver = driver;
  }

  get portals(): IscsiServer['portals'] {
    return this.#server.portals;
  }

  get sessions(): IscsiServer['sessions'] {
    return this.#server.sessions;
  }

  async status(): Promise<IscsiStatus> {
    return statusOf(this.#server, await this.#host.targetNames());
  }

  async apply(settings: IscsiSettings): Promise<void> {
    this.#host.settings = settings;
    await Promise.all(
      this.sessions.map(async (session) => {
        const mayStay = session.kind === 'discovery' ? settings.enabled !== false : await this.#host.mayStay(session.initiator, session.targetName);
        if (!mayStay) await session.close();
      }),
    );
  }

  addPortal(portal: ListenPortal): Promise<{ readonly address: string; readonly port: number }> {
    return this.#server.addPortal(portal);
  }

  async close(options: { graceSeconds?: number | undefined } = {}): Promise<void> {
    this.#closing ??= this.#close(options);
    await this.#closing;
  }

  async #close(options: { graceSeconds?: number | undefined }): Promise<void> {
    try {
      await this.#server.close(options);
    } finally {
      await this.#driver.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
