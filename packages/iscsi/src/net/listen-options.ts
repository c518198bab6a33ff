import type { IscsiServerOptions } from '../engine.js';
import type { IscsiSession } from '../session-info.js';

export interface ListenOptions extends IscsiServerOptions {
  /** Where to listen. Default: 127.0.0.1, port 3260. */
  readonly portals?: readonly ListenPortal[] | undefined;
  /**
   * Microseconds that the process looks for more bytes after some came, rather than sleep and be woken: less latency for processor
   * time. It is left off by itself while initiators are slower than that. Default: 50; 0: never.
   */
  readonly busyPoll?: number | undefined;
}

export interface ListenPortal {
  /** IPv4 or IPv6 address without brackets. */
  readonly address: string;
  /** Default: 3260; 0 takes a free one. */
  readonly port?: number | undefined;
}

/** A server with its sockets. */
export interface IscsiServer extends AsyncDisposable {
  /** Where it listens. */
  readonly portals: readonly { readonly address: string; readonly port: number }[];
  readonly sessions: readonly IscsiSession[];
  /** Begins to listen on one more portal; resolves when it does. */
  addPortal(portal: ListenPortal): Promise<{ readonly address: string; readonly port: number }>;
  /** Stops listening there; connections stay. */
  removePortal(portal: { readonly address: string; readonly port: number }): void;
  /** Stops listening and ends all sessions, after asking initiators to log out for so many seconds. */
  close(options?: { readonly graceSeconds?: number | undefined }): Promise<void>;
}
