import { skipped, struct, u32, u64, type StructValue } from './struct.js';

/** Bits of `fuse_setattr_in.valid`: which members are to be set. */
export const FATTR = { MODE: 1 << 0, UID: 1 << 1, GID: 1 << 2, SIZE: 1 << 3 } as const;

/** Bit of `fuse_getattr_in.getattr_flags`: `fh` is valid, an open file is asked about. */
export const GETATTR_FH = 1 << 0;

/** Types of files in a mode, S_IFMT of inode(7). */
export const FILE_TYPE_BITS = { directory: 0o040000, file: 0o100000, link: 0o120000 } as const;

/** `struct fuse_attr`. The three times are always the same here, and carry no fraction. */
export const attr = struct({
  ino: u64,
  size: u64,
  blocks: u64,
  atime: u64,
  mtime: u64,
  ctime: u64,
  atimensec: skipped(4),
  mtimensec: skipped(4),
  ctimensec: skipped(4),
  mode: u32,
  nlink: u32,
  uid: u32,
  gid: u32,
  rdev: skipped(4),
  blksize: u32,
  flags: skipped(4),
});

export type Attr = StructValue<typeof attr>;

/** `struct fuse_entry_out`: a name that was found, and how long the kernel may keep it and its attributes. */
export const entryOut = struct({
  nodeid: u64,
  generation: u64,
  entry_valid: u64,
  attr_valid: u64,
  entry_valid_nsec: u32,
  attr_valid_nsec: u32,
  attr,
});

/** `struct fuse_attr_out`. */
export const attrOut = struct({ attr_valid: u64, attr_valid_nsec: u32, dummy: skipped(4), attr });

/** `struct fuse_getattr_in`. */
export const getattrIn = struct({ getattr_flags: u32, dummy: skipped(4), fh: u64 });

/** `struct fuse_setattr_in`, as far as the tree can be changed by it. */
export const setattrIn = struct({
  valid: u32,
  padding: skipped(4),
  fh: skipped(8),
  size: u64,
  lock_owner: skipped(8),
  times: skipped(36),
  mode: u32,
  unused4: skipped(4),
  uid: u32,
  gid: u32,
  unused5: skipped(4),
});

/** `struct fuse_statfs_out`. */
export const statfsOut = struct({
  blocks: skipped(8),
  bfree: skipped(8),
  bavail: skipped(8),
  files: skipped(8),
  ffree: skipped(8),
  bsize: u32,
  namelen: u32,
  frsize: u32,
  padding: skipped(4),
  spare: skipped(24),
});
