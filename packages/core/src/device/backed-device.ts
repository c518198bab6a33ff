import { type ByteString } from '../bytes.js';
import { type ScstCore } from '../core.js';
import { ScstError } from '../errors.js';
import { type VirtualDeviceKind } from '../nexus/objects.js';
import { type BlockStore, StoreError } from '../store/block-store.js';
import { LONGEST_ATOMIC_WRITE } from './atomic-writes.js';
import { keepsWrites, openBackingFile } from './backing-file.js';
import { Device } from './device.js';
import { storeErrno, toScstError } from './store-errno.js';
import { type VirtualDeviceOptions } from './virtual-device-options.js';

const DIRECT_ACCESS = 0x00;
const CD_ROM = 0x05;

/** Bytes; what vdisk_nullio devices have unless told otherwise. */
export const NULLIO_DEFAULT_SIZE = 2748779069440n;

/** What a virtual device is to its file, or to the medium in its drive: whether it is open, how large it is, and what is done with it. */
export abstract class BackedDevice extends Device {
  readonly kind: VirtualDeviceKind;
  readonly blockSize: number;
  readonly writeThrough: boolean;
  bindAluaState: boolean;
  readonly #readOnly: boolean;
  readonly #thinProvisionedGiven: boolean;
  #thinProvisioned: boolean;
  #filename: ByteString | null;
  #active: boolean;
  #size: bigint;
  /** False until the file was open once. */
  #sizeKnown = false;
  #store: BlockStore | null = null;
  /** True: active on something that holds no blocks. */
  #odd = false;

  constructor(core: ScstCore, name: ByteString, kind: VirtualDeviceKind, options: VirtualDeviceOptions) {
    super(core, name, kind === 'cdrom' ? CD_ROM : DIRECT_ACCESS);
    this.kind = kind;
    this.blockSize = options.blockSize ?? (kind === 'cdrom' ? 2048 : 512);
    this.writeThrough = options.writeThrough ?? false;
    this.bindAluaState = options.bindAluaState ?? kind === 'blockio';
    this.#readOnly = options.readOnly ?? kind === 'cdrom';
    this.#thinProvisionedGiven = options.thinProvisioned !== undefined;
    this.#thinProvisioned = options.thinProvisioned ?? false;
    this.#filename = options.filename ?? null;
    this.#active = options.active ?? true;
    this.#size = options.size ?? (kind === 'nullio' ? NULLIO_DEFAULT_SIZE : 0n);
  }

  override get readOnly(): boolean {
    return this.#readOnly;
  }

  /** The backing file; null: none, or no medium. */
  get filename(): ByteString | null {
    return this.#filename;
  }

  /** Null: not open, no medium, or a vdisk_nullio device. */
  get store(): BlockStore | null {
    return this.#store;
  }

  get active(): boolean {
    return this.#active;
  }

  /** Bytes; need not be a whole number of blocks. */
  get size(): bigint {
    return this.#size;
  }

  /** As asked for, where the file can; of a vdisk_blockio device that was not asked: what the block device can. */
  get thinProvisioned(): boolean {
    return this.#thinProvisioned;
  }

  /** True when it was asked for in `add_device`. */
  get thinProvisionedGiven(): boolean {
    return this.#thinProvisionedGiven;
  }

  /** True where the device can tell of a soft threshold: it is thin provisioned, and its file was open once. */
  get tellsThreshold(): boolean {
    return this.#thinProvisioned && this.#sizeKnown;
  }

