import { manage, mgmtCommand, type OperationOptions } from '@scst/sysfs';
import { Attributes } from './attributes.js';
import { type Context } from './context.js';
import { directories } from './paths.js';
import { Target } from './target.js';

/** A target driver: `targets/NAME`. */
export class TargetDriver {
  readonly #context: Context;
  readonly attributes: Attributes;

  constructor(
    context: Context,
    /** `scst_local`, `copy_manager`, `iscsi` … */
    readonly name: string,
  ) {
    this.#context = context;
    this.attributes = new Attributes(context, this.path);
  }

  get path(): string {
    return `targets/${this.name}`;
  }

  async targets(): Promise<Target[]> {
    return (await directories(this.#context.tree, this.path)).map((name) => this.target(name));
  }

  /** A handle; the target need not exist yet. */
  target(name: string): Target {
    return new Target(this.#context, this.name, name);
  }

  /**
   * Adds a target, with sessions by their names.
   *
   * @throws SysfsError `EFAULT` when the target's name is in use, `EEXIST` when a session's name is in use on another target.
   */
  async addTarget(name: string, { sessions = [], ...options }: OperationOptions & { sessions?: readonly string[] } = {}): Promise<Target> {
    const command = mgmtCommand(['add_target', name], { session_name: sessions });
    await manage(this.#context.tree, `${this.path}/mgmt`, command, options);
    return this.target(name);
  }
}
