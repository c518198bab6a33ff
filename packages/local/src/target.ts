import { manage, mgmtCommand, type OperationOptions } from '@scst/sysfs';
import { Attributes } from './attributes.js';
import { type Context } from './context.js';
import { Group } from './group.js';
import { LunSet } from './lun-set.js';
import { directories, directoryName } from './paths.js';
import { Session } from './session.js';
import { findSessionUses, type RemovalOptions, sessionPlaces, type UsesOptions } from './use/find-uses.js';
import { manageUnlessUsed } from './use/guard-write.js';
import { type Use } from './use/use.js';

export interface AddSessionOptions extends OperationOptions {
  /** The initiator's TransportID (SPC-5 7.6.4), set before the first command. Default: scst_local's own SAS TransportID. */
  transportId?: Uint8Array | undefined;
}

/** A target: `targets/DRIVER/NAME`. */
export class Target {
  readonly #context: Context;
  readonly attributes: Attributes;
  /** The LUNs of initiators that no group names. */
  readonly luns: LunSet;

  constructor(
    context: Context,
    readonly driver: string,
    readonly name: string,
  ) {
    this.#context = context;
    this.attributes = new Attributes(context, this.path);
    this.luns = new LunSet(context, `${this.path}/luns`);
  }

  get path(): string {
    return `targets/${this.driver}/${directoryName(this.name)}`;
  }

  async groups(): Promise<Group[]> {
    return (await directories(this.#context.tree, `${this.path}/ini_groups`)).map((name) => this.group(name));
  }

  /** A handle; the group need not exist yet. */
  group(name: string): Group {
    return new Group(this.#context, this.path, name);
  }

  /** @throws SysfsError `EEXIST` when there is one of that name. */
  async addGroup(name: string, options?: OperationOptions): Promise<Group> {
    await manage(this.#context.tree, `${this.path}/ini_groups/mgmt`, mgmtCommand(['create', name]), options);
    return this.group(name);
  }

  async sessions(): Promise<Session[]> {
    return (await directories(this.#context.tree, `${this.path}/sessions`)).map((name) => this.session(name));
  }

  /** A handle on the session of a directory name; it need not exist yet. */
  session(name: string): Session {
    return new Session(this.#context, this, name);
  }

  /**
   * Adds a session: an I_T nexus, and a SCSI host of this machine.
   *
   * @param name The initiator's name. A second session of the same name is called NAME_1; the handle returned is of the new one.
   * @throws SysfsError `EEXIST` when a session of another target has the name.
   */
  async addSession(name: string, { transportId, ...options }: AddSessionOptions = {}): Promise<Session> {
    const { tree } = this.#context;
    const before = new Set(await directories(tree, `${this.path}/sessions`));
    await manage(tree, `targets/${this.driver}/mgmt`, mgmtCommand(['add_session', this.name, name]), options);
    const after = await directories(tree, `${this.path}/sessions`);
    const added = after.filter((entry) => !before.has(entry) && isSessionOf(entry, directoryName(name)));
    const session = this.session(added[0] ?? directoryName(name));
    if (transportId !== undefined) await session.setTransportId(transportId, options);
    return session;
  }

  /** Makes the target. @throws SysfsError `EFAULT` when the name is in use. */
  async create(options?: OperationOptions): Promise<void> {
    await manage(this.#context.tree, `targets/${this.driver}/mgmt`, mgmtCommand(['add_target', this.name]), options);
  }

  /** What uses its sessions; see {@link Session.uses}. */
  async uses(options?: UsesOptions): Promise<Use[]> {
    return await findSessionUses(this.#context, await sessionPlaces(this.#context, this.path), options);
  }

  /** Removes the target with its sessions, LUNs and groups. Waits for those who hold a session's SCSI devices open. */
  async remove(options?: RemovalOptions): Promise<void> {
    await manageUnlessUsed(this.#context, `targets/${this.driver}/mgmt`, mgmtCommand(['del_target', this.name]), options);
  }
}

/** Whether a directory is that of a session of a name: the name itself, or with `_1`, `_2` … after it. */
export const isSessionOf = (directory: string, name: string): boolean =>
  directory === name || (directory.startsWith(`${name}_`) && /^\d+$/.test(directory.slice(name.length + 1)));
