/** Operations on open files and block devices. The caller keeps the descriptor open until what it asked for has ended. */
export interface FileIo {
  /** The system calls themselves; else what Node and the machine's programs can do in their place. */
  readonly native: boolean;
  /**
   * Reads what is in the page cache, at once and never waiting for a device: preadv2(2) with `RWF_NOWAIT`. Fills `buffer` from
   * `position` (bytes) and returns the number of bytes, which may be fewer than asked. 0: nothing can be said without waiting, be
   * it that the bytes are elsewhere, that the file ends, or that it fails; `fs.read` finds out. {@link NEVER_CACHED}: asking is of
   * no use for this file.
   *
   * Bytes are copied on the calling thread: some 10 µs for each 100 KiB.
   */
  readCached(descriptor: number, buffer: Uint8Array, position: number): number;
  /**
   * Frees a range of bytes, which reads as zeros afterwards; the size stays: fallocate(2) with `FALLOC_FL_PUNCH_HOLE`. What is less
   * than a block of the file system is written as zeros by it. On a block device the range must be made of whole logical blocks.
   *
   * @returns False: it cannot be done here, and nothing was changed.
   * @throws FileIoError The file system failed (`EIO`, `ENOSPC`, `EBADF`, …).
   */
  punchHole(descriptor: number, position: number, length: number): Promise<boolean>;
  /** Makes a range read as zeros and keeps its space: `FALLOC_FL_ZERO_RANGE`. Otherwise as {@link punchHole}. */
  zeroRange(descriptor: number, position: number, length: number): Promise<boolean>;
  /**
   * Discards a range of a block device (`BLKDISCARD`); what it reads afterwards depends on the device. Whole logical blocks.
   * Otherwise as {@link punchHole}.
   */
  discard(descriptor: number, position: number, length: number): Promise<boolean>;
  /** Makes a range of a block device read as zeros (`BLKZEROOUT`). Whole logical blocks. Otherwise as {@link punchHole}. */
  zeroOut(descriptor: number, position: number, length: number): Promise<boolean>;
  /**
   * What of a range is data and what is holes, in order and without gaps, from lseek(2) with `SEEK_DATA` and `SEEK_HOLE`; space
   * that is reserved and never written counts as a hole. At most `limit` extents, so that they may end before the range does.
   * What lies beyond the end of the file is a hole. Undefined: it cannot be told, and all of it may be data.
   *
   * Moves the descriptor's own file offset, which positional reads and writes do not look at.
   *
   * @throws FileIoError As {@link punchHole}.
   */
  extents(descriptor: number, position: number, length: number, limit?: number): Promise<Extent[] | undefined>;
  /**
   * Locks a file against everybody else who asks for a lock, without waiting for one: flock(2) with `LOCK_EX` and `LOCK_NB`. The lock
   * belongs to the open file, and goes when its last descriptor is closed, or with the process. Reads and writes do not look at it.
   * Locking what this descriptor has locked does nothing.
   *
   * @throws FileIoError As {@link punchHole}.
   */
  lock(descriptor: number): Promise<LockOutcome>;
}

/** `locked`; `taken`: somebody else has it; `impossible`: the file system has no locks, or cannot reach who keeps them. */
export type LockOutcome = 'locked' | 'taken' | 'impossible';

/** What {@link FileIo.readCached} returns where the kernel or the file system has no such reads. */
export const NEVER_CACHED = -1;

/** A stretch of a file, in bytes. */
export interface Extent {
  readonly position: number;
  readonly length: number;
  readonly kind: 'data' | 'hole';
}

/** What the system refused. `code` is the errno's name. */
export class FileIoError extends Error {
  readonly code: string;
  /** Positive. */
  readonly errno: number;
  /** The system call. */
  readonly syscall: string;
  constructor(code: string, errno: number, syscall: string) {
    super(`${syscall} failed with ${code}`);
    this.name = 'FileIoError';
    this.code = code;
    this.errno = errno;
    this.syscall = syscall;
  }
}

/** @internal Ranges are given in bytes that a double holds exactly. Throws a `RangeError`. */
export function checkRange(position: number, length: number): void {
  if (!Number.isSafeInteger(position) || position < 0) throw new RangeError(`position: ${position} is not a number of bytes from 0 to 2^53 - 1`);
  if (!Number.isSafeInteger(length) || length < 0) throw new RangeError(`length: ${length} is not a number of bytes from 0 to 2^53 - 1`);
  if (!Number.isSafeInteger(position + length)) throw new RangeError(`the range of ${length} bytes at ${position} ends beyond 2^53 - 1`);
}
