import { type ByteString } from '../bytes.js';
import { type ScstCore } from '../core.js';
import { ScstError } from '../errors.js';
import { type VirtualDeviceKind } from '../nexus/objects.js';
import { BackedDevice } from './backed-device.js';
import { DeviceIdentity, type IdentityField } from './identity.js';
import { type Protection } from './protection.js';
import { type VirtualDeviceOptions } from './virtual-device-options.js';

/** Bytes; OPTIMAL TRANSFER LENGTH (SBC-4 6.6.4) unless told otherwise. */
const DEFAULT_OPT_TRANS_LEN = 524288;

/** A device of scst_vdisk (SPEC sysfs 9.2, 9.3). */
export class VirtualDevice extends BackedDevice {
  readonly identity: DeviceIdentity;
  readonly nvCache: boolean;
  readonly oDirect: boolean;
  readonly removable: boolean;
  readonly rotational: boolean;
  readonly dummy: boolean;
  readonly tst: 0 | 1;
  readonly protection: Protection | null;
  async: boolean;
  override clusterMode: boolean;
  lbPerPbExp: boolean;
  explAlua = false;
  readZero = false;
  #naaId: Uint8Array | null = null;
  #eui64Id: Uint8Array | null = null;
  #optTransLen: number | null = null;

  constructor(core: ScstCore, name: ByteString, kind: VirtualDeviceKind, options: VirtualDeviceOptions) {
    super(core, name, kind, options);
    this.identity = new DeviceIdentity(name, core.setupId, kind === 'blockio' ? 'SCST_BIO' : 'SCST_FIO');
    if (options.t10DevId !== undefined) this.identity.set('t10DevId', options.t10DevId);
    this.nvCache = options.nvCache ?? false;
    this.oDirect = options.oDirect ?? false;
    this.removable = options.removable ?? kind === 'cdrom';
    this.rotational = options.rotational ?? true;
    this.dummy = options.dummy ?? false;
    this.tst = options.tst ?? 1;
    this.protection = options.protection ?? null;
    // SCST takes none for type 2 here; it can be written later.
    this.setStaticAppTag(this.protection?.type === 2 ? 0n : (this.protection?.staticAppTag ?? 0n));
    this.async = options.async ?? false;
    this.clusterMode = options.clusterMode ?? false;
    this.lbPerPbExp = options.lbPerPbExp ?? true;
    this.numaNodeId = options.numaNodeId ?? -1;
  }

  override get hasProtection(): boolean {
    return this.protection !== null;
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

}
