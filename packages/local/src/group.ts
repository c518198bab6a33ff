import { manage, mgmtCommand, type OperationOptions } from '@scst/sysfs';
import { Attributes } from './attributes.js';
import { type Context } from './context.js';
import { LunSet } from './lun-set.js';
import { directoryName } from './paths.js';

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
    this.attributes = new Attributes(context.tree, this.path);
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
    const entries = await this.#context.tree.list(this.path);
    return entries.map(({ name }) => name).filter((name) => name !== 'mgmt');
  }

  /** Sessions whose name matches move to this group at once. @throws SysfsError `EEXIST` when the name stands here already. */
  async add(name: string, options?: OperationOptions): Promise<void> {
    await this.#manage(['add', name], options);
  }

  async remove(name: string, options?: OperationOptions): Promise<void> {
    await this.#manage(['del', name], options);
  }

  /** Moves a name to another group of the target. */
  async move(name: string, group: string, options?: OperationOptions): Promise<void> {
    await this.#manage(['move', name, group], options);
  }

  async clear(options?: OperationOptions): Promise<void> {
    await this.#manage(['clear'], options);
  }

  async #manage(words: string[], options: OperationOptions | undefined): Promise<void> {
    await manage(this.#context.tree, `${this.path}/mgmt`, mgmtCommand(words), options);
  }
}
