import { mgmtCommand, type OperationOptions } from '@scst/sysfs';
import { type Context } from './context.js';
import { type Lun, readLuns } from './exports.js';
import { findSessionUses, type RemovalOptions, sessionPlaces, type UsesOptions } from './use/find-uses.js';
import { manageUnlessUsed } from './use/guard-write.js';
import { type Use } from './use/use.js';

export interface LunOptions extends OperationOptions {
  /** Initiators cannot write through this LUN. Default: false. */
  readOnly?: boolean | undefined;
}

export interface ReplaceOptions extends LunOptions, RemovalOptions {
  /** Raise INQUIRY DATA HAS CHANGED on the sessions that see the LUN. Default: true. */
  unitAttention?: boolean | undefined;
}

/** The LUNs of a target or of a group: `luns/`. Numbers are 0…16383. */
export class LunSet {
  readonly #context: Context;

  constructor(
    context: Context,
    readonly path: string,
  ) {
    this.#context = context;
  }

  /** In order of their numbers. */
  async list(): Promise<Lun[]> {
    return await readLuns(this.#context.tree, this.path);
  }

  /** @throws SysfsError `EEXIST` when the number is in use, `EINVAL` for an unknown device or a number over 16383. */
  async add(device: string, number: number, { readOnly = false, ...options }: LunOptions = {}): Promise<void> {
    await this.#manage(mgmtCommand(['add', device, String(number)], { read_only: readOnly ? 1 : undefined }), options);
  }

  /** Puts another device under a number, or a first one. @throws LocalError `IN_USE` with `unlessUsed`, while the number is in use. */
  async replace(device: string, number: number, { readOnly = false, unitAttention = true, ...options }: ReplaceOptions = {}): Promise<void> {
    await this.#manage(mgmtCommand([unitAttention ? 'replace' : 'replace_no_ua', device, String(number)], { read_only: readOnly ? 1 : undefined }), options);
  }

  /**
   * What uses a LUN, or all of them, through the sessions that look at this set; see `Session.uses`.
   */
  async uses(number?: number, options?: UsesOptions): Promise<Use[]> {
    return await findSessionUses(this.#context, await sessionPlaces(this.#context, this.path.replace(/\/(?:ini_groups\/[^/]+\/)?luns$/u, '')), { ...options, only: [{ set: this.path, lun: number }] });
  }

  async remove(number: number, options?: RemovalOptions): Promise<void> {
    await this.#manage(mgmtCommand(['del', String(number)]), options);
  }

  /** Removes them all. */
  async clear(options?: RemovalOptions): Promise<void> {
    await this.#manage(mgmtCommand(['clear']), options);
  }

  async #manage(command: Uint8Array, options?: RemovalOptions): Promise<void> {
    await manageUnlessUsed(this.#context, `${this.path}/mgmt`, command, options);
  }
}