  /** Opens the backing file and takes its size if the device has none yet. Throws the errno of the open. */
  async open(): Promise<void> {
    if (this.#filename === null || this.#store !== null || this.kind === 'nullio') return;
    this.#store = await openBackingFile(this, this.#filename);
    if (!this.#sizeKnown) {
      this.#examine(this.#store);
    }
  }

  /** What is taken from the file once, when it is open for the first time. */
  #examine(store: BlockStore): void {
    this.#size = store.size;
    this.#sizeKnown = true;
    const discards = !this.#readOnly && (this.kind === 'fileio' || store.geometry.discardGranularity > 0);
    if (!discards) this.#thinProvisioned = false;
    else if (this.kind === 'blockio' && !this.#thinProvisionedGiven) this.#thinProvisioned = true;
  }

  /** Ends what the device does: its server, then its file. */
  async close(): Promise<void> {
    await this.server.close();
    await this.#closeStore();
  }

  /**
   * Writes `active`. On: the file is opened; when that fails the device stays off. SCST itself opens it only for a device that is a
   * LUN of a session, the copy manager's included.
   */
  async setActive(active: boolean): Promise<void> {
    if (active === this.#active) return;
    this.#odd = false;
    if (!active) {
      this.#active = false;
      await this.#closeStore();
      return;
    }
    if (this.#leavesFileClosed) {
      this.#active = true;
      await this.#activateUnused();
      return;
    }
    if (await this.#holdsBlocks()) {
      await this.open();
      this.#active = true;
      return;
    }
    this.#active = true;
    this.#odd = true;
    this.#failToExamine();
  }

  /** Nobody uses the device, and the profile opens no file for nobody. */
  get #leavesFileClosed(): boolean {
    return this.core.rules.unusedFileNotOpened && this.server.nexuses.size === 0;
  }

  /** A file that cannot be opened is no failure, but for the size of a device that has none yet. */
  async #activateUnused(): Promise<void> {
    const examined = this.#sizeKnown;
    try {
      if (await this.#holdsBlocks()) await this.open();
      else this.#failToExamine();
    } catch (error) {
      this.#sizeKnown = true;
      if (!(error instanceof ScstError)) throw error;
      if (!examined) throw error.code === 'EISDIR' ? new ScstError('EINVAL', error.message) : error;
    }
  }

  /** What holds no blocks has no size. It is asked for once, whatever the answer. */
  #failToExamine(): void {
    const examined = this.#sizeKnown;
    this.#sizeKnown = true;
    if (!examined) throw new ScstError('EINVAL', `${this.#filename ?? ''} is neither a file nor a block device`);
  }

