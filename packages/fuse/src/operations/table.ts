import { ERRNO } from '@scst/sysfs';
import { OPCODE, type OpcodeName } from '../protocol/opcode.js';
import { getattr, setattr, statfs } from './attributes.js';
import { opendir, readdir, releasedir } from './directories.js';
import { open, read, release, write } from './files.js';
import { lookup, readlink } from './lookup.js';
import type { Operation } from './operation.js';

const table = <T>(rows: Partial<Record<OpcodeName, T>>): ReadonlyMap<number, T> =>
  new Map(Object.entries(rows).map(([name, value]) => [OPCODE[name as OpcodeName], value]));

/** Requests that do something. */
export const operations = table<Operation>({
  LOOKUP: lookup,
  GETATTR: getattr,
  SETATTR: setattr,
  READLINK: readlink,
  OPEN: open,
  READ: read,
  WRITE: write,
  RELEASE: release,
  OPENDIR: opendir,
  READDIR: readdir,
  RELEASEDIR: releasedir,
  STATFS: statfs,
});

/**
 * Requests that are always refused, with what sysfs refuses them with (SPEC 1.1). All others are answered with `ENOSYS`, after which
 * the kernel does without them (FLUSH, FSYNC, ACCESS, POLL, STATX, LSEEK succeed or use a fallback of its own).
 */
export const refusals = table<number>({
  SYMLINK: ERRNO.EPERM,
  MKNOD: ERRNO.EPERM,
  MKDIR: ERRNO.EPERM,
  UNLINK: ERRNO.EPERM,
  RMDIR: ERRNO.EPERM,
  RENAME: ERRNO.EPERM,
  RENAME2: ERRNO.EINVAL,
  LINK: ERRNO.EPERM,
  CREATE: ERRNO.EACCES,
  TMPFILE: ERRNO.EOPNOTSUPP,
  IOCTL: ERRNO.ENOTTY,
});

/** What requests of neither table are answered with. */
export const NOT_SUPPORTED = ERRNO.ENOSYS;
