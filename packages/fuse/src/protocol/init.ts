import { skipped, struct, u16, u32 } from './struct.js';

/** The protocol spoken here. Minor 31 is Linux 5.4's; nothing used has changed its form since. */
export const KERNEL_VERSION = { major: 7, minor: 31 } as const;

/** The oldest minor the structures here hold for: entries and attributes got their present size with 7.9, time_gran came with 7.23. */
export const OLDEST_MINOR = 23;

/** Capabilities the kernel offers and the file system accepts, `FUSE_*` of INIT. */
export const INIT_FLAG = {
  /** Writes of more than one page in one request. Kernels since 4.20 do so always. */
  BIG_WRITES: 1 << 5,
  /** Lookups and listings of one directory may run at the same time. */
  PARALLEL_DIROPS: 1 << 18,
  /** `max_pages` of the reply is valid. */
  MAX_PAGES: 1 << 22,
} as const;

/** `struct fuse_init_in`, the part every kernel sends. */
export const initIn = struct({ major: u32, minor: u32, max_readahead: u32, flags: u32 });

/** `struct fuse_init_out`. */
export const initOut = struct({
  major: u32,
  minor: u32,
  max_readahead: u32,
  flags: u32,
  max_background: u16,
  congestion_threshold: u16,
  max_write: u32,
  /** Granularity of times, in nanoseconds. */
  time_gran: u32,
  max_pages: u16,
  map_alignment: skipped(2),
  flags2: skipped(4),
  unused: skipped(28),
});
