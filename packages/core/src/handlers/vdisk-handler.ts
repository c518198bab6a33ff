import { type ByteString } from '../bytes.js';
import { type ScstCore } from '../core.js';
import { deviceId, IDENTITY_LIMITS } from '../device/identity.js';
import { PROTECTION_MODES, type Protection } from '../device/protection.js';
import { VirtualDevice } from '../device/virtual-device.js';
import { ScstError } from '../errors.js';
import { type VirtualDeviceKind } from '../nexus/objects.js';
import { type TraceLevel } from '../trace-level.js';
import { DeviceHandler } from './device-handler.js';
import { type DeviceDraft, OVERFLOWN_BLOCK_SIZE, type ParameterName } from './parameters.js';

/** Bytes; the longest name of a virtual device. */
export const MAX_DEVICE_NAME = 64;

/** Files of the handler's directory, where a link to each device must find its place. */
const OWN_FILES: ReadonlySet<ByteString> = new Set(['mgmt', 'trace_level', 'type']);

const NEVER = new Promise<void>(() => undefined);

/** How somebody waits for a device to be made. */
export interface AddContext {
  /** Resolves when they have given up. */
  readonly abandoned?: Promise<void>;
  /** Takes over what is to be freed after a failure. Absent: it is freed before the failure is told. */
  readonly cleanUp?: (work: () => Promise<void>) => void;
}

/** What tells the handlers of scst_vdisk apart. */
export interface VdiskKind {
  readonly kind: VirtualDeviceKind;
  readonly name: ByteString;
  /** Peripheral device type. */
  readonly type: number;
  /** What the mgmt text lists. */
  readonly listed: readonly ParameterName[];
  /** False: the handler takes every parameter there is. */
  readonly onlyListed: boolean;
  readonly needsFilename: boolean;
  /** True: its threads are those of the module parameter num_threads. */
  readonly threaded: boolean;
}

/** A handler of scst_vdisk: it makes virtual devices (SPEC sysfs 8.1). */
export class VdiskHandler extends DeviceHandler {
  readonly kind: VdiskKind;

  constructor(core: ScstCore, kind: VdiskKind, traceLevel: TraceLevel, threadsNum: number) {
    super(core, { name: kind.name, type: kind.type, traceLevel, threadsNum: kind.threaded ? threadsNum : 1 });
    this.kind = kind;
  }

  /** The parameters `add_device` takes; null: all. */
  get parameters(): readonly ParameterName[] | null {
    return this.kind.onlyListed ? this.kind.listed : null;
  }

  /** What is checked of a name before the parameters are: `EEXIST` for one in use, `EINVAL` for one too long. */
  checkName(name: ByteString): void {
    const { virtualDevices } = this.core;
    if (virtualDevices.get(name) !== undefined) throw new ScstError('EEXIST', `a virtual device ${name} exists`);
    if (name.length > MAX_DEVICE_NAME) throw new ScstError('EINVAL', `a device name of ${name.length} bytes is too long; ${MAX_DEVICE_NAME} at most`);
    const usn = deviceId(name, this.core.setupId).slice(0, IDENTITY_LIMITS.usn);
    const twin = virtualDevices.withUsn(usn);
    if (twin !== undefined) throw new ScstError('EEXIST', `device ${twin.name} has the unit serial number ${usn}, which would be that of ${name}`);
  }

