import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import { checkRange, type Extent, type FileIo, FileIoError, type LockOutcome, NEVER_CACHED } from './file-io.js';
import type { NativeFunctions } from './native.js';

const { EAGAIN, EINVAL, ENODEV, ENOLCK, ENOSYS, ENOTTY, EOPNOTSUPP, EPERM } = constants.errno;

/** linux/falloc.h */
const FALLOC_FL_KEEP_SIZE = 0x01;
const FALLOC_FL_PUNCH_HOLE = 0x02;
const FALLOC_FL_ZERO_RANGE = 0x10;
/** linux/fs.h: _IO(0x12, 119) and _IO(0x12, 127) */
const BLKDISCARD = 0x1277;
const BLKZEROOUT = 0x127f;

/** sys/file.h */
const LOCK_EX = 2;
const LOCK_NB = 4;

/** An older kernel, a filter of system calls, or a file system that cannot. */
const NO_SUCH_READ = new Set([ENOSYS, EOPNOTSUPP, EINVAL, EPERM]);
const CANNOT = new Set([ENOSYS, EOPNOTSUPP, ENODEV, ENOTTY]);
/** ENOLCK: a network file system whose server keeps no locks, or cannot be asked. */
const NO_LOCKS = new Set([ENOSYS, EOPNOTSUPP, ENOLCK, EINVAL, EPERM]);

/** Pairs asked for at a time, which bounds what is allocated. */
const PAIRS = 1024;

/** The system calls themselves. */
export class NativeFileIo implements FileIo {
  readonly native = true;
  readonly #functions: NativeFunctions;

  constructor(functions: NativeFunctions) {
    this.#functions = functions;
  }

  readCached(descriptor: number, buffer: Uint8Array, position: number): number {
    const count = this.#functions.readNow(descriptor, buffer, position);
    if (count >= 0) return count;
    return count !== -EAGAIN && NO_SUCH_READ.has(-count) ? NEVER_CACHED : 0;
  }

  async punchHole(descriptor: number, position: number, length: number): Promise<boolean> {
    return await this.#fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, position, length);
  }

  async zeroRange(descriptor: number, position: number, length: number): Promise<boolean> {
    return await this.#fallocate(descriptor, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, position, length);
  }

  async discard(descriptor: number, position: number, length: number): Promise<boolean> {
    return await this.#ioctl('BLKDISCARD', descriptor, BLKDISCARD, position, length);
  }

  async zeroOut(descriptor: number, position: number, length: number): Promise<boolean> {
    return await this.#ioctl('BLKZEROOUT', descriptor, BLKZEROOUT, position, length);
  }

  async #fallocate(descriptor: number, mode: number, position: number, length: number): Promise<boolean> {
    checkRange(position, length);
    return length === 0 || couldDo('fallocate', await this.#functions.fallocate(descriptor, mode, position, length));
  }

  async #ioctl(name: string, descriptor: number, request: number, position: number, length: number): Promise<boolean> {
    checkRange(position, length);
    return length === 0 || couldDo(name, await this.#functions.rangeIoctl(descriptor, request, position, length));
  }

  async extents(descriptor: number, position: number, length: number, limit = Infinity): Promise<Extent[] | undefined> {
    checkRange(position, length);
    const end = position + length;
    const extents: Extent[] = [];
    let at = position;
    const push = (to: number, kind: Extent['kind']): void => {
      if (to > at && extents.length < limit) extents.push({ position: at, length: to - at, kind });
      at = to;
    };
    while (at < end && extents.length < limit) {
      const pairs = await this.#functions.extents(descriptor, at, end, Math.min(PAIRS, limit));
      if (typeof pairs === 'number') {
        // EINVAL: a block device, or a file system without these seeks.
        if (CANNOT.has(-pairs) || -pairs === EINVAL) return undefined;
        throw failure('lseek', pairs);
      }
      for (let index = 0; index < pairs.length; index += 2) {
        push(Math.min(pairs[index] ?? end, end), 'hole');
        push(Math.min(pairs[index + 1] ?? end, end), 'data');
      }
      if (pairs.length < 2 * Math.min(PAIRS, limit)) push(end, 'hole');
    }
    return extents;
  }

  async lock(descriptor: number): Promise<LockOutcome> {
    const result = await this.#functions.flock(descriptor, LOCK_EX | LOCK_NB);
    if (result === 0) return 'locked';
    if (result === -EAGAIN) return 'taken';
    if (NO_LOCKS.has(-result)) return 'impossible';
    throw failure('flock', result);
  }
}

/** False: the system has no such operation for the file. */
function couldDo(syscall: string, result: number): boolean {
  if (result === 0) return true;
  if (CANNOT.has(-result)) return false;
  throw failure(syscall, result);
}

function failure(syscall: string, result: number): FileIoError {
  return new FileIoError(getSystemErrorName(result), -result, syscall);
}
