import { type ByteString } from '../bytes.js';
import { type VirtualDevice } from './virtual-device.js';

/** The devices of all handlers of scst_vdisk: names are unique among them, and default unit serial numbers. */
export class VirtualDeviceRegistry {
  readonly #byName = new Map<ByteString, VirtualDevice>();
  readonly #byUsn = new Map<ByteString, Set<VirtualDevice>>();

  get(name: ByteString): VirtualDevice | undefined {
    return this.#byName.get(name);
  }

  /** A device that has this unit serial number, by default or written. */
  withUsn(usn: ByteString): VirtualDevice | undefined {
    return this.#byUsn.get(usn)?.values().next().value;
  }

  values(): IterableIterator<VirtualDevice> {
    return this.#byName.values();
  }

  add(device: VirtualDevice): void {
    this.#byName.set(device.name, device);
    this.#index(device);
  }

  delete(device: VirtualDevice): void {
    this.#byName.delete(device.name);
    this.#unindex(device);
  }

  /** Runs what may change a device's unit serial number. */
  reindex(device: VirtualDevice, change: () => void): void {
    const known = this.#byName.get(device.name) === device;
    if (known) this.#unindex(device);
    try {
      change();
    } finally {
      if (known) this.#index(device);
    }
  }

  #index(device: VirtualDevice): void {
    const twins = this.#byUsn.get(device.usn);
    if (twins === undefined) this.#byUsn.set(device.usn, new Set([device]));
    else twins.add(device);
  }

  #unindex(device: VirtualDevice): void {
    const twins = this.#byUsn.get(device.usn);
    twins?.delete(device);
    if (twins?.size === 0) this.#byUsn.delete(device.usn);
  }
}