  /**
   * Makes a device, after {@link checkName}. Throws the first thing wrong with the draft, or the errno of opening the file.
   */
  async addDevice(name: ByteString, draft: DeviceDraft, context: AddContext = {}): Promise<VirtualDevice> {
    this.#checkDraft(draft);
    if (/[/.]/.test(name)) throw new ScstError('EINVAL', `a device name cannot have a slash or a dot in it: ${name}`);
    this.core.checkDeviceName(name);
    const protection = await this.#checkProtection(name, draft);
    if (draft.oDirect === true && draft.async !== true) throw new ScstError('EINVAL', 'o_direct needs async=1');
    const device = new VirtualDevice(this.core, name, this.kind.kind, { ...draft, ...(protection === null ? {} : { protection }) });
    try {
      if (device.active) await device.open();
      await device.server.load();
      if (OWN_FILES.has(name) && this.core.administration === 'sysfs') await this.#refuseReserved(name, context.abandoned ?? NEVER);
    } catch (error) {
      if (context.cleanUp === undefined) await device.close();
      else context.cleanUp(() => device.close());
      throw error;
    }
    device.handler = this;
    this.devices.set(name, device);
    this.core.virtualDevices.add(device);
    this.core.addDevice(device);
    if (this.core.modules.flag('scst', 'auto_cm_assignment')) this.core.copyManager.addDevice(device);
    return device;
  }

  /**
   * Refuses a device called like a file of the handler. SCST itself loses the file by that; the mgmt file goes only once the
   * writer that keeps it has given up.
   */
  async #refuseReserved(name: ByteString, abandoned: Promise<void>): Promise<never> {
    if (this.core.rules.reservedNamesTakeFiles) {
      if (name === 'mgmt') await abandoned;
      this.lostFiles.add(name);
    }
    throw new ScstError('EEXIST', `handler ${this.name} has a file called ${name}`);
  }

  #checkDraft(draft: DeviceDraft): void {
    const size = draft.size ?? 0n;
    const blockSize = draft.blockSize ?? 512;
    if (blockSize === OVERFLOWN_BLOCK_SIZE && !this.core.rules.blockSizeOverflows) throw new ScstError('EINVAL', 'a block size is less than 2147483648 bytes');
    if (size % BigInt(blockSize) !== 0n) throw new ScstError('EINVAL', `a size of ${size.toString()} is not whole blocks of ${blockSize}`);
    const pointless = this.kind.kind === 'fileio' && draft.readOnly === true && (draft.writeThrough === true || draft.nvCache === true);
    if (pointless && this.core.administration === 'sysfs') {
      throw new ScstError('EINVAL', 'a read-only device has no use for write_through and nv_cache');
    }
    if (this.kind.needsFilename && draft.filename === undefined) throw new ScstError('EINVAL', 'filename is required');
    if (draft.numaNodeId !== undefined) this.core.checkNumaNode(draft.numaNodeId);
  }

  async #checkProtection(name: ByteString, draft: DeviceDraft): Promise<Protection | null> {
    const modes = PROTECTION_MODES.filter((mode) => draft.protectionModes?.has(mode));
    const type = draft.protectionType ?? 0;
    if (modes.length === 0 && type === 0) {
      if (draft.tagFile !== undefined) throw new ScstError('EINVAL', 'dif_filename needs dif_mode and dif_type');
      return null;
    }
    if (modes.length === 0 || (type !== 1 && type !== 2 && type !== 3)) throw new ScstError('EINVAL', 'dif_mode and a dif_type of 1 to 3 go together');
    if (modes.includes('dev_check')) throw new ScstError('EINVAL', 'dif_mode dev_check needs a block device that checks protection information itself');
    const tagFile = draft.tagFile ?? (modes.includes('dev_store') ? `${this.core.stateDirectory}/dif_tags/${name}.dif` : null);
    if (tagFile !== null && (await this.core.storage.stat(tagFile)) === 'missing') throw new ScstError('ENOENT', `the tag file ${tagFile} does not exist`);
    return { modes, type, staticAppTag: draft.staticAppTag ?? 0n, tagFile };
  }
}

/** Takes a virtual device away, whichever handler made it. `EINVAL`: there is none of that name. */
export const removeVirtualDevice = async (core: ScstCore, name: ByteString): Promise<void> => {
  const device = core.virtualDevices.get(name);
  if (device === undefined) throw new ScstError('EINVAL', `there is no virtual device ${name}`);
  await core.removeVirtualDevice(device);
};
