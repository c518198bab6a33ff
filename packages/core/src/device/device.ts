import { type ByteString } from '../bytes.js';
import { type ScstCore } from '../core.js';
import { type DeviceGroup } from '../alua/device-group.js';
import { ScstError } from '../errors.js';
import { type DeviceHandler } from '../handlers/device-handler.js';
import { DeviceServer } from '../nexus/device-server.js';
import { type DeviceKind } from '../nexus/objects.js';
import { StoreError } from '../store/block-store.js';
import { type Lun } from '../target/lun.js';
import { storeErrno } from './store-errno.js';

/** How threads of a device are shared; SCST's words. */
export type ThreadsPoolType = 'per_initiator' | 'shared';

/** A device that can be mapped as a LUN: what all kinds have (SPEC sysfs 9.1). */
export abstract class Device {
  /** What executes its commands. */
  abstract readonly kind: DeviceKind;
  readonly core: ScstCore;
  readonly name: ByteString;
  /** Peripheral device type, SPC-5 6.7.2. */
  readonly type: number;
  /** Its LUNs by export number, in the order they were mapped. */
  readonly exports = new Map<number, Lun>();
  /** The ALUA device group it belongs to. */
  deviceGroup: DeviceGroup | null = null;
  maxTgtDevCommands = 0;
  /** -1: any node. */
  numaNodeId = -1;
  threadsNum = 0;
  threadsPoolType: ThreadsPoolType = 'per_initiator';
  /** Persistent reservations are kept by a cluster; there is none here, and this only keeps some attributes from being written. */
  clusterMode = false;
  /** Blockings that still wait for the commands under way. */
  pendingBlocks = 0;
  /** True once the device is being taken away. */
  removed = false;
  /** Where persistent reservations are kept; null: the default place. */
  #prFile: ByteString | null = null;
  #prFileMarked = false;
  #handler: DeviceHandler | null = null;
  #nextExport = 0;
  readonly server: DeviceServer;

  constructor(core: ScstCore, name: ByteString, type: number) {
    this.core = core;
    this.name = name;
    this.type = type;
    this.server = new DeviceServer(this, core);
  }

  get handler(): DeviceHandler | null {
    return this.#handler;
  }

  /** Gives the device to a handler, or to none; its limits become the handler's. */
  set handler(handler: DeviceHandler | null) {
    this.#handler = handler;
    this.maxTgtDevCommands = handler?.maxTgtDevCommands ?? 0;
    this.threadsNum = handler?.threadsNum ?? 0;
    this.threadsPoolType = handler?.threadsPoolType ?? 'per_initiator';
  }

  /** True: none of its LUNs can be written. */
  get readOnly(): boolean {
    return false;
  }

  /** True for a device with T10 protection information. */
  get hasProtection(): boolean {
    return false;
  }

  /** How many blockings hold its commands back. */
  get blockings(): number {
    return this.server.blockings;
  }

  /** The K of the next `exportK` link: never used again. */
  takeExportNumber(): number {
    const number = this.#nextExport;
    this.#nextExport += 1;
    return number;
  }

  /** Blocks the device. With `wait`, resolves when the commands under way have ended; without, they go on by themselves. */
  async block(wait: boolean): Promise<void> {
    this.pendingBlocks += 1;
    const idle = this.server.block().finally(() => {
      this.pendingBlocks -= 1;
    });
    if (wait) await idle;
  }

  /** Told that initiators may reach the device now, or no longer, through a target group that decides for it. */
  followAccess?(accessible: boolean): Promise<void>;

  /** Takes one blocking back; none is no error. */
  unblock(): void {
    this.server.unblock();
  }

  get defaultPrFile(): ByteString {
    return `${this.core.stateDirectory}/pr/${this.name}`;
  }

  /** Where persistent reservations that outlive power loss are kept. */
  get prFile(): ByteString {
    return this.#prFile ?? this.defaultPrFile;
  }

  /** True when an administrator chose the place. */
  get prFileMarked(): boolean {
    return this.#prFileMarked;
  }

  /** `EBUSY` while the device is exported anywhere, be it by the copy manager (SPEC sysfs 9.5). */
  checkNotExported(what: string): void {
    if (this.exports.size > 0) {
      throw new ScstError('EBUSY', `${what} of device ${this.name} cannot be changed while the device is exported (${this.exports.size} LUN(s), the copy manager's included)`);
    }
  }

  /**
   * Moves the persistent reservations to another file; empty: to the default place. `EINVAL`: not absolute, or there and no
   * file; `ENOENT`: its directory is missing; `EBUSY`: the device is exported; `EPERM`: it is in cluster mode.
   */
  async setPrFile(path: ByteString): Promise<void> {
    this.checkNoCluster('pr_file_name');
    this.checkNotExported('the reservations file');
    const wanted = path === '' ? this.defaultPrFile : path;
    if (wanted === this.prFile) return;
    if (path !== '') await this.#checkPrFile(path);
    const file = path === '' ? null : path;
    await storeErrno(this.server.setPrFile(file));
    this.#prFile = file;
    this.#prFileMarked = path !== '';
  }

  /** `EPERM` while the device is in cluster mode. */
  checkNoCluster(what: string): void {
    if (this.clusterMode) throw new ScstError('EPERM', `${what} of device ${this.name} cannot be written while cluster_mode is 1`);
  }

  async #checkPrFile(path: ByteString): Promise<void> {
    if (!path.startsWith('/')) throw new ScstError('EINVAL', `${path} is not an absolute path`);
    const kind = await this.#kindOf(path);
    if (kind !== 'file' && kind !== 'missing') throw new ScstError('EINVAL', `${path} is a ${kind === 'character' || kind === 'block' ? `${kind} device` : kind}`);
    if (kind === 'missing') {
      const directory = path.slice(0, Math.max(path.lastIndexOf('/'), 1));
      if ((await this.#kindOf(directory)) !== 'directory') throw new ScstError('ENOENT', `the directory ${directory} does not exist`);
    }
  }

  /** What cannot be looked at, be it for the length of its name, is not there. */
  async #kindOf(path: ByteString): Promise<string> {
    try {
      return await this.core.storage.stat(path);
    } catch (error) {
      if (error instanceof StoreError) return 'missing';
      throw error;
    }
  }
}
