import { manage, mgmtCommand, type ModuleControl, type OperationOptions, type SysfsTree } from '@scst/sysfs';
import { Attributes } from './attributes.js';
import { type Connection } from './connection.js';
import { connect, type ConnectOptions } from './connect.js';
import { Device } from './device.js';
import { DeviceGroup } from './device-group.js';
import { TargetDriver } from './driver.js';
import { Handler } from './handler.js';
import { directories } from './paths.js';
import { type ScsiDevice } from './scsi-device.js';

/**
 * An SCST: the kernel's, one served over a socket, one mounted somewhere, or one in this process. Everything below it is a
 * handle on a path; nothing is cached that the SCST may change.
 */
export class Scst implements AsyncDisposable {
  /** @internal What the handles below it work with. */
  readonly connection: Connection;
  /** The attributes of the root: `setup_id`, `threads`, `version` … */
  readonly attributes: Attributes;

  private constructor(connection: Connection) {
    this.connection = connection;
    this.attributes = new Attributes(connection.tree, '');
  }

  /**
   * Opens an SCST. Without options: the kernel's if there is one, else a running `scst-local serve`. `{ connect: 'embedded' }`
   * starts one in this process.
   *
   * @throws LocalError `NOTHING_THERE`, with what to start as its hint.
   */
  static async open(options: ConnectOptions = {}): Promise<Scst> {
    return new Scst(await connect(options));
  }

  /** `kernel`, `server`, `directory` or `embedded`. */
  get kind(): Connection['kind'] {
    return this.connection.kind;
  }

  /** Where it is, for people. */
  get description(): string {
    return this.connection.tree.description;
  }

  get tree(): SysfsTree {
    return this.connection.tree;
  }

  get modules(): ModuleControl {
    return this.connection.modules;
  }

  async handlers(): Promise<Handler[]> {
    return (await directories(this.tree, 'handlers')).map((name) => this.handler(name));
  }

  handler(name: string): Handler {
    return new Handler(this.connection, name);
  }

  async devices(): Promise<Device[]> {
    return (await directories(this.tree, 'devices')).map((name) => this.device(name));
  }

  device(name: string): Device {
    return new Device(this.connection, name);
  }

  async drivers(): Promise<TargetDriver[]> {
    return (await directories(this.tree, 'targets')).map((name) => this.driver(name));
  }

  /** Without a name: scst_local. */
  driver(name = 'scst_local'): TargetDriver {
    return new TargetDriver(this.connection, name);
  }

  async deviceGroups(): Promise<DeviceGroup[]> {
    return (await directories(this.tree, 'device_groups')).map((name) => this.deviceGroup(name));
  }

  deviceGroup(name: string): DeviceGroup {
    return new DeviceGroup(this.connection, name);
  }

  async addDeviceGroup(name: string, options?: OperationOptions): Promise<DeviceGroup> {
    await manage(this.tree, 'device_groups/mgmt', mgmtCommand(['create', name]), options);
    return this.deviceGroup(name);
  }

  /** Every SCSI device that the sessions of this SCST made, in order of their addresses. */
  async scsiDevices(options?: OperationOptions): Promise<ScsiDevice[]> {
    const devices = await this.connection.scsiDevices(options);
    return [...devices].sort((a, b) => a.host - b.host || a.channel - b.channel || a.id - b.id || a.lun - b.lun);
  }

  /** Lets go. An embedded SCST ends: everything it acknowledged as stable is in its files. */
  async close(): Promise<void> {
    await this.connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
