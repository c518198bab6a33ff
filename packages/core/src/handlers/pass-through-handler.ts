import { unitSerialNumber } from '@scst/scsi';
import { fromByteString } from '@scst/sysfs';
import { type ByteString } from '../bytes.js';
import { PassThroughDevice } from '../device/pass-through-device.js';
import { typeText } from '../device/types.js';
import { ScstError } from '../errors.js';
import { shownName } from '../shown-name.js';
import { DeviceHandler } from './device-handler.js';

/** A handler that passes commands on to SCSI devices of the machine, of one peripheral device type (SPEC sysfs 8.3). */
export class PassThroughHandler extends DeviceHandler {
  /** Where the persistent reservations of devices that leave the machine are put, by serial number; empty: nowhere. */
  dumpDirectory: ByteString = '';

  /** The SCSI device of an `H:C:I:L`. `EINVAL`: not four numbers, no such device, or not of the handler's type. */
  find(hctl: ByteString): PassThroughDevice {
    const [, ...numbers] = /^(\d+):(\d+):(\d+):(\d+)/.exec(hctl) ?? [];
    if (numbers.length === 0) throw new ScstError('EINVAL', `${hctl} is not HOST:CHANNEL:ID:LUN`);
    // Three are read into 32 bits, the LUN into 64; what is too large wraps.
    const name = numbers.map((number, index) => BigInt.asUintN(index === 3 ? 64 : 32, BigInt(number)).toString()).join(':');
    const device = this.core.devices.get(name);
    if (!(device instanceof PassThroughDevice)) throw new ScstError('EINVAL', `there is no SCSI device ${name}`);
    if (device.type !== this.type) throw new ScstError('EINVAL', `device ${name} is of type ${typeText(device.type)}; ${this.name} takes ${typeText(this.type)}`);
    return device;
  }

  /** Takes a device, from another handler if need be. */
  assign(device: PassThroughDevice): void {
    if (device.handler === this) return;
    device.handler?.devices.delete(device.name);
    device.handler = this;
    this.devices.set(device.name, device);
  }

  /** Puts the persistent reservations of a device that leaves the machine where `pr_dump_dir` says, if it has a serial number. */
  async dumpReservations(device: PassThroughDevice): Promise<void> {
    const { logicalUnit } = device;
    if (this.dumpDirectory === '' || logicalUnit === null) return;
    const text = device.server.prStateText();
    const serial = await unitSerialNumber(logicalUnit).catch(() => '');
    if (serial !== '') await this.core.storage.writeState(`${this.dumpDirectory}/${shownName(serial)}`, fromByteString(text));
  }

  /** Lets go of a device; its LUNs stay. `EINVAL`: another handler has it, or none. */
  release(device: PassThroughDevice): void {
    if (device.handler !== this) throw new ScstError('EINVAL', `${this.name} does not hold device ${device.name}`);
    this.devices.delete(device.name);
    device.handler = null;
  }
}
