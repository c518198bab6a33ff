import { type ByteString } from '../bytes.js';
import { type ScstCore } from '../core.js';
import { ScstError } from '../errors.js';
import { type AccessGroup } from './access-group.js';
import { Target } from './target.js';
import { TargetDriver } from './target-driver.js';

const DEFAULT = 'Default';

/** Stands for all targets where something must have a target: it has the groups, and no sessions. */
class AllTargets extends Target {
  override describe(): string {
    return 'all targets';
  }

  override async reassignSessions(): Promise<void> {
    await Promise.all([...this.core.allTargets()].map((target) => target.reassignSessions()));
  }
}

/**
 * The access control groups of the procfs era (SPEC sysfs 17): they are not of one target but of all. One of them, `Default`, is
 * always there.
 */
export class GlobalGroups {
  readonly #all: Target;
  readonly #default: AccessGroup;

  constructor(core: ScstCore) {
    this.#all = new AllTargets(new TargetDriver(core, { name: 'all' }), 'all');
    this.#default = this.#all.createGroup(DEFAULT);
  }

  /** By name, `Default` first, then in the order they were made. */
  get byName(): ReadonlyMap<ByteString, AccessGroup> {
    return this.#all.groups;
  }

  /** The set an initiator sees in a target: the first group that claims it, or the one called `Default_TARGET`, or `Default`. */
  groupFor(target: Target, initiatorName: ByteString): AccessGroup {
    for (const group of this.byName.values()) if (group.claims(initiatorName)) return group;
    return this.byName.get(`${DEFAULT}_${target.name}`) ?? this.#default;
  }

  /** Makes a group. `EINVAL`: there is one of that name, or a directory cannot be called so. */
  create(name: ByteString): AccessGroup {
    this.#checkNew(name);
    return this.#all.createGroup(name);
  }

  /** Deletes a group. `EINVAL`: there is none, or it is `Default`; `EBUSY`: sessions use it. */
  async delete(name: ByteString): Promise<void> {
    checkNotDefault(name);
    await this.#all.deleteGroup(name);
  }

  /** Gives a group another name; sessions may belong to another group by that. `EINVAL` as for {@link create} and {@link delete}. */
  async rename(name: ByteString, newName: ByteString): Promise<void> {
    checkNotDefault(name);
    this.#all.group(name);
    this.#checkNew(newName);
    this.#all.renameGroup(name, newName);
    await this.#all.reassignSessions();
  }

  /** Takes all groups and their LUNs away. */
  async clear(): Promise<void> {
    for (const group of this.byName.values()) await group.clearLuns();
  }

  #checkNew(name: ByteString): void {
    checkNotDefault(name);
    if (name === '' || name === '.' || name === '..' || name.includes('/')) throw new ScstError('EINVAL', `${name === '' ? 'an empty name' : name} cannot be the name of a group`);
    if (this.byName.has(name)) throw new ScstError('EINVAL', `there is a group ${name}`);
  }
}

const checkNotDefault = (name: ByteString): void => {
  if (name === DEFAULT) throw new ScstError('EINVAL', `the group ${DEFAULT} is always there`);
};
