import { type FileIo, fileIo } from '@scst/file-io';
import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import type { ByteString } from '../bytes.js';
import { type BlockStore, type OpenStoreOptions, type Storage, StoreError, type StoreGeometry } from './block-store.js';
import { blockDeviceGeometry, blockDeviceSize } from './block-device.js';
import { closeDescriptor, openDescriptor } from './descriptor.js';
import { DeviceClaims, type Guard } from './device-claims.js';
import { guardBlockDevice, guardFile } from './guards.js';
import { NodeStore, toStoreError } from './node-store.js';
import { StateFiles } from './state-files.js';

export interface NodeStorageOptions {
  /** All paths are below this directory. Default: the machine's own root. */
  readonly root?: string;
  /** The core's own directory: what is missing below it is made when something is saved there. Default: `/var/lib/scst`. */
  readonly stateDirectory?: ByteString;
  /** Reads of the page cache, holes and extents. Default: system calls, where @scst/file-io has its native part. */
  readonly fileIo?: FileIo;
}

type FileKind = Exclude<Awaited<ReturnType<Storage['stat']>>, 'missing'>;

/** A file that stands for a block device. */
export interface EmulatedBlockDevice {
  /** Where the device appears to be. */
  readonly path: ByteString;
  /** The file that holds its blocks. */
  readonly file: ByteString;
  readonly logicalBlockSize: number;
  readonly physicalBlockSize: number;
  /** 0: it cannot discard. */
  readonly discardGranularity: number;
  readonly discardMaxBytes: number;
}

const FILE_GEOMETRY: StoreGeometry = {
  kind: 'file',
  logicalBlockSize: 512,
  physicalBlockSize: 512,
  discardGranularity: 0,
  discardMaxBytes: 0,
  discardZeroes: false,
  rotational: false,
};

/** Of the whole process: Linux does not tell one core in it from another. */
const CLAIMS = new DeviceClaims();

/** The files of the machine, by `node:fs`. Paths are byte strings; what stands at a path decides what opens. */
export class NodeStorage implements Storage {
  readonly #root: Buffer;
  readonly #io: FileIo;
  readonly #state: StateFiles;
  readonly #blockDevices = new Map<ByteString, EmulatedBlockDevice>();

  constructor(options: NodeStorageOptions = {}) {
    this.#root = Buffer.from((options.root ?? '').replace(/\/+$/, ''));
    this.#io = options.fileIo ?? fileIo();
    this.#state = new StateFiles((path) => this.#real(path), options.stateDirectory ?? '/var/lib/scst');
  }

  /** Lets a file stand for a block device, for tests and replays. */
  addBlockDevice(device: EmulatedBlockDevice): void {
    this.#blockDevices.set(device.path, device);
  }

  async open(path: ByteString, options: OpenStoreOptions): Promise<BlockStore> {
    const emulated = this.#blockDevices.get(path);
    const kind = await this.#kind(path);
    if (kind !== 'file' && kind !== 'block') throw new StoreError('EINVAL', `${path} is a ${kind}`);
    if (kind === 'file' && options.accept === 'block') throw new StoreError('ENOTBLK', `${path} is not a block device`);
    const real = this.#real(emulated?.file ?? path);
    const flags = (options.readOnly ? constants.O_RDONLY : constants.O_RDWR) | (options.writeThrough ? constants.O_DSYNC : 0);
    const isDevice = kind === 'block' && emulated === undefined;
    const identity = await identityOf(real);
    const guard = (): Promise<Guard> => (isDevice ? guardBlockDevice(real, path) : guardFile(real, path, this.#io));
    const release = options.readOnly ? undefined : await CLAIMS.take(identity, guard);
    const descriptor = await openDescriptor(real, flags).catch(async (error: unknown) => {
      await release?.();
      throw error;
    });
    try {
      const measure = (): Promise<bigint> => (isDevice ? blockDeviceSize(real) : fileSize(real));
      const isReplaced = async (): Promise<boolean> => (await identityOf(real)) !== identity;
      const geometry = emulated !== undefined ? emulatedGeometry(emulated) : isDevice ? await blockDeviceGeometry(real) : FILE_GEOMETRY;
      const file = { descriptor, name: path, identity, geometry, measure, isReplaced, io: this.#io, writeThrough: options.writeThrough };
      // The node of a device lies in memory (/dev is a tmpfs), its blocks do not.
      const isMemory = !isDevice && (await isInMemory(descriptor));
      return new NodeStore({ ...file, isInMemory: isMemory, onClosed: release }, await measure());
    } catch (error) {
      await closeDescriptor(descriptor);
      await release?.();
      throw toStoreError(error);
    }
  }

  async stat(path: ByteString): Promise<FileKind | 'missing'> {
    try {
      return await this.#kind(path);
    } catch (error) {
      if (error instanceof StoreError && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return 'missing';
      throw error;
    }
  }

  /** What stands at a path. Throws a `StoreError`: `ENOENT`, `ENOTDIR`, `ENAMETOOLONG` … */
  async #kind(path: ByteString): Promise<FileKind> {
    const emulated = this.#blockDevices.get(path);
    try {
      const stats = await fs.stat(this.#real(emulated?.file ?? path));
      if (emulated !== undefined || stats.isBlockDevice()) return 'block';
      if (stats.isDirectory()) return 'directory';
      if (stats.isCharacterDevice()) return 'character';
      return stats.isFIFO() ? 'fifo' : 'file';
    } catch (error) {
      const { code } = toStoreError(error);
      throw new StoreError(code, code === 'ENOENT' ? `${path} does not exist` : `${path}: ${code}`, { cause: error });
    }
  }

  async readState(path: ByteString): Promise<Uint8Array | undefined> {
    return await this.#state.read(path);
  }

  async writeState(path: ByteString, data: Uint8Array): Promise<void> {
    await this.#state.write(path, data);
  }

  async removeState(path: ByteString): Promise<void> {
    await this.#state.remove(path);
  }

  #real(path: ByteString): Buffer {
    return Buffer.concat([this.#root, Buffer.from(path, 'latin1')]);
  }
}

/** A block device is known by its number, whatever node leads to it. */
async function identityOf(path: Buffer): Promise<string> {
  const stats = await fs.stat(path, { bigint: true });
  return stats.isBlockDevice() ? `block ${stats.rdev.toString()}` : `file ${stats.dev.toString()} ${stats.ino.toString()}`;
}

/** linux/magic.h: tmpfs and ramfs. */
const MEMORY_FILE_SYSTEMS: readonly number[] = [0x0102_1994, 0x8584_58f6];

/** Whether an open file lies in the memory of the machine alone. Where that cannot be told, it does not. */
async function isInMemory(descriptor: number): Promise<boolean> {
  try {
    return process.platform === 'linux' && MEMORY_FILE_SYSTEMS.includes((await fs.statfs(`/proc/self/fd/${descriptor}`)).type);
  } catch {
    return false;
  }
}

async function fileSize(path: Buffer): Promise<bigint> {
  try {
    return (await fs.stat(path, { bigint: true })).size;
  } catch (error) {
    throw toStoreError(error);
  }
}

function emulatedGeometry({ logicalBlockSize, physicalBlockSize, discardGranularity, discardMaxBytes }: EmulatedBlockDevice): StoreGeometry {
  return { kind: 'block', logicalBlockSize, physicalBlockSize, discardGranularity, discardMaxBytes, discardZeroes: false, rotational: false };
}
