import { ERRNO, type ErrnoName } from './errno.js';

const brand = Symbol.for('@scst/sysfs/SysfsError');

export interface SysfsErrorDetails {
  /** The operation that failed, e.g. `write`. */
  operation: string;
  /** Path below the tree's root. */
  path: string;
  errno: ErrnoName;
  /** Whether open(2) failed or the transfer itself. */
  at?: 'open' | 'transfer' | undefined;
  /** What was written, when it was a write. */
  input?: Uint8Array | undefined;
  /** What is known of the reason, in words. */
  reason?: string | undefined;
  /** What the person can do about it. */
  hint?: string | undefined;
  cause?: unknown;
}

/** An operation on an attribute that failed. `code` is the errno's name, as in Node's own errors. */
export class SysfsError extends Error {
  readonly code: ErrnoName;
  /** The errno's number, positive. */
  readonly errno: number;
  readonly operation: string;
  readonly path: string;
  readonly at: 'open' | 'transfer';
  readonly input: Uint8Array | undefined;
  readonly reason: string | undefined;
  readonly hint: string | undefined;
  /** @internal Survives two copies of this package in one program. */
  readonly [brand] = true;

  constructor(details: SysfsErrorDetails) {
    const { operation, path, errno, reason, hint, cause } = details;
    const place = path === '' ? 'the tree’s root' : path;
    super(`${operation} ${place}: ${errno}${reason === undefined ? '' : `: ${reason}`}`, cause === undefined ? undefined : { cause });
    this.name = 'SysfsError';
    this.code = errno;
    this.errno = ERRNO[errno];
    this.operation = operation;
    this.path = path;
    this.at = details.at ?? 'transfer';
    this.input = details.input;
    this.reason = reason;
    this.hint = hint;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
