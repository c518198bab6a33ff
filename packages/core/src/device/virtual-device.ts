import { isErrnoName } from '@scst/sysfs';
import { type ByteString } from '../bytes.js';
import { type ScstCore } from '../core.js';
import { ScstError } from '../errors.js';
import { type VirtualDeviceKind } from '../nexus/objects.js';
import { type BlockStore, StoreError } from '../store/block-store.js';
import { LONGEST_ATOMIC_WRITE } from './atomic-writes.js';
import { Device } from './device.js';
import { DeviceIdentity, type IdentityField } from './identity.js';
import { type Protection } from './protection.js';

const DIRECT_ACCESS = 0x00;
const CD_ROM = 0x05;

/** Bytes; what vdisk_nullio devices have unless told otherwise. */
export const NULLIO_DEFAULT_SIZE = 2748779069440n;
/** Bytes; OPTIMAL TRANSFER LENGTH (SBC-4 6.6.4) unless told otherwise. */
const DEFAULT_OPT_TRANS_LEN = 524288;

/** What a virtual device is made with. What is left out takes the default of its kind. */
export interface VirtualDeviceOptions {
  filename?: ByteString;
  /** Bytes, a power of two. */
  blockSize?: number;
  /** Bytes. Others than vdisk_nullio devices show it only until their file is open. */
  size?: bigint;
  readOnly?: boolean;
  writeThrough?: boolean;
  nvCache?: boolean;
  async?: boolean;
  oDirect?: boolean;
  removable?: boolean;
  rotational?: boolean;
  thinProvisioned?: boolean;
  active?: boolean;
  bindAluaState?: boolean;
  clusterMode?: boolean;
  dummy?: boolean;
  lbPerPbExp?: boolean;
  tst?: 0 | 1;
  numaNodeId?: number;
  t10DevId?: ByteString;
  protection?: Protection;
}

/** A device of scst_vdisk (SPEC sysfs 9.2, 9.3). */
export class VirtualDevice extends Device {
  readonly kind: VirtualDeviceKind;
  readonly identity: DeviceIdentity;
  readonly blockSize: number;
  readonly writeThrough: boolean;
  readonly nvCache: boolean;
  readonly oDirect: boolean;
  readonly removable: boolean;
  readonly rotational: boolean;
  readonly dummy: boolean;
  readonly tst: 0 | 1;
  readonly protection: Protection | null;
  async: boolean;
  bindAluaState: boolean;
  override clusterMode: boolean;
  lbPerPbExp: boolean;
  explAlua = false;
  readZero = false;
  #naaId: Uint8Array | null = null;
  #eui64Id: Uint8Array | null = null;
  readonly #readOnly: boolean;
  readonly #thinProvisioned: boolean | undefined;
  #filename: ByteString | null;
  #active: boolean;
  #optTransLen: number | null = null;
  #size: bigint;
  /** False until the file was open once. */
  #sizeKnown = false;
  #store: BlockStore | null = null;

  constructor(core: ScstCore, name: ByteString, kind: VirtualDeviceKind, options: VirtualDeviceOptions) {
    super(core, name, kind === 'cdrom' ? CD_ROM : DIRECT_ACCESS);
    this.kind = kind;
    this.identity = new DeviceIdentity(name, core.setupId, kind === 'blockio' ? 'SCST_BIO' : 'SCST_FIO');
    if (options.t10DevId !== undefined) this.identity.set('t10DevId', options.t10DevId);
    this.blockSize = options.blockSize ?? (kind === 'cdrom' ? 2048 : 512);
    this.writeThrough = options.writeThrough ?? false;
    this.nvCache = options.nvCache ?? false;
    this.oDirect = options.oDirect ?? false;
    this.removable = options.removable ?? kind === 'cdrom';
    this.rotational = options.rotational ?? true;
    this.dummy = options.dummy ?? false;
    this.tst = options.tst ?? 1;
    this.protection = options.protection ?? null;
    this.setStaticAppTag(this.protection?.staticAppTag ?? 0n);
    this.async = options.async ?? false;
    this.bindAluaState = options.bindAluaState ?? kind === 'blockio';
    this.clusterMode = options.clusterMode ?? false;
    this.lbPerPbExp = options.lbPerPbExp ?? true;
    this.numaNodeId = options.numaNodeId ?? -1;
    this.#readOnly = options.readOnly ?? kind === 'cdrom';
    this.#thinProvisioned = options.thinProvisioned;
    this.#filename = options.filename ?? null;
    this.#active = options.active ?? true;
    this.#size = options.size ?? (kind === 'nullio' ? NULLIO_DEFAULT_SIZE : 0n);
  }

  override get readOnly(): boolean {
    return this.#readOnly;
  }

