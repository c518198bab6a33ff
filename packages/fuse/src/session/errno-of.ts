import { ERRNO, SysfsError } from '@scst/sysfs';
import { ProtocolError } from '../protocol/protocol-error.js';

/** The kernel takes errnos below 512 only; a reply with another is dropped, and its program would wait for ever. */
const FIRST_INVALID = 512;

/** The errno an error is answered with, and whether it is one the error itself named. */
export const errnoOf = (error: unknown): { errno: number; named: boolean } => {
  if (error instanceof ProtocolError) return { errno: ERRNO.EINVAL, named: false };
  const given = error instanceof SysfsError || (error instanceof Error && 'errno' in error) ? error.errno : undefined;
  // Node's own errors carry it negated.
  const errno = typeof given === 'number' ? Math.abs(given) : 0;
  const valid = Number.isInteger(errno) && errno > 0 && errno < FIRST_INVALID;
  return valid ? { errno, named: true } : { errno: ERRNO.EIO, named: false };
};
