/** Why SG_IO cannot be had of a file or on a machine. What goes wrong with a command is a `TransportError` of @scst/scsi. */
export type SgErrorCode =
  /** The native part of this package is missing or cannot be loaded. */
  | 'NO_NATIVE_PART'
  /** There is no such file, or no device behind it. */
  | 'NO_DEVICE'
  /** The file is no node of the sg or bsg driver. */
  | 'NOT_SG'
  /** The file must not be opened for reading and writing. */
  | 'NO_PERMISSION'
  | 'OPEN_FAILED';

const brand = Symbol.for('@scst/sg-io/SgError');

export class SgError extends Error {
  readonly code: SgErrorCode;
  /** The file it was about. */
  readonly path: string;
  /** What the person can do about it. */
  readonly hint: string | undefined;
  /** @internal Survives two copies of this package in one program. */
  readonly [brand] = true;

  constructor(code: SgErrorCode, message: string, details: { path: string; hint?: string | undefined; cause?: unknown }) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'SgError';
    this.code = code;
    this.path = details.path;
    this.hint = details.hint;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
