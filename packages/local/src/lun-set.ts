import { manage, mgmtCommand, type OperationOptions } from '@scst/sysfs';
import { type Context } from './context.js';
import { directories, linkedName } from './paths.js';
import { findSessionUses, type RemovalOptions, type SessionPlace, sessionPlaces, unlessUsed, type UsesOptions } from './use/find-uses.js';
import { type Use } from './use/use.js';

/** A LUN: a device under a number. */
export interface Lun {
  readonly number: number;
  /** The device's name. */
  readonly device: string;
  readonly readOnly: boolean;
}

export interface LunOptions extends OperationOptions {
  /** Initiators cannot write through this LUN. Default: false. */
  readOnly?: boolean | undefined;
}

export interface ReplaceOptions extends LunOptions {
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
    const names = await directories(this.#context.tree, this.path);
    const luns = await Promise.all(names.map((name) => this.#read(Number(name))));
    return luns.sort((a, b) => a.number - b.number);
  }

  /** @throws SysfsError `EEXIST` when the number is in use, `EINVAL` for an unknown device or a number over 16383. */
  async add(device: string, number: number, { readOnly = false, ...options }: LunOptions = {}): Promise<void> {
    await this.#manage(['add', device, String(number)], readOnly, options);
  }

  /** Puts another device under a number, or a first one. */
  async replace(device: string, number: number, { readOnly = false, unitAttention = true, ...options }: ReplaceOptions = {}): Promise<void> {
    await this.#manage([unitAttention ? 'replace' : 'replace_no_ua', device, String(number)], readOnly, options);
  }

  /**
   * What uses a LUN, or all of them, through the sessions that look at this set; see `Session.uses`.
   */
  async uses(number?: number, options?: UsesOptions): Promise<Use[]> {
    return await findSessionUses(this.#context, await this.#sessions(), { ...options, only: [{ set: this.path, lun: number }] });
  }

  async remove(number: number, options?: RemovalOptions): Promise<void> {
    await this.#takeAway(['del', String(number)], number, options);
  }

  /** Removes them all. */
  async clear(options?: RemovalOptions): Promise<void> {
    await this.#takeAway(['clear'], undefined, options);
  }

  async #takeAway(words: string[], lun: number | undefined, { unlessUsed: isGuarded = false, ...options }: RemovalOptions = {}): Promise<void> {
    const work = async (): Promise<void> => {
      await manage(this.#context.tree, `${this.path}/mgmt`, mgmtCommand(words), options);
    };
    if (!isGuarded) {
      await work();
      return;
    }
    const [, target = '', group] = /([^/]+)(?:\/ini_groups\/([^/]+))?\/luns$/u.exec(this.path) ?? [];
    const whose = group === undefined ? `target ${target}` : `group ${group} of target ${target}`;
    const what = lun === undefined ? `what ${whose} exports` : `LUN ${lun} of ${whose}`;
    await unlessUsed(this.#context, what, { ...options, sessions: await this.#sessions(), only: [{ set: this.path, lun }], work });
  }

  /** Those of its target: some may look at other sets. */
  #sessions(): Promise<SessionPlace[]> {
    return sessionPlaces(this.#context, this.path.replace(/\/(?:ini_groups\/[^/]+\/)?luns$/u, ''));
  }

  async #manage(words: string[], readOnly: boolean, options: OperationOptions): Promise<void> {
    const command = mgmtCommand(words, { read_only: readOnly ? 1 : undefined });
    await manage(this.#context.tree, `${this.path}/mgmt`, command, options);
  }

  async #read(number: number): Promise<Lun> {
    const { tree } = this.#context;
    const path = `${this.path}/${number}`;
    const [device, readOnly] = await Promise.all([linkedName(tree, `${path}/device`), tree.read(`${path}/read_only`)]);
    return { number, device, readOnly: readOnly[0] === 0x31 };
  }
}
