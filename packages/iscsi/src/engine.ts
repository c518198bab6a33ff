import type { IscsiEnvironment } from './environment.js';
import type { ConnectionAddresses } from './host.js';
import type { IscsiLimits } from './limits.js';
import type { IscsiSession } from './session-info.js';

export interface IscsiServerOptions {
  readonly limits?: IscsiLimits | undefined;
  /** Told of what people may want to know: logins and their failures, dropped connections. Never holds a secret. */
  readonly log?: ((event: IscsiEvent) => void) | undefined;
  readonly environment?: IscsiEnvironment | undefined;
}

export interface IscsiEvent {
  readonly kind: 'login' | 'login-failed' | 'logout' | 'session-closed' | 'connection-dropped' | 'target-failed';
  readonly message: string;
  readonly connection?: ConnectionAddresses | undefined;
  readonly initiatorName?: string | undefined;
  readonly targetName?: string | undefined;
}

/**
 * The protocol engine: sessions and connections of one server, without a socket. Bytes go in by {@link EngineConnection.receive}
 * and come out by the {@link ConnectionTransport} given to {@link IscsiEngine.accept}. `listen` puts sockets around it.
 */
export interface IscsiEngine {
  readonly sessions: readonly IscsiSession[];
  /** Connections, logged in or not. */
  readonly connectionCount: number;
  /** Bytes of buffers in use for commands, for what is being sent, and as inboxes; spare ones are not counted. */
  readonly buffersInUse: number;
  /**
   * Takes a new connection in. Undefined: the limits allow no more; the caller closes it.
   */
  accept(addresses: ConnectionAddresses, transport: ConnectionTransport): EngineConnection | undefined;
  /**
   * Ends everything: initiators are asked to log out (`graceSeconds`, default 0, at once), then all sessions and connections are
   * closed. Resolves when no command, session or connection is left.
   */
  close(options?: { readonly graceSeconds?: number | undefined }): Promise<void>;
}

/** One connection's way out, made by whoever has the socket. Nothing of it calls back into the engine before it returns. */
export interface ConnectionTransport {
  /**
   * Sends these pieces, in order, in one vectored write. They stay untouched until `sent` is called, which is once, also when the
   * connection has died.
   */
  write(pieces: readonly Uint8Array[], sent: () => void): void;
  /** The engine wants no bytes until {@link resume}. Some may still be given. */
  pause(): void;
  resume(): void;
  /** No more will be written; closes once what was written has gone. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}

/** One connection's way in. */
export interface EngineConnection {
  /** Bytes as they come. What is needed of them later is copied: the memory is the caller's again. */
  receive(chunk: Uint8Array): void;
  /**
   * Memory of the engine's to read the next bytes into, for {@link received}. Data of commands can be used where it lies then, which
   * spares a copy. It is another piece of memory after each call of that.
   */
  readonly inbox: Uint8Array;
  /** So many bytes have been read into the beginning of {@link inbox}. */
  received(count: number): void;
  /** The connection is gone, by whatever reason. Its tasks are aborted; the last connection's session ends. */
  closed(): void;
}
