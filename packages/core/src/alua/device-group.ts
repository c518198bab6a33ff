import { type ByteString } from '../bytes.js';
import { type ScstCore } from '../core.js';
import { type Device } from '../device/device.js';
import { ScstError } from '../errors.js';
import { showsAsOneOf } from '../shown-name.js';
import { TargetGroup, type TargetGroupMember } from './target-group.js';

/** An ALUA device group: devices that are reached through the same target groups. */
export class DeviceGroup {
  readonly core: ScstCore;
  readonly name: ByteString;
  /** By name, in the order they were added. */
  readonly devices = new Map<ByteString, Device>();
  /** By name, in the order they were made. */
  readonly targetGroups = new Map<ByteString, TargetGroup>();

  constructor(core: ScstCore, name: ByteString) {
    this.core = core;
    this.name = name;
  }

  /** Adds a device. `EEXIST`: it is in a device group; `EINVAL`: there is none of that name. */
  addDevice(name: ByteString): void {
    const device = this.core.devices.get(name);
    if (device === undefined) throw new ScstError('EINVAL', `there is no device ${name}`);
    if (device.deviceGroup !== null) throw new ScstError('EEXIST', `device ${name} is in device group ${device.deviceGroup.name}`);
    if (name === 'mgmt') throw new ScstError('EEXIST', 'device groups have a file of that name');
    this.devices.set(name, device);
    device.deviceGroup = this;
  }

  /** Takes a device out. `EINVAL`: it is not in this group. */
  removeDevice(name: ByteString): void {
    const device = this.devices.get(name);
    if (device === undefined) throw new ScstError('EINVAL', `device group ${this.name} has no device ${name}`);
    this.devices.delete(name);
    device.deviceGroup = null;
  }

  /** Makes a target group. `EEXIST`: there is one that shows under that name, or the name is `mgmt`. */
  createTargetGroup(name: ByteString): TargetGroup {
    if (name === 'mgmt' || showsAsOneOf(name, this.targetGroups.keys())) throw new ScstError('EEXIST', `device group ${this.name} has a target group ${name}`);
    const group = new TargetGroup(this, name);
    this.targetGroups.set(name, group);
    return group;
  }

  /** Deletes a target group with its members. `EINVAL`: there is none of that name. */
  deleteTargetGroup(name: ByteString): void {
    const group = this.targetGroups.get(name);
    if (group === undefined) throw new ScstError('EINVAL', `device group ${this.name} has no target group ${name}`);
    this.targetGroups.delete(name);
    group.clear();
  }

  /** The member of a name in any of its target groups. */
  findMember(name: ByteString): TargetGroupMember | undefined {
    for (const group of this.targetGroups.values()) {
      const member = group.memberMap.get(name);
      if (member !== undefined) return member;
    }
    return undefined;
  }

  /** @internal Lets go of all devices and targets. */
  clear(): void {
    for (const name of [...this.devices.keys()]) this.removeDevice(name);
    for (const name of [...this.targetGroups.keys()]) this.deleteTargetGroup(name);
  }
}