  /** False: the file cannot hold blocks, and the profile activates the device nevertheless. Throws `EISDIR` and `ENOTBLK`. */
  async #holdsBlocks(): Promise<boolean> {
    if (this.#filename === null) return true;
    const found = await storeErrno(this.core.storage.stat(this.#filename));
    if (found !== 'character' && found !== 'directory') return true;
    if (this.kind === 'blockio') throw new ScstError('ENOTBLK', `${this.#filename} is not a block device`);
    if (found === 'directory' && !this.#readOnly) throw new ScstError('EISDIR', `${this.#filename} is a directory`);
    return !this.core.rules.activeOnAnyFile;
  }

  /** With `bind_alua_state` the device is active exactly while it can be reached. A file that cannot be opened leaves it inactive. */
  override async followAccess(accessible: boolean): Promise<void> {
    if (!this.bindAluaState || (this.kind !== 'fileio' && this.kind !== 'blockio')) return;
    try {
      await this.setActive(accessible);
    } catch (error) {
      if (!(error instanceof ScstError)) throw error;
    }
  }

  /** Gives an inactive device another file. `EINVAL`: active, or not an absolute path. It need not exist. */
  setFilename(path: ByteString): void {
    if (this.#active) throw new ScstError('EINVAL', `device ${this.name} is active; write 0 to "active" first`);
    checkAbsolute(path);
    this.#filename = path;
  }

  /**
   * vcdrom: inserts or changes the medium, or removes it (null). When the new one cannot be opened the old one stays. `EBUSY`: an
   * initiator prevents the removal (PREVENT ALLOW MEDIUM REMOVAL).
   */
  async setMedium(path: ByteString | null): Promise<void> {
    if (this.server.mediumRemovalPrevented) throw new ScstError('EBUSY', `an initiator prevents the removal of the medium of device ${this.name}`);
    if (path !== null) checkAbsolute(path);
    const store = path === null ? null : await openBackingFile(this, path);
    const old = this.#store;
    this.#filename = path;
    this.#size = store?.size ?? 0n;
    this.#sizeKnown = true;
    if (store !== null && old !== null && this.core.rules.changedMediumReadsOldFile) {
      await this.#endStore(store);
    } else {
      this.#store = store;
      await this.#endStore(old);
    }
    // Without a medium, that is what commands hear of.
    if (path !== null) this.server.mediumChanged();
  }

  /** Sets the size in bytes (blockio, nullio); taken modulo 2^64. `EINVAL`: not whole blocks. */
  setSize(size: bigint): void {
    const bytes = BigInt.asUintN(64, size);
    if (bytes % BigInt(this.blockSize) !== 0n) {
      if (this.core.rules.refusedSizeAnnounced && this.#store !== null) this.server.capacityChanged();
      throw new ScstError('EINVAL', `${bytes.toString()} bytes are not whole blocks of ${this.blockSize}`);
    }
    this.#size = bytes;
    this.server.capacityChanged();
  }

  /** Takes the size of the backing file anew. `EMEDIUMTYPE`: not open; `ENOENT`: the file has gone; `ESTALE`: another one has its name. */
  async resyncSize(): Promise<void> {
    const isOpen = this.#odd || (this.#store !== null && !this.#leavesFileClosed);
    if (!this.#active || this.#filename === null || !isOpen) throw new ScstError('EMEDIUMTYPE', `the file of device ${this.name} is not open`);
    const kind = await this.core.storage.stat(this.#filename);
    if (kind === 'missing') throw new ScstError('ENOENT', `${this.#filename} does not exist`);
    if (this.#store === null || kind === 'directory' || kind === 'character') throw new ScstError('EINVAL', `${this.#filename} is a ${kind}`);
    if (!this.core.rules.replacedFileLendsSize && (await storeErrno(this.#store.isReplaced?.() ?? Promise.resolve(false)))) {
      throw new ScstError('ESTALE', `${this.#filename} is another file now than the one that device ${this.name} has open`);
    }
    const size = await storeErrno(this.#store.refresh());
    if (size === this.#size) return;
    this.#size = size;
    this.server.capacityChanged();
  }

  /** Flushes the backing file. When it is not open there is nothing to flush, and this does nothing. */
  async sync(): Promise<void> {
    const store = this.#store;
    if (store === null) return;
    await new Promise<void>((resolve, reject) => {
      store.flush((error) => {
        if (error === null) resolve();
        else reject(toScstError(error));
      });
    });
  }

  /** How long a write may be that is done as a whole or not at all though the store cannot do that by itself; 0: none. Bytes. */
  get atomicWriteLength(): number {
    return this.#keepsWrites && !this.#readOnly ? LONGEST_ATOMIC_WRITE : 0;
  }

  /** Writes to stable storage as a whole or not at all; up to {@link atomicWriteLength} bytes. Rejects with a `StoreError`. */
  async writeAtomically(data: Uint8Array, position: number): Promise<void> {
    if (this.#store === null || this.#filename === null) throw new StoreError('ENXIO', `the backing file of device ${this.name} is not open`);
    await this.core.atomicWrites.write(this.#filename, this.#store, data, position);
  }

  get #keepsWrites(): boolean {
    return keepsWrites(this.kind);
  }

  async #closeStore(): Promise<void> {
    const store = this.#store;
    this.#store = null;
    await this.#endStore(store);
  }

  /** Closes a store that no new command can reach, once the commands that may use it have ended. */
  async #endStore(store: BlockStore | null): Promise<void> {
    if (store === null) return;
    await this.block(true);
    try {
      await store.close();
    } finally {
      this.unblock();
    }
  }
}

const checkAbsolute = (path: ByteString): void => {
  if (!path.startsWith('/')) throw new ScstError('EINVAL', `${path === '' ? 'an empty name' : path} is not an absolute path`);
};
