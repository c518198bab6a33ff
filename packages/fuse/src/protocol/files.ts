import { skipped, struct, u32, u64 } from './struct.js';

/** Bits of `fuse_open_out.open_flags`. */
export const FOPEN = {
  /** Every read and write is a request: no page cache, sizes of no meaning. */
  DIRECT_IO: 1 << 0,
  /** close(2) asks for nothing, and waits for nothing. Since Linux 5.16. */
  NOFLUSH: 1 << 5,
  /** Writes to one file may run at the same time. Kernels before 6.2 ignore it and let them wait for each other. */
  PARALLEL_DIRECT_WRITES: 1 << 6,
} as const;

/** `struct fuse_open_in`, for files and directories. */
export const openIn = struct({ flags: u32, open_flags: skipped(4) });

/** `struct fuse_open_out`. */
export const openOut = struct({ fh: u64, open_flags: u32, padding: skipped(4) });

/** `struct fuse_read_in`, for files and directories. */
export const readIn = struct({
  fh: u64,
  offset: u64,
  size: u32,
  read_flags: skipped(4),
  lock_owner: skipped(8),
  flags: skipped(4),
  padding: skipped(4),
});

/** `struct fuse_write_in`; the data follow. */
export const writeIn = struct({
  fh: u64,
  offset: u64,
  size: u32,
  write_flags: skipped(4),
  lock_owner: skipped(8),
  flags: skipped(4),
  padding: skipped(4),
});

/** `struct fuse_write_out`: how many bytes were taken. */
export const writeOut = struct({ size: u32, padding: skipped(4) });

/** `struct fuse_release_in`, for files and directories. */
export const releaseIn = struct({ fh: u64, flags: skipped(4), release_flags: skipped(4), lock_owner: skipped(8) });
