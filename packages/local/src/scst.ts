import { manage, mgmtCommand, type ModuleControl, type OperationOptions, type SysfsTree } from '@scst/sysfs';
import { Attributes } from './attributes.js';
import { type Connection } from './connection.js';
import { connect, type ConnectOptions } from './connect.js';
import { Device } from './device.js';
import { DeviceGroup } from './device-group.js';
import { TargetDriver } from './driver.js';
import { Handler } from './handler.js';
import { discover } from '@scst/sg-io';
import { directories } from './paths.js';
import { type ScsiDevice } from './scsi-device.js';
import { type StatisticsSample } from './statistics/sample.js';
import { type ScstEvent } from './watch/events.js';
import { type ScstState } from './watch/objects.js';
import { type EventOptions, watch } from './watch/watch.js';

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
    this.attributes = new Attributes(connection, '');
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

  /** An SCST over a connection that the caller has made, and closes with it: {@link coreConnection}. */
  static over(connection: Connection): Scst {
    return new Scst(connection);
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

  /**
   * What comes, goes and changes: devices, targets, groups, initiators, LUNs, sessions, ALUA groups. SCST tells nobody of its own accord, so
   * the tree is looked at again and again: what comes and goes between two looks is not seen. With `initial` what is there is told first.
   * A server is asked in one request a look.
   *
   * @example
   * for await (const event of scst.events({ signal, initial: true })) {
   *   if (event.type === 'added' && event.object.kind === 'session') console.log(`${event.object.initiator} is here`);
   * }
   * @throws Whatever reading throws, once the SCST has gone away; an aborted signal ends the iteration instead.
   */
  events(options?: EventOptions): AsyncGenerator<ScstEvent, void, void> {
    const { looks } = this.connection;
    return watch((given) => looks.state(given), looks.interval, options);
  }

  /** Every object there is, by its path: what {@link events} compares. */
  async state(options: OperationOptions = {}): Promise<ScstState> {
    return await this.connection.looks.state({ ...options, before: new Map() });
  }

  /** The counters of every session and LUN at this moment; {@link ratesBetween} makes rates of two. */
  async statistics(options: OperationOptions = {}): Promise<StatisticsSample> {
    return await this.connection.looks.statistics(options);
  }

  /**
   * Every SCSI device of this machine's kernel, whether SCST has to do with it or not, in order of their addresses. A user-space SCST's own
   * are not among them.
   */
  async machineDevices(options?: OperationOptions): Promise<ScsiDevice[]> {
    return await discover({ signal: options?.signal });
  }

  /** Lets go. An embedded SCST ends: everything it acknowledged as stable is in its files. */
  async close(): Promise<void> {
    await this.connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