  override get hasProtection(): boolean {
    return this.protection !== null;
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

  /** As asked for, or what the backing device can. */
  get thinProvisioned(): boolean {
    return this.#thinProvisioned ?? (this.kind === 'blockio' && (this.#store?.geometry.discardGranularity ?? 0) > 0);
  }

  /** True when it was asked for in `add_device`. */
  get thinProvisionedGiven(): boolean {
    return this.#thinProvisioned !== undefined;
  }

  /** Bytes; OPTIMAL TRANSFER LENGTH as reported. */
  get optTransLen(): number {
    return this.#optTransLen ?? DEFAULT_OPT_TRANS_LEN;
  }

  get optTransLenWritten(): boolean {
    return this.#optTransLen !== null;
  }

  /** Takes the low 32 bits of a multiple of the block size; others are `EINVAL`. */
  setOptTransLen(length: bigint): void {
    if (length % BigInt(this.blockSize) !== 0n) throw new ScstError('EINVAL', `${length.toString()} is not a multiple of the block size, ${this.blockSize}`);
    this.#optTransLen = Number(BigInt.asUintN(32, length));
  }

  get vendorId(): ByteString {
    return this.identity.get('vendorId');
  }

  get productId(): ByteString {
    return this.identity.get('productId');
  }

  get revision(): ByteString {
    return this.identity.get('revision');
  }

  get vendSpecificId(): ByteString {
    return this.identity.get('vendSpecificId');
  }

  get deviceName(): ByteString {
    return this.identity.get('deviceName');
  }

  get inqVendSpecific(): ByteString {
    return this.identity.get('inqVendSpecific');
  }

  get t10DevId(): ByteString {
    return this.identity.get('t10DevId');
  }

  get usn(): ByteString {
    return this.identity.get('usn');
  }

  /**
   * Writes a text of the device's identity; initiators learn of it. `EINVAL`: too long; `EPERM`: `t10_dev_id` while the device
   * is in cluster mode.
   */
  setIdentity(field: IdentityField, text: ByteString): void {
    if (field === 't10DevId') this.checkNoCluster('t10_dev_id');
    this.core.virtualDevices.reindex(this, () => {
      this.identity.set(field, text);
    });
    this.#inquiryChanged();
  }

  /** Sets or clears the NAA designator; initiators learn of it. */
  setNaaId(id: Uint8Array | null): void {
    this.#naaId = id;
    this.#inquiryChanged();
  }

  /** Sets or clears the EUI-64 based designator; initiators learn of it. */
  setEui64Id(id: Uint8Array | null): void {
    this.#eui64Id = id;
    this.#inquiryChanged();
  }

  #inquiryChanged(): void {
    this.server.inquiryChanged();
    this.core.copyManager.inquiryChanged(this);
  }

  /** NAA designator, 8 or 16 bytes; null: none. */
  get naaId(): Uint8Array | null {
    return this.#naaId;
  }

  /** EUI-64 based designator, 8, 12 or 16 bytes; null: none. */
  get eui64Id(): Uint8Array | null {
    return this.#eui64Id;
  }

  /** What application tags are checked against; 16 bits are kept, of type 3 protection 48. */
  setStaticAppTag(tag: bigint): void {
    if (this.protection !== null) this.protection.staticAppTag = BigInt.asUintN(this.protection.type === 3 ? 48 : 16, tag);
  }

  /** Opens the backing file and takes its size if the device has none yet. Throws the errno of the open. */
  async open(): Promise<void> {
    if (this.#filename === null || this.#store !== null || this.kind === 'nullio') return;
    this.#store = await this.#openFile(this.#filename);
    if (!this.#sizeKnown) {
      this.#size = this.#store.size;
      this.#sizeKnown = true;
    }
  }

  /** Ends what the device does: its server, then its file. */
  async close(): Promise<void> {
    await this.server.close();
    await this.#closeStore();
  }

  /** Writes `active`. On: the file is opened; when that fails the device stays off. */
  async setActive(active: boolean): Promise<void> {
    if (active === this.#active) return;
    if (active) {
      await this.open();
      this.#active = true;
      return;
    }
    this.#active = false;
    await this.#closeStore();
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
    const store = path === null ? null : await this.#openFile(path);
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

  /** Takes the size of the backing file anew. `EMEDIUMTYPE`: not active; `ENOENT`: the file has gone. */
  async resyncSize(): Promise<void> {
    if (!this.#active || this.#filename === null || this.#store === null) throw new ScstError('EMEDIUMTYPE', `device ${this.name} is not active`);
    if ((await this.core.storage.stat(this.#filename)) === 'missing') throw new ScstError('ENOENT', `${this.#filename} does not exist`);
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
    return this.kind === 'fileio' || this.kind === 'blockio';
  }

  /** What was being written atomically when a process was killed is finished before anybody reads it. */
  async #openFile(path: ByteString): Promise<BlockStore> {
    const { storage, atomicWrites } = this.core;
    const accept = this.kind === 'blockio' ? 'block' : 'file-or-block';
    const open = (options: { readOnly: boolean; writeThrough: boolean }): Promise<BlockStore> => storeErrno(storage.open(path, { ...options, accept }));
    const store = await open({ readOnly: this.#readOnly, writeThrough: this.writeThrough });
    if (!this.#keepsWrites) return store;
    try {
      await storeErrno(atomicWrites.recover(path, () => open({ readOnly: false, writeThrough: false })));
    } catch (error) {
      await store.close();
      throw error;
    }
    return store;
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

const storeErrno = async <T>(operation: Promise<T>): Promise<T> => {
  try {
    return await operation;
  } catch (error) {
    throw error instanceof StoreError ? toScstError(error) : error;
  }
};

const toScstError = (error: StoreError): ScstError => new ScstError(isErrnoName(error.code) ? error.code : 'EIO', error.message, { cause: error });
