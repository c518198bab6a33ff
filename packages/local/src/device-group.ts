import { manage, mgmtCommand, type OperationOptions } from '@scst/sysfs';
import { Attributes } from './attributes.js';
import { type Context } from './context.js';
import { directories, links } from './paths.js';
import { type RemovalOptions } from './use/find-uses.js';
import { manageUnlessUsed } from './use/guard-write.js';

/** A device group: devices, and the target groups through which they are reached (ALUA). `device_groups/NAME`. */
export class DeviceGroup {
  readonly #context: Context;

  constructor(
    context: Context,
    readonly name: string,
  ) {
    this.#context = context;
  }

  get path(): string {
    return `device_groups/${this.name}`;
  }

  /** Names of its devices. */
  async devices(): Promise<string[]> {
    return await links(this.#context.tree, `${this.path}/devices`);
  }

  /**
   * @throws SysfsError `EEXIST` when the device is in a device group already; LocalError `IN_USE` with `unlessUsed`, where a target group of it gives
   *   no access and the device is in use.
   */
  async addDevice(name: string, options?: RemovalOptions): Promise<void> {
    await manageUnlessUsed(this.#context, `${this.path}/devices/mgmt`, mgmtCommand(['add', name]), options);
  }

  async removeDevice(name: string, options?: OperationOptions): Promise<void> {
    await manage(this.#context.tree, `${this.path}/devices/mgmt`, mgmtCommand(['del', name]), options);
  }

  async targetGroups(): Promise<TargetGroup[]> {
    return (await directories(this.#context.tree, `${this.path}/target_groups`)).map((name) => this.targetGroup(name));
  }

  targetGroup(name: string): TargetGroup {
    return new TargetGroup(this.#context, this.path, name);
  }

  async addTargetGroup(name: string, options?: OperationOptions): Promise<TargetGroup> {
    await manage(this.#context.tree, `${this.path}/target_groups/mgmt`, mgmtCommand(['create', name]), options);
    return this.targetGroup(name);
  }

  async removeTargetGroup(name: string, options?: OperationOptions): Promise<void> {
    await manage(this.#context.tree, `${this.path}/target_groups/mgmt`, mgmtCommand(['del', name]), options);
  }

  /** Removes the group; its devices and targets stay. */
  async remove(options?: OperationOptions): Promise<void> {
    await manage(this.#context.tree, 'device_groups/mgmt', mgmtCommand(['del', this.name]), options);
  }
}

/** A target port group: targets with one asymmetric access state. `group_id`, `preferred` and `state` are attributes. */
export class TargetGroup {
  readonly #context: Context;
  readonly #group: string;
  readonly attributes: Attributes;

  constructor(
    context: Context,
    groupPath: string,
    readonly name: string,
  ) {
    this.#context = context;
    this.#group = groupPath;
    this.attributes = new Attributes(context, this.path);
  }

  get path(): string {
    return `${this.#group}/target_groups/${this.name}`;
  }

  /** Names of its targets; those of other machines are directories in the tree, with a `rel_tgt_id` of their own. */
  async targets(): Promise<{ name: string; remote: boolean }[]> {
    const entries = await this.#context.tree.list(this.path);
    return entries.flatMap(({ name, type }) => (type === 'file' ? [] : [{ name, remote: type === 'directory' }]));
  }

  /** @throws LocalError `IN_USE` with `unlessUsed`, where the group gives no access and a device of it is in use through the target. */
  async addTarget(name: string, options?: RemovalOptions): Promise<void> {
    await manageUnlessUsed(this.#context, `${this.path}/mgmt`, mgmtCommand(['add', name]), options);
  }

  async removeTarget(name: string, options?: OperationOptions): Promise<void> {
    await manage(this.#context.tree, `${this.path}/mgmt`, mgmtCommand(['del', name]), options);
  }
}
