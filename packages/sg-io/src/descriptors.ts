import { closeSync, constants, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { openingFailed } from './device-node.js';
import { type IoctlPool } from './ioctl-pool.js';
import { SgError } from './sg-error.js';
import { errnoName } from './transport-fault.js';

/** SG_MAX_QUEUE of the kernel's sg driver: one more under way on a descriptor, and it fails with EDOM. */
const SG_COMMANDS_PER_DESCRIPTOR = 16;
const SG_GET_SCSI_ID = 0x2276;
const SG_SCSI_ID_LENGTH = 32;
/** Bytes of `struct sg_scsi_id` that say which device it is: host, channel, target, LUN. */
const SG_SCSI_ID_ADDRESS_LENGTH = 16;

/**
 * The descriptors of one device. Sg keeps a buffer ready for each descriptor, for one command at a time: another one beside it waits until the kernel has
 * found and zeroed memory, and all of a descriptor wake when one ends. So each command under way has a descriptor of its own where it can be had; where it
 * cannot, up to 16 share one. On bsg one descriptor does for all.
 */
export class Descriptors {
  readonly #pool: IoctlPool;
  readonly #path: string;
  readonly #all: number[] = [];
  /** Those without a command; the one used last is the next. */
  readonly #idle: number[] = [];
  /** Those with one, each as often as it may take another; the first has waited longest. */
  readonly #shared: number[] = [];
  readonly #uses = new Map<number, number>();
  readonly #perDescriptor: number;
  /** How many there may be. */
  readonly #most: number;
  #grows = true;
  /** Of those there are, how many came with the commands. */
  #extra = 0;

  private constructor(pool: IoctlPool, path: string, kind: 'sg' | 'bsg', depth: number) {
    this.#pool = pool;
    this.#path = path;
    this.#perDescriptor = kind === 'sg' ? SG_COMMANDS_PER_DESCRIPTOR : depth;
    // One more than there are commands at a time: `executeSync` may come beside them.
    this.#most = kind === 'sg' ? depth + 1 : 1;
  }

  /** As many as `depth` commands at a time must have; others come with the commands. Throws an {@link SgError}. */
  static async open(pool: IoctlPool, path: string, kind: 'sg' | 'bsg', depth: number): Promise<Descriptors> {
    const descriptors = new Descriptors(pool, path, kind, depth);
    const least = Math.ceil(descriptors.#most / descriptors.#perDescriptor);
    try {
      while (descriptors.#all.length < least) descriptors.#add(await openOwn(pool, path));
    } catch (error) {
      descriptors.close();
      throw error;
    }
    return descriptors;
  }

  /** One that is there as long as the device is open. */
  get first(): number {
    return this.#all[0] ?? -1;
  }

  /** One for a command; `release` gives it back. */
  acquire(): number {
    if (this.#idle.length === 0) this.#grow();
    const fd = this.#idle.pop() ?? this.#shared.shift() ?? this.first;
    this.#uses.set(fd, (this.#uses.get(fd) ?? 0) + 1);
    return fd;
  }

  release(fd: number): void {
    const uses = (this.#uses.get(fd) ?? 1) - 1;
    this.#uses.set(fd, uses);
    if (uses === 0) this.#idle.push(fd);
    else this.#shared.push(fd);
  }

  close(): void {
    this.#pool.extraDescriptors -= this.#extra;
    this.#extra = 0;
    for (const fd of this.#all.splice(0)) this.#pool.close(fd);
  }

  /** One more, where that may be: commands that share one are slower, and that is all. */
  #grow(): void {
    if (!this.#grows || this.#all.length >= this.#most || !this.#pool.mayHaveAnother()) return;
    try {
      this.#add(openOwnNow(this.#pool, this.#path));
      this.#extra++;
      this.#pool.extraDescriptors++;
    } catch {
      this.#grows = false;
    }
  }

  #add(fd: number): void {
    try {
      if (this.#all.length > 0) this.#requireSameDevice(fd);
    } catch (error) {
      this.#pool.close(fd);
      throw error;
    }
    this.#all.push(fd);
    this.#idle.push(fd);
    for (let use = 1; use < this.#perDescriptor; use++) this.#shared.push(fd);
  }

  /**
   * A node is a name: between two times that it is opened, the device behind it may have become another. While the first descriptor is open nothing else
   * gets its device's number, and a device that has gone says so; so both must be there, now, under one address.
   */
  #requireSameDevice(fd: number): void {
    const [before, now] = [this.first, fd].map((descriptor) => {
      const { errno, argument } = this.#pool.ioctlSync(descriptor, SG_GET_SCSI_ID, new Uint8Array(SG_SCSI_ID_LENGTH));
      if (errno !== 0) throw new SgError('OPEN_FAILED', `${this.#path} cannot be opened: it does not say which device it is (${errnoName(errno)})`, { path: this.#path });
      return Buffer.from(argument.subarray(0, SG_SCSI_ID_ADDRESS_LENGTH));
    });
    if (before === undefined || now?.equals(before) !== true) throw new SgError('OPEN_FAILED', `${this.#path} became another device while it was opened`, { path: this.#path });
  }
}

// Without waiting for a device that somebody has for himself alone.
const HOW = constants.O_RDWR | constants.O_NONBLOCK;

/** A descriptor of the pool's own. Throws an {@link SgError}. */
export const openOwn = async (pool: IoctlPool, path: string): Promise<number> => {
  let file;
  try {
    file = await open(path, HOW);
  } catch (cause) {
    throw openingFailed(path, cause);
  }
  try {
    return adopt(pool, path, file.fd);
  } finally {
    await file.close();
  }
};

/** The same at once: for a device that is open, and so awake. */
const openOwnNow = (pool: IoctlPool, path: string): number => {
  const fd = openSync(path, HOW);
  try {
    return adopt(pool, path, fd);
  } finally {
    closeSync(fd);
  }
};

const adopt = (pool: IoctlPool, path: string, fd: number): number => {
  const own = pool.adopt(fd);
  if (own < 0) throw new SgError('OPEN_FAILED', `${path} cannot be opened: ${errnoName(-own)}`, { path });
  return own;
};
