import { manage, mgmtCommand } from '@scst/sysfs';
import { Attributes } from './attributes.js';
import { type Context } from './context.js';
import { LocalError } from './errors.js';
import { linkedName, links } from './paths.js';
import { findSessionUses, type LunChoice, type RemovalOptions, type SessionPlace, sessionPlaces, unlessUsed, type UsesOptions } from './use/find-uses.js';
import { type Use } from './use/use.js';

/** Where a device is exported: a LUN of a target or of a group. */
export interface Export {
  driver: string;
  target: string;
  /** Undefined: the target's own LUNs. */
  group: string | undefined;
  lun: number;
}

/** A device of SCST: `devices/NAME`. */
export class Device {
  readonly #context: Context;
  readonly attributes: Attributes;

  constructor(
    context: Context,
    readonly name: string,
  ) {
    this.#context = context;
    this.attributes = new Attributes(context.tree, this.path);
  }

  get path(): string {
    return `devices/${this.name}`;
  }

  /** The handler's name, or undefined for a pass-through device that has none. */
  async handler(): Promise<string | undefined> {
    const present = await links(this.#context.tree, this.path);
    return present.includes('handler') ? await linkedName(this.#context.tree, `${this.path}/handler`) : undefined;
  }

  /** Bytes. Throws `SysfsError` `ENOENT` for devices that have no size of their own (pass-through). */
  async size(): Promise<bigint> {
    return BigInt(await this.attributes.get('size'));
  }

  /** Where the device is exported, the copy manager's own export of every virtual device left out. */
  async exports(): Promise<Export[]> {
    const { tree } = this.#context;
    const names = await links(tree, `${this.path}/exported`);
    const targets = await Promise.all(names.map((name) => tree.readlink(`${this.path}/exported/${name}`)));
    return targets.flatMap((target) => {
      const parts = /targets\/([^/]+)\/([^/]+)\/(?:ini_groups\/([^/]+)\/)?luns\/(\d+)$/.exec(target);
      if (parts === null) return [];
      const [, driver = '', name = '', group, lun] = parts;
      return driver === 'copy_manager' ? [] : [{ driver, target: name, group, lun: Number(lun) }];
    });
  }

  /** What uses the device through the LUNs that show it; see `Session.uses`. */
  async uses(options?: UsesOptions): Promise<Use[]> {
    const { sessions, only } = await this.#shownTo();
    return await findSessionUses(this.#context, sessions, { ...options, only });
  }

  /** The sessions of the targets that export it, and the LUNs of them that show it. */
  async #shownTo(): Promise<{ sessions: SessionPlace[]; only: LunChoice[] }> {
    const choices = (await this.exports()).map(({ driver, target, group, lun }) => ({ target: `targets/${driver}/${target}`, group, lun }));
    const targets = [...new Set(choices.map(({ target }) => target))];
    const sessions = (await Promise.all(targets.map((target) => sessionPlaces(this.#context, target)))).flat();
    const only = choices.map(({ target, group, lun }) => ({ set: `${target}/${group === undefined ? '' : `ini_groups/${group}/`}luns`, lun }));
    return { sessions, only };
  }

  /**
   * Removes the device, and with it every LUN that shows it. Refused while it is exported, unless `force` is given.
   *
   * @throws LocalError `IN_USE` with `unlessUsed`; `UNSUPPORTED` while exported; SysfsError of the handler.
   */
  async remove({ force = false, unlessUsed: isGuarded = false, ...options }: RemovalOptions & { force?: boolean } = {}): Promise<void> {
    if (isGuarded) {
      const work = (): Promise<void> => this.remove({ ...options, force });
      await unlessUsed(this.#context, `device ${this.name}`, { ...options, ...(await this.#shownTo()), work });
      return;
    }
    const [first] = force ? [] : await this.exports();
    if (first !== undefined) {
      const place = `LUN ${first.lun} of ${first.driver}/${first.target}${first.group === undefined ? '' : `, group ${first.group}`}`;
      throw new LocalError('UNSUPPORTED', `device ${this.name} is exported as ${place}`, { hint: 'remove its LUNs first, or force the removal' });
    }
    const handler = await this.handler();
    if (handler === undefined) throw new LocalError('UNSUPPORTED', `device ${this.name} has no handler: it belongs to the machine and cannot be removed here`);
    await manage(this.#context.tree, `handlers/${handler}/mgmt`, mgmtCommand(['del_device', this.name]), options);
  }
}
