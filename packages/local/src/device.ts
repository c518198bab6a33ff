import { manage, mgmtCommand } from '@scst/sysfs';
import { Attributes } from './attributes.js';
import { type Context } from './context.js';
import { LocalError } from './errors.js';
import { type Export, exportsOf, shownTo } from './exports.js';
import { linkedName, links } from './paths.js';
import { findSessionUses, type RemovalOptions, unlessUsed, type UsesOptions } from './use/find-uses.js';
import { type Use } from './use/use.js';

/** A device of SCST: `devices/NAME`. */
export class Device {
  readonly #context: Context;
  readonly attributes: Attributes;

  constructor(
    context: Context,
    readonly name: string,
  ) {
    this.#context = context;
    this.attributes = new Attributes(context, this.path);
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
    return await exportsOf(this.#context.tree, this.path);
  }

  /** What uses the device through the LUNs that show it; see `Session.uses`. */
  async uses(options?: UsesOptions): Promise<Use[]> {
    const { sessions, only } = await shownTo(this.#context, this.path);
    return await findSessionUses(this.#context, sessions, { ...options, only });
  }

  /**
   * Removes the device, and with it every LUN that shows it. Refused while it is exported, unless `force` is given.
   *
   * @throws LocalError `IN_USE` with `unlessUsed`; `UNSUPPORTED` while exported; SysfsError of the handler.
   */
  async remove({ force = false, unlessUsed: isGuarded = false, ...options }: RemovalOptions & { force?: boolean } = {}): Promise<void> {
    if (isGuarded) {
      const work = (): Promise<void> => this.remove({ ...options, force });
      await unlessUsed(this.#context, `device ${this.name}`, { ...options, ...(await shownTo(this.#context, this.path)), work });
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
