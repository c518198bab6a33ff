/** What went wrong between client and server, as opposed to in the SCST behind them. */
export type RemoteErrorCode =
  /** Nothing listens on the socket. */
  | 'ERR_NO_SERVER'
  /** Another server is alive on the socket. */
  | 'ERR_SERVER_ALIVE'
  /** The socket's path is unusable: too long, not a socket, or in a directory others can change. */
  | 'ERR_SOCKET_PATH'
  /** The connection ended before the answer. */
  | 'ERR_CONNECTION'
  /** No answer came in time. */
  | 'ERR_TIMEOUT'
  /** The other side speaks something else. */
  | 'ERR_PROTOCOL'
  /** The server has no such endpoint. */
  | 'ERR_NOT_FOUND'
  /** The request is malformed. */
  | 'ERR_BAD_REQUEST'
  /** The request exceeds one of the server's limits. */
  | 'ERR_LIMIT'
  /** The server is closing. */
  | 'ERR_CLOSING'
  /** The server failed. */
  | 'ERR_SERVER';

export interface RemoteErrorDetails {
  /** What the person can do about it. */
  hint?: string | undefined;
  /** Process id of the server, where it is known. */
  pid?: number | undefined;
  cause?: unknown;
}

/** A failure of the connection or of the request itself. What the SCST behind it refuses is a SysfsError or a TransportError. */
export class RemoteError extends Error {
  readonly code: RemoteErrorCode;
  readonly hint: string | undefined;
  readonly pid: number | undefined;

  constructor(code: RemoteErrorCode, message: string, { hint, pid, cause }: RemoteErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'RemoteError';
    this.code = code;
    this.hint = hint;
    this.pid = pid;
  }
}
