import * as fs from 'node:fs';
import { errnoName } from '../errno.js';
import { SysfsError, type SysfsErrorDetails } from '../errors.js';

type Callback<T> = (error: NodeJS.ErrnoException | null, value: T) => void;

const call = <T>(start: (done: Callback<T>) => void): Promise<T> =>
  new Promise((resolve, reject) => {
    start((error, value) => {
      if (error === null) resolve(value);
      else reject(error);
    });
  });

/** open(2), never with O_CREAT or O_TRUNC: a tree's files come and go by commands alone. */
export const open = (path: Buffer, flags: number): Promise<number> => call((done) => { fs.open(path, flags, done); });

/** close(2). Its errors say nothing about an attribute, so there are none. */
export const close = (fd: number): Promise<void> => new Promise((resolve) => { fs.close(fd, () => { resolve(); }); });

/** One read(2), or pread(2) with an offset. */
export const read = (fd: number, count: number, offset: number | null): Promise<Uint8Array> => {
  const buffer = new Uint8Array(count);
  return call<number>((done) => { fs.read(fd, buffer, 0, count, offset, done); }).then((length) => buffer.subarray(0, length));
};

/** One write(2). */
export const write = (fd: number, data: Uint8Array): Promise<number> => call((done) => { fs.write(fd, data, 0, data.length, null, done); });

export const lstat = (path: Buffer): Promise<fs.Stats> => call((done) => { fs.lstat(path, done); });

export const chmod = (path: Buffer, mode: number): Promise<void> => call((done) => { fs.chmod(path, mode, (error) => { done(error, undefined); }); });

export const readlink = (path: Buffer): Promise<Buffer> => call((done) => { fs.readlink(path, { encoding: 'buffer' }, done); });

/** readdir(3) with the types the directory itself gives. */
export const readdir = (path: Buffer): Promise<{ name: Uint8Array; kind: fs.Dirent }[]> =>
  call<fs.Dirent[]>((done) => {
    // Node's declarations have no overload for names as bytes together with types; the names of these entries are Buffers.
    fs.readdir(path, { withFileTypes: true, encoding: 'buffer' as 'utf8' }, done);
  }).then((entries) => entries.map((kind) => ({ name: kind.name as unknown as Uint8Array, kind })));

/**
 * Node's error as a {@link SysfsError}. Node carries libuv's number, which on Linux is the kernel's, negated, also where Node has
 * no name for it (`Unknown system error -57` is EBADSLT).
 */
export const toSysfsError = (error: unknown, details: Omit<SysfsErrorDetails, 'errno' | 'cause'>): SysfsError => {
  if (error instanceof SysfsError) return error;
  const number = error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? error.errno : undefined;
  const errno = number === undefined ? undefined : errnoName(number);
  const unknown = number === undefined ? 'no errno was given' : `errno ${Math.abs(number)}, which has no name`;
  return new SysfsError({ ...details, errno: errno ?? 'EIO', reason: details.reason ?? (errno === undefined ? unknown : undefined), cause: error });
};
