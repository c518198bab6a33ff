import { manage, mgmtCommand, type OperationOptions } from '@scst/sysfs';
import { Attributes } from './attributes.js';
import { type Context } from './context.js';
import { readInitiators } from './exports.js';
import { LunSet } from './lun-set.js';
import { directoryName } from './paths.js';
import { type RemovalOptions } from './use/find-uses.js';
import { manageUnlessUsed } from './use/guard-write.js';

/** An access-control group of a target: initiators whose names match see the group's LUNs. `ini_groups/NAME`. */
export class Group {
  readonly #context: Context;
  readonly #target: string;
  readonly attributes: Attributes;
  readonly luns: LunSet;
  readonly initiators: Initiators;

  constructor(
    context: Context,
    targetPath: string,
    readonly name: string,
  ) {
    this.#context = context;
    this.#target = targetPath;
    this.attributes = new Attributes(context, this.path);
    this.luns = new LunSet(context, `${this.path}/luns`);
    this.initiators = new Initiators(context, `${this.path}/initiators`);
  }

  get path(): string {
    return `${this.#target}/ini_groups/${directoryName(this.name)}`;
  }

  /** @throws SysfsError `EBUSY` while sessions are in the group. */
  async remove(options?: OperationOptions): Promise<void> {
    await manage(this.#context.tree, `${this.#target}/ini_groups/mgmt`, mgmtCommand(['del', this.name]), options);
  }
}

/** The initiator names of a group, patterns with `*`, `?` and `!` among them. */
export class Initiators {
  readonly #context: Context;

  constructor(
    context: Context,
    readonly path: string,
  ) {
    this.#context = context;
  }

  async list(): Promise<string[]> {
    return await readInitiators(this.#context.tree, this.path);
  }

  /**
   * Sessions whose name matches move to this group at once.
   *
   * @throws SysfsError `EEXIST` when the name stands here already; LocalError `IN_USE` with `unlessUsed`, while a session that may lose a LUN by it
   *   uses that.
   */
  async add(name: string, options?: RemovalOptions): Promise<void> {
    await this.#manage(['add', name], options);
  }

  /** Sessions that no other name of the group fits go where they belong then, at once. @throws As {@link add}. */
  async remove(name: string, options?: RemovalOptions): Promise<void> {
    await this.#manage(['del', name], options);
  }

  /** Moves a name to another group of the target, and with it the sessions. @throws As {@link add}. */
  async move(name: string, group: string, options?: RemovalOptions): Promise<void> {
    await this.#manage(['move', name, group], options);
  }

  /** Removes all names. @throws As {@link add}. */
  async clear(options?: RemovalOptions): Promise<void> {
    await this.#manage(['clear'], options);
  }

  async #manage(words: string[], options: RemovalOptions | undefined): Promise<void> {
    await manageUnlessUsed(this.#context, `${this.path}/mgmt`, mgmtCommand(words), options);
  }
}
