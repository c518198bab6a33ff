import { SysfsError, type ErrnoName } from '@scst/sysfs';
import { RemoteError, type RemoteErrorCode } from '../protocol/remote-error.js';

/** What a call was about, for its errors. */
export interface SysfsCall {
  readonly operation: string;
  readonly path: string;
  readonly input?: Uint8Array | undefined;
}

/** Trouble with the server, as the errno a mounted tree would give for it. */
const ERRNO_OF: Record<RemoteErrorCode, ErrnoName> = {
  ERR_NO_SERVER: 'ECONNREFUSED',
  ERR_SERVER_ALIVE: 'EADDRINUSE',
  ERR_SOCKET_PATH: 'EINVAL',
  ERR_CONNECTION: 'ECONNRESET',
  ERR_TIMEOUT: 'ETIMEDOUT',
  ERR_PROTOCOL: 'EPROTO',
  ERR_NOT_FOUND: 'ENOSYS',
  ERR_BAD_REQUEST: 'EINVAL',
  ERR_LIMIT: 'ENOBUFS',
  ERR_CLOSING: 'ESHUTDOWN',
  ERR_SERVER: 'EIO',
};

/**
 * Does a call of the control seam, whose errors are SysfsErrors whatever went wrong.
 *
 * @param work Is not begun when the signal has been aborted.
 */
export const sysfsCall = async <T>(call: SysfsCall, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> => {
  const checkInterrupted = (): void => {
    if (signal?.aborted === true) throw new SysfsError({ ...call, errno: 'EINTR', reason: 'the call was aborted', cause: signal.reason });
  };
  checkInterrupted();
  try {
    return await work();
  } catch (error) {
    checkInterrupted();
    if (!(error instanceof RemoteError)) throw error;
    const at = error.code === 'ERR_NO_SERVER' ? 'open' : 'transfer';
    throw new SysfsError({ ...call, errno: ERRNO_OF[error.code], at, reason: error.message, hint: error.hint, cause: error });
  }
};
