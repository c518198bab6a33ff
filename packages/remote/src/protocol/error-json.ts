import { CommandTextError, isErrnoName, SysfsError, type ErrnoName } from '@scst/sysfs';
import { TransportError } from '@scst/scsi';
import { RemoteError, type RemoteErrorCode } from './remote-error.js';

/** An error as it travels: everything the client needs to build the same error again, but what it knows itself (the input). */
export type ErrorJson =
  | { kind: 'sysfs'; operation: string; path: string; errno: string; number: number; at: 'open' | 'transfer'; reason?: string; hint?: string; message: string }
  | { kind: 'transport'; code: string; message: string }
  | { kind: 'text'; text: string; offset?: number; byte?: number; message: string }
  | { kind: 'remote'; code: string; hint?: string; message: string };

/** An answer that is an error: its HTTP status, for those who look with curl, and its body. */
export interface ErrorAnswer {
  readonly status: number;
  readonly body: { error: ErrorJson };
}

const SYSFS_STATUS: Partial<Record<ErrnoName, number>> = {
  ENOENT: 404,
  EACCES: 403,
  EPERM: 403,
  EISDIR: 409,
  ENOTDIR: 409,
  EEXIST: 409,
  EBUSY: 409,
  EFAULT: 409,
  EBADSLT: 409,
  EBADF: 410,
  ENODEV: 410,
  EINVAL: 422,
  ERANGE: 422,
  EOVERFLOW: 422,
  EAGAIN: 503,
  EMFILE: 503,
  ENOSYS: 501,
};

const REMOTE_STATUS: Partial<Record<RemoteErrorCode, number>> = {
  ERR_NOT_FOUND: 404,
  ERR_BAD_REQUEST: 400,
  ERR_LIMIT: 413,
  ERR_CLOSING: 503,
};

const TRANSPORT_STATUS: Record<TransportError['code'], number> = { ABORTED: 409, CLOSED: 410, GONE: 410, TIMEOUT: 504, REFUSED: 422, FAILED: 502 };

/** The answer for an error. What is not one of the project's own errors is told by its message alone. */
export const toErrorAnswer = (error: unknown): ErrorAnswer => {
  if (error instanceof SysfsError) {
    const { operation, path, code, errno, at, reason, hint, message } = error;
    const json: ErrorJson = { kind: 'sysfs', operation, path, errno: code, number: errno, at, message, ...(reason === undefined ? {} : { reason }), ...(hint === undefined ? {} : { hint }) };
    return { status: SYSFS_STATUS[code] ?? 500, body: { error: json } };
  }
  if (isTransportError(error)) {
    return { status: TRANSPORT_STATUS[error.code], body: { error: { kind: 'transport', code: error.code, message: error.message } } };
  }
  if (error instanceof CommandTextError) {
    const { text, offset, byte, message } = error;
    return { status: 422, body: { error: { kind: 'text', text, message, ...(offset === undefined ? {} : { offset }), ...(byte === undefined ? {} : { byte }) } } };
  }
  if (error instanceof RemoteError) {
    const { code, hint, message } = error;
    return { status: REMOTE_STATUS[code] ?? 500, body: { error: { kind: 'remote', code, message, ...(hint === undefined ? {} : { hint }) } } };
  }
  return { status: 500, body: { error: { kind: 'remote', code: 'ERR_SERVER', message: error instanceof Error ? error.message : String(error) } } };
};

/** By its form, since a program may hold two copies of @scst/scsi (ESM and CJS). */
const isTransportError = (error: unknown): error is TransportError =>
  error instanceof TransportError || (error instanceof Error && error.name === 'TransportError' && 'code' in error && TRANSPORT_CODES.has(String(error.code)));

const TRANSPORT_CODES = new Set<string>(Object.keys(TRANSPORT_STATUS));
const REMOTE_CODES = new Set<string>(['ERR_NOT_FOUND', 'ERR_BAD_REQUEST', 'ERR_LIMIT', 'ERR_CLOSING', 'ERR_SERVER']);

/** What the client knows of the call and the answer need not repeat. */
export interface KnownCall {
  operation?: string | undefined;
  path?: string | undefined;
  input?: Uint8Array | undefined;
}

/**
 * The error of an answer, as it was on the server. The call's own operation and path go before the answer's, so that errors of
 * files held open name what their holder knows.
 */
export const fromErrorBody = (body: unknown, { operation, path, input }: KnownCall = {}): Error => {
  const json = field(body, 'error');
  const text = (name: string): string | undefined => {
    const value = field(json, name);
    return typeof value === 'string' ? value : undefined;
  };
  const message = text('message') ?? 'the server gave no reason';
  const kind = text('kind');
  const code = text('code') ?? '';
  if (kind === 'sysfs') {
    const errno = text('errno') ?? '';
    const at = text('at') === 'open' ? 'open' : 'transfer';
    return new SysfsError({
      operation: operation ?? text('operation') ?? 'request',
      path: path ?? text('path') ?? '',
      errno: isErrnoName(errno) ? errno : 'EIO',
      at,
      input,
      reason: text('reason') ?? (isErrnoName(errno) ? undefined : message),
      hint: text('hint'),
    });
  }
  if (kind === 'transport' && TRANSPORT_CODES.has(code)) return new TransportError(code as TransportError['code'], message);
  if (kind === 'text') {
    const [offset, byte] = [field(json, 'offset'), field(json, 'byte')];
    return new CommandTextError(message, {
      text: text('text') ?? '',
      offset: typeof offset === 'number' ? offset : undefined,
      byte: typeof byte === 'number' ? byte : undefined,
    });
  }
  return new RemoteError(REMOTE_CODES.has(code) ? (code as RemoteErrorCode) : 'ERR_SERVER', message, { hint: text('hint') });
};

/** A field of something that came as JSON. */
export const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
