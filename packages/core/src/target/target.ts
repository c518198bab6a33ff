import { type ByteString } from '../bytes.js';
import { type ScstCore } from '../core.js';
import { type TargetGroupMember } from '../alua/target-group.js';
import { ScstError } from '../errors.js';
import { showsAsOneOf } from '../shown-name.js';
import { AccessGroup } from './access-group.js';
import { UniqueNames } from './unique-names.js';
import { type Session } from './session.js';
import { type TargetDriver } from './target-driver.js';

/** SAM-6's version descriptor for SAS, what scst_local reports until told otherwise. */
const DEFAULT_SCSI_TRANSPORT_VERSION = 0xbe0;

/** A SCSI target of a driver (SCST's `tgt`). */
export class Target {
  readonly core: ScstCore;
  readonly driver: TargetDriver;
  /** The true name; in the tree `/` shows as `!`. */
  readonly name: ByteString;
  /** The LUNs of initiators that no group claims, and the target's own `addr_method`, `cpu_mask` and the like. */
  readonly defaultGroup: AccessGroup;
  /** By name, in the order of creation. */
  readonly groups = new Map<ByteString, AccessGroup>();
  /** By directory name, in the order of creation. */
  readonly sessionsByName = new Map<ByteString, Session>();
  /** Session directory names in use. */
  readonly sessionNames = new UniqueNames();
  /** The ALUA target groups the target is a member of. */
  readonly memberships = new Set<TargetGroupMember>();
  /** Relative target port identifier; 0: none was given. */
  relTgtId = 0;
  comment: ByteString | null = null;
  /** As written; 0: the driver's own. */
  storedScsiTransportVersion = 0;
  physTransportVersion = 0;
  forwardSource = false;
  forwarding = false;
  aenDisabled = false;
  readonly sgTablesize = 65535;
  /** True once the target has been taken off its driver. */
  removed = false;

  constructor(driver: TargetDriver, name: ByteString) {
    this.core = driver.core;
    this.driver = driver;
    this.name = name;
    this.defaultGroup = new AccessGroup(this, null);
  }

  /** What VPD pages and INQUIRY report as the SCSI transport's version descriptor. */
  get scsiTransportVersion(): number {
    return this.storedScsiTransportVersion === 0 ? DEFAULT_SCSI_TRANSPORT_VERSION : this.storedScsiTransportVersion;
  }

  /** For messages. */
  describe(): string {
    return `target ${this.name}`;
  }

  /** Its sessions in the order of creation. */
  get sessions(): Iterable<Session> {
    return this.sessionsByName.values();
  }

  /** All sets of LUNs, the target's own first. */
  *sets(): Generator<AccessGroup> {
    yield this.defaultGroup;
    yield* this.groups.values();
  }

  /**
   * Gives the target a relative target port identifier. `EBADSLT`: another target has the id's low 16 bits; `EINVAL`: out of
   * 1…65535 (SPEC sysfs 4).
   */
  setRelTgtId(id: bigint): void {
    if (id !== BigInt(this.relTgtId)) {
      const low = Number(id & 0xffffn);
      for (const target of this.core.allTargets()) {
        if (target !== this && target.relTgtId === low) {
          throw new ScstError('EBADSLT', `target ${target.name} of driver ${target.driver.name} has the relative target port id ${low}`);
        }
      }
    }
    if (id < 1n || id > 65535n) throw new ScstError('EINVAL', `a relative target port id is 1 to 65535, not ${id.toString()}`);
    this.relTgtId = Number(id);
  }

  /** Makes an access control group. `EEXIST`: there is one of that name, or the name is `mgmt`. */
  createGroup(name: ByteString): AccessGroup {
    if (!this.driver.hasGroups) throw new ScstError('EINVAL', `target ${this.name} cannot have initiator groups`);
    if (name === 'mgmt' || this.#hasGroupShownAs(name)) throw new ScstError('EEXIST', `group ${name} exists in target ${this.name}`);
    const group = new AccessGroup(this, name);
    this.groups.set(name, group);
    return group;
  }

  /** The group of a name. `EINVAL` when there is none. */
  group(name: ByteString): AccessGroup {
    const group = this.groups.get(name);
    if (group === undefined) throw new ScstError('EINVAL', `${this.describe()} has no group ${name}`);
    return group;
  }

  /** Deletes a group with all in it. `EBUSY`: sessions use it (with `forcibly_close_sessions` they are closed instead). */
  async deleteGroup(name: ByteString): Promise<void> {
    const group = this.group(name);
    if (group.sessions.size > 0) {
      if (!this.core.modules.flag('scst', 'forcibly_close_sessions')) {
        throw new ScstError('EBUSY', `${group.sessions.size} session(s) use group ${name} of ${this.describe()}`);
      }
      await Promise.all([...group.sessions].map((session) => this.driver.closeSession(session)));
    }
    this.groups.delete(name);
    await group.clearLuns();
  }

  /** @internal Gives a group another name in the same place; the caller has checked it. */
  renameGroup(name: ByteString, newName: ByteString): void {
    this.group(name).rename(newName);
    const groups = [...this.groups.values()];
    this.groups.clear();
    for (const group of groups) if (group.name !== null) this.groups.set(group.name, group);
  }

  /** The set an initiator of this name sees: the first group, in the order of creation, that claims it. */
  groupFor(initiatorName: ByteString): AccessGroup {
    const { globalGroups } = this.core;
    if (globalGroups !== null && this.driver.hasGroups) return globalGroups.groupFor(this, initiatorName);
    for (const group of this.groups.values()) if (group.claims(initiatorName)) return group;
    return this.defaultGroup;
  }

  /** Gives every session the set it now belongs to. */
  async reassignSessions(): Promise<void> {
    const moves: Promise<void>[] = [];
    for (const session of this.sessions) moves.push(session.useGroup(this.groupFor(session.initiatorName)));
    await Promise.all(moves);
  }

  #hasGroupShownAs(name: ByteString): boolean {
    if (this.groups.has(name)) return true;
    return /[/!]/.test(name) && showsAsOneOf(name, this.groups.keys());
  }
}
