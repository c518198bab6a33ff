import { type LogicalUnit } from '@scst/scsi';
import { manage, mgmtCommand, type OperationOptions } from '@scst/sysfs';
import { Attributes } from './attributes.js';
import { type Context } from './context.js';
import { linkedName } from './paths.js';
import { type ScsiDevice } from './scsi-device.js';
import { type Target } from './target.js';
import { findSessionUses, type RemovalOptions, unlessUsed, type UsesOptions } from './use/find-uses.js';
import { guardWrite } from './use/guard-write.js';
import { type Use } from './use/use.js';

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
    this.attributes = new Attributes(context, this.path);
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
  async setTransportId(bytes: Uint8Array, { unlessUsed: isGuarded = false, ...options }: RemovalOptions = {}): Promise<void> {
    const path = `${this.path}/transport_id`;
    const work = async (): Promise<void> => {
      await this.#context.tree.write(path, bytes, options);
    };
    await (isGuarded ? guardWrite(this.#context, { path, data: bytes }, work, options) : work());
  }

  /** What the session sees: the SCSI devices of its host, in order of their LUNs. Waits until the host has looked. */
  async devices(options?: OperationOptions): Promise<ScsiDevice[]> {
    const host = await this.hostNumber();
    const devices = await this.#context.scsiDevices(options);
    return devices.filter((device) => device.host === host).sort((a, b) => a.lun - b.lun);
  }

  /**
   * Opens a LUN for SCSI commands, wherever the SCST is: in this process, behind a socket, or in the kernel, whose sessions are SCSI hosts of
   * this machine. In user space a LUN that is not there opens too and answers as SAM-6 says: LOGICAL UNIT NOT SUPPORTED. Of the kernel's,
   * one that has just been added is waited for.
   *
   * @throws LocalError `NOT_FOUND` where the kernel has no SCSI device for the LUN; `UNSUPPORTED` where this SCST’s sessions cannot be reached from here.
   */
  async open(lun: number, options?: OperationOptions): Promise<LogicalUnit> {
    return await this.#context.openLun(this.target.name, this.name, lun, options);
  }

  /**
   * What uses the session: commands that have not been answered, and whatever holds its SCSI devices, be it open by a process, mounted,
   * swapped to, or part of LVM or RAID; partitions count. Empty when nobody uses it. The kernel shows other users' processes only to root.
   */
  async uses(options?: UsesOptions): Promise<Use[]> {
    return await findSessionUses(this.#context, [{ path: this.path, target: this.target.name, name: this.name }], options);
  }

  /** Closes the session: its SCSI host goes once nobody holds its devices open. */
  async close({ unlessUsed: isGuarded = false, ...options }: RemovalOptions = {}): Promise<void> {
    const work = (): Promise<void> => this.#close(options);
    if (!isGuarded) await work();
    else await unlessUsed(this.#context, `session ${this.name}`, { ...options, sessions: [{ path: this.path, target: this.target.name, name: this.name }], goes: true, work });
  }

  async #close(options: OperationOptions): Promise<void> {
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
