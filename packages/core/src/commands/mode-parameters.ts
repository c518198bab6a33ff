import { type DeviceObject, isVirtual } from '../nexus/objects.js';
import { savedPagesFile } from './saved-mode-pages.js';

/** The fields of the control mode page (SPC-5 7.5.10) that SCST lets initiators change. */
export interface ControlParameters {
  /** TMF_ONLY */
  tmfOnly: boolean;
  /** DPICZ */
  dpicz: boolean;
  /** D_SENSE */
  descriptorSense: boolean;
  /** QUEUE ALGORITHM MODIFIER: 0 restricted, 1 unrestricted reordering. */
  queueAlgorithm: 0 | 1;
  /** QERR: 0 the others go on, 1 all are aborted, 3 those of the same nexus are. */
  queueError: 0 | 1 | 3;
  /** SWP */
  softwareWriteProtect: boolean;
  /** TAS */
  reportsAborted: boolean;
}

/** Also what page control 10b (default values) shows. */
export const DEFAULT_CONTROL: Readonly<ControlParameters> = {
  tmfOnly: false,
  dpicz: false,
  descriptorSense: false,
  queueAlgorithm: 1,
  queueError: 0,
  softwareWriteProtect: false,
  reportsAborted: false,
};

/**
 * The changeable mode parameters of a device: current and saved values (SPEC 7). What was saved comes back when a device of
 * the same name is added again.
 */
export class ModeParameters {
  readonly #device: DeviceObject;
  readonly #canSwitchCache: boolean;
  control: ControlParameters = { ...DEFAULT_CONTROL };
  savedControl: ControlParameters = { ...DEFAULT_CONTROL };
  /** Writes go through to the medium, WCE is 0. */
  writeThrough: boolean;
  savedWriteThrough = false;

  constructor(device: DeviceObject) {
    this.#device = device;
    this.#canSwitchCache = isVirtual(device) && !device.nvCache && device.kind !== 'nullio';
    this.writeThrough = isVirtual(device) && device.writeThrough;
  }

  /** WCE as it is reported: a device with a non-volatile cache has no volatile one. */
  get writeCacheEnabled(): boolean {
    return !this.writeThrough && !(isVirtual(this.#device) && this.#device.nvCache);
  }

  /** What a reset leaves: the saved control page, and the cache as devices are made without options (SPEC 11). */
  reset(): void {
    this.control = { ...this.savedControl };
    this.setWriteThrough(false);
  }

  /** Changes WCE where the device has a cache of its own to switch. */
  setWriteThrough(writeThrough: boolean): void {
    if (this.#canSwitchCache) this.writeThrough = writeThrough;
  }

  /** The state file that holds the current values; null: all of them are defaults and there is no file. */
  toFile(): Uint8Array | null {
    return savedPagesFile.encode(this.#device.name, this, DEFAULT_CONTROL);
  }

  /** Takes the values of a state file. */
  fromFile(file: Uint8Array): void {
    const pages = savedPagesFile.decode(this.#device.name, file);
    this.control = { ...this.control, ...pages.control };
    this.savedControl = { ...this.control };
    if (pages.writeThrough !== undefined) this.writeThrough = this.savedWriteThrough = pages.writeThrough;
  }
}
