import { type LogicalUnit } from '@scst/scsi';
import { manage, mgmtCommand, type OperationOptions } from '@scst/sysfs';
import { Attributes } from './attributes.js';
import { type Context } from './context.js';
import { linkedName, links } from './paths.js';
import { type ScsiDevice } from './scsi-device.js';
import { type Target } from './target.js';

/** A session: an I_T nexus, and a SCSI host of this machine. `sessions/NAME`. */
export class Session {
  readonly #context: Context;
  readonly target: Target;
  readonly attributes: Attributes;

  constructor(
    context: Context,
    target: Target,
    /** The name of its directory: the initiator's name, with `_1` … after it where two have the same. */
    readonly name: string,
  ) {
    this.#context = context;
    this.target = target;
    this.attributes = new Attributes(context.tree, this.path);
  }

  get path(): string {
    return `${this.target.path}/sessions/${this.name}`;
  }

  async initiatorName(options?: OperationOptions): Promise<string> {
    return await this.attributes.get('initiator_name', options);
  }

  /** The group whose LUNs it sees, or undefined for the target's own. */
  async group(): Promise<string | undefined> {
    const luns = await this.#context.tree.readlink(`${this.path}/luns`);
    return /ini_groups\/([^/]+)\/luns$/.exec(luns)?.[1];
  }

  /** The number of its SCSI host. */
  async hostNumber(): Promise<number> {
    return Number((await linkedName(this.#context.tree, `${this.path}/host`)).replace('host', ''));
  }

  /** The initiator's TransportID as bytes (SPC-5 7.6.4); `@scst/transport-id` takes it apart. */
  async transportId(options?: OperationOptions): Promise<Uint8Array> {
    return await this.#context.tree.read(`${this.path}/transport_id`, options);
  }

  /** Sets the TransportID. Do it before the first command: registrations made so far stay with the old one. */
  async setTransportId(bytes: Uint8Array, options?: OperationOptions): Promise<void> {
    await this.#context.tree.write(`${this.path}/transport_id`, bytes, options);
  }

  /** What the session sees: the SCSI devices of its host, in order of their LUNs. Waits until the host has looked. */
  async devices(options?: OperationOptions): Promise<ScsiDevice[]> {
    const host = await this.hostNumber();
    const devices = await this.#context.scsiDevices(options);
    return devices.filter((device) => device.host === host).sort((a, b) => a.lun - b.lun);
  }

  /**
   * Opens a LUN for SCSI commands. A LUN that is not there opens too and answers as SAM-6 says: LOGICAL UNIT NOT SUPPORTED.
   *
   * @throws LocalError `UNSUPPORTED` where this SCST’s sessions cannot be reached from here.
   */
  async open(lun: number): Promise<LogicalUnit> {
    return await this.#context.openLun(this.target.name, this.name, lun);
  }

  /**
   * What keeps the session busy, each in words: commands that have not been answered, and SCSI devices that somebody has open. Empty
   * when nobody uses it. The kernel shows who has a device open only to root.
   */
  async users(options?: OperationOptions): Promise<string[]> {
    const hasHost = (await links(this.#context.tree, this.path)).includes('host');
    const [commands, devices] = await Promise.all([this.attributes.get('active_commands', options), hasHost ? this.devices(options) : []]);
    const open = await this.#context.usersOf(devices);
    return commands === '0' ? open : [`${commands} active command${commands === '1' ? '' : 's'}`, ...open];
  }

  /** Closes the session: its SCSI host goes once nobody holds its devices open. */
  async close(options?: OperationOptions): Promise<void> {
    const name = await this.initiatorName(options);
    const { tree } = this.#context;
    // del_session knows initiator names and takes the oldest; one of several of a name is closed through its own file.
    if (name.replaceAll('/', '!') === this.name) {
      const command = mgmtCommand(['del_session', this.target.name, name]);
      await manage(tree, `targets/${this.target.driver}/mgmt`, command, options);
    } else {
      await tree.write(`${this.path}/force_close`, '1', options);
    }
  }
}
