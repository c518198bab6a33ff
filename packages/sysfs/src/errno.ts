/** The errno names an SCST tree answers with, and their Linux numbers. */
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  EIO: 5,
  ENXIO: 6,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  ENOTBLK: 15,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  EMFILE: 24,
  ENOTTY: 25,
  EFBIG: 27,
  ENOSPC: 28,
  EROFS: 30,
  ERANGE: 34,
  ENAMETOOLONG: 36,
  ENOSYS: 38,
  ELOOP: 40,
  EBADSLT: 57,
  EOVERFLOW: 75,
  EOPNOTSUPP: 95,
  EMEDIUMTYPE: 124,
  ECANCELED: 125,
} as const;

/** Name of an errno, as in errno(3). */
export type ErrnoName = keyof typeof ERRNO;

const names = new Map<number, ErrnoName>(Object.entries(ERRNO).map(([name, number]) => [number, name as ErrnoName]));

/** The name of a Linux errno number, or undefined for a number no SCST tree answers with. */
export const errnoName = (number: number): ErrnoName | undefined => names.get(Math.abs(number));

/** True for a string that is one of {@link ERRNO}'s names. */
export const isErrnoName = (name: string): name is ErrnoName => Object.hasOwn(ERRNO, name);
