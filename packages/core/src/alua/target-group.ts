import { type ByteString } from '../bytes.js';
import { type Device } from '../device/device.js';
import { ScstError } from '../errors.js';
import { shownName } from '../shown-name.js';
import { type Target } from '../target/target.js';
import { type DeviceGroup } from './device-group.js';

/** Asymmetric access states (SPC-5 5.15.2.4) that can be set, in SCST's words. */
export const ALUA_STATES = ['active', 'nonoptimized', 'standby', 'unavailable', 'offline', 'transitioning'] as const;
export type AluaState = (typeof ALUA_STATES)[number];

const OWN_FILES: ReadonlySet<ByteString> = new Set(['group_id', 'mgmt', 'preferred', 'state']);

/** A target in a target group: one of this machine, or the name of one elsewhere. */
export class TargetGroupMember {
  readonly group: TargetGroup;
  readonly name: ByteString;
  /** Null: on another machine. */
  readonly target: Target | null;
  #remoteRelTgtId = 0;

  constructor(group: TargetGroup, name: ByteString, target: Target | null) {
    this.group = group;
    this.name = name;
    this.target = target;
  }

  /** How it shows in the group's directory. */
  get entryName(): ByteString {
    return this.target !== null && this.group.deviceGroup.core.rules.slashBreaksLists ? this.name : shownName(this.name);
  }

  /** Relative target port identifier. */
  get relTgtId(): number {
    return this.target?.relTgtId ?? this.#remoteRelTgtId;
  }

  /** For a remote target; `EINVAL` out of 1…65535. */
  setRelTgtId(id: bigint): void {
    if (id < 1n || id > 65535n) throw new ScstError('EINVAL', `a relative target port id is 1 to 65535, not ${id.toString()}`);
    this.#remoteRelTgtId = Number(id);
  }

  /** Leaves the group. */
  remove(): void {
    this.group.memberMap.delete(this.name);
    this.target?.memberships.delete(this);
  }
}

/** An ALUA target group (SPC-5 5.15): targets that reach a device in the same access state. */
export class TargetGroup {
  readonly deviceGroup: DeviceGroup;
  readonly name: ByteString;
  /** By name, in the order they were added. */
  readonly memberMap = new Map<ByteString, TargetGroupMember>();
  /** Names whose entry stays although the member has gone: a defect of SCST the profile `recorded` shows (SPEC sysfs 10). */
  readonly deadEntries = new Map<ByteString, TargetGroupMember>();
  groupId = 0;
  #preferred = false;
  #state: AluaState = 'active';
  #stateWritten = false;

  constructor(deviceGroup: DeviceGroup, name: ByteString) {
    this.deviceGroup = deviceGroup;
    this.name = name;
  }

  get members(): Iterable<TargetGroupMember> {
    return this.memberMap.values();
  }

  get state(): AluaState {
    return this.#state;
  }

  /** True once `state` was written, be it to what it was. */
  get stateWritten(): boolean {
    return this.#stateWritten;
  }

  /**
   * Writes the access state. The initiators of the group's targets learn of a change, and devices with `bind_alua_state` let go
   * of their files, or take them again.
   */
  async setState(state: AluaState): Promise<void> {
    this.#stateWritten = true;
    if (state === this.#state) return;
    const accessible = state === 'active' || state === 'nonoptimized';
    const bound = [...this.deviceGroup.devices.values()].filter((device) => this.#decidesFor(device));
    if (!accessible) for (const device of bound) await device.followAccess?.(false);
    this.#state = state;
    this.#announce(state === 'transitioning');
    if (accessible) for (const device of bound) await device.followAccess?.(true);
  }

  /** False where the group is that of another machine, and no initiator reaches the device through it here. */
  #decidesFor(device: Device): boolean {
    const members = [...this.members];
    if (members.every(({ target }) => target !== null)) return true;
    const targets = new Set<unknown>(members.map(({ target }) => target));
    return [...device.server.nexuses].some(({ session }) => targets.has(session.target));
  }

  /** The PREF bit; the initiators of the group's targets learn of a change. */
  get preferred(): boolean {
    return this.#preferred;
  }

  setPreferred(preferred: boolean): void {
    if (preferred === this.#preferred) return;
    this.#preferred = preferred;
    this.#announce(false);
  }

  /** Takes a group id; `EINVAL` out of 1…65535. */
  setGroupId(id: bigint): void {
    if (id < 1n || id > 65535n) throw new ScstError('EINVAL', `a target group id is 1 to 65535, not ${id.toString()}`);
    this.groupId = Number(id);
  }

  /** Adds a target of this machine, or a remote one. `EEXIST`: a group of the device group has it, or it is called like a file. */
  addMember(name: ByteString): TargetGroupMember {
    if (this.deviceGroup.findMember(name) !== undefined) throw new ScstError('EEXIST', `target ${name} is in a target group of ${this.deviceGroup.name}`);
    const member = new TargetGroupMember(this, name, this.deviceGroup.core.findTarget(name));
    const { entryName } = member;
    if (OWN_FILES.has(entryName) || [...this.members, ...this.deadEntries.values()].some((other) => other.entryName === entryName)) {
      throw new ScstError('EEXIST', `target group ${this.name} has an entry ${entryName}`);
    }
    this.memberMap.set(name, member);
    member.target?.memberships.add(member);
    return member;
  }

  /** Removes a member of this or another target group of the device group. `EINVAL`: there is none of that name. */
  removeMember(name: ByteString): void {
    const member = this.deviceGroup.findMember(name);
    if (member === undefined) throw new ScstError('EINVAL', `no target group of ${this.deviceGroup.name} has a target ${name}`);
    member.remove();
    if (member.group !== this && this.deviceGroup.core.rules.deadTargetGroupEntries) member.group.deadEntries.set(name, member);
  }

  #announce(intoTransitioning: boolean): void {
    for (const device of this.deviceGroup.devices.values()) device.server.aluaStateChanged(this, { intoTransitioning });
  }

  /** @internal Lets go of all members. */
  clear(): void {
    for (const member of [...this.memberMap.values()]) member.remove();
  }
}
