/** Why a tree cannot be mounted or unmounted. */
export type FuseErrorCode =
  /** FUSE is of Linux alone. */
  | 'NOT_LINUX'
  /** There is no /dev/fuse. */
  | 'NO_DEVICE'
  /** /dev/fuse must not be opened, or the process may not mount: it is neither root nor in a user namespace of its own. */
  | 'NO_PERMISSION'
  /** A program that is needed, mount(8) or umount(8), is not installed. */
  | 'NO_PROGRAM'
  | 'DIRECTORY_MISSING'
  | 'NOT_A_DIRECTORY'
  | 'DIRECTORY_NOT_EMPTY'
  /** A tree is mounted there already, and somebody serves it. */
  | 'ALREADY_MOUNTED'
  /** Something else is mounted over the tree and hides it. */
  | 'COVERED'
  | 'MOUNT_FAILED'
  | 'UNMOUNT_FAILED';

const brand = Symbol.for('@scst/fuse/FuseError');

/** Mounting or unmounting failed. */
export class FuseError extends Error {
  readonly code: FuseErrorCode;
  /** The directory it was about, if any. */
  readonly directory: string | undefined;
  /** What the person can do about it. */
  readonly hint: string | undefined;
  /** @internal Survives two copies of this package in one program. */
  readonly [brand] = true;

  constructor(code: FuseErrorCode, message: string, details: { directory?: string | undefined; hint?: string | undefined; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'FuseError';
    this.code = code;
    this.directory = details.directory;
    this.hint = details.hint;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
