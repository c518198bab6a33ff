import { type SysfsTree } from '@scst/sysfs';
import { type Administration } from './administration.js';
import { DeviceGroup } from './alua/device-group.js';
import { Background } from './background.js';
import { type ByteString } from './bytes.js';
import { type Clock, systemClock } from './clock.js';
import { AtomicWrites } from './device/atomic-writes.js';
import { type Device } from './device/device.js';
import { PassThroughDevice, type ScsiDeviceDescription } from './device/pass-through-device.js';
import { type VirtualDevice } from './device/virtual-device.js';
import { VirtualDeviceRegistry } from './device/virtual-device-registry.js';
import { ScstError } from './errors.js';
import { type Gate } from './gate.js';
import { type DeviceHandler } from './handlers/device-handler.js';
import { PassThroughHandler } from './handlers/pass-through-handler.js';
import { ScsiHosts } from './initiator/scsi-hosts.js';
import { modulesFor } from './modules/definitions.js';
import { ModuleTable } from './modules/module-table.js';
import { Mutex } from './mutex.js';
import { NexusLogicalUnit } from './nexus/logical-unit.js';
import { type ControlRules, controlRules, type Profile } from './profile.js';
import { CoreSettings } from './settings.js';
import { showsAsOneOf } from './shown-name.js';
import { type Storage } from './store/block-store.js';
import { NodeStorage } from './store/node-storage.js';
import { CopyManager } from './target/copy-manager.js';
import { GlobalGroups } from './target/global-groups.js';
import { LatencyRecorder } from './target/latency.js';
import { ScstLocalDriver } from './target/scst-local.js';
import { type TargetDriver } from './target/target-driver.js';
import { type Target } from './target/target.js';
import { machineTrees } from './tree/machine-trees.js';
import { type ScstRoot } from './tree/root.js';
import { WorkQueue } from './tree/work-queue.js';

const SETTLING_TURNS = 4;

export interface ScstCoreOptions {
  /** Default: `scst`. */
  profile?: Profile;
  /** The machine's files: backing files, and the core's own state. Default: those of the machine it runs on. */
  storage?: Storage;
  /** Number of CPUs, as `threads` and `cpu_mask` count them. Default: 1. */
  cpus?: number;
  /** What `version` says of the kernel. Default: that of the recordings. */
  kernelRelease?: string;
  /** `auto`: the machine scans new hosts and LUNs, as Linux does; `manual`: only when told. Default: `auto`. */
  scan?: 'auto' | 'manual';
  /** Below which the core keeps its state. Default: `/var/lib/scst`. */
  stateDirectory?: string;
  /** Default: the machine's. */
  clock?: Clock;
  /** Which of the two trees administers it; the other is not there. Default: `sysfs`. */
  administration?: Administration;
}

/** SCST in user space: modules, their objects, and the tree that shows them. */
export class ScstCore implements AsyncDisposable {
  readonly profile: Profile;
  readonly rules: ControlRules;
  readonly storage: Storage;
  readonly cpus: number;
  readonly kernelRelease: string;
  readonly scan: 'auto' | 'manual';
  readonly stateDirectory: ByteString;
  readonly clock: Clock;
  readonly administration: Administration;
  readonly modules: ModuleTable;
  /** Target drivers by name, in the order they came. */
  readonly drivers = new Map<ByteString, TargetDriver>();
  /** Device handlers by name, in the order they came. */
  readonly handlers = new Map<ByteString, DeviceHandler>();
  /** Devices by name, in the order they came. */
  readonly devices = new Map<ByteString, Device>();
  readonly virtualDevices = new VirtualDeviceRegistry();
  /** ALUA device groups by name, in the order they were made. */
  readonly deviceGroups = new Map<ByteString, DeviceGroup>();
  readonly hosts: ScsiHosts;
  /** Writes to backing files as a whole or not at all. */
  readonly atomicWrites: AtomicWrites;
  /** Held by whoever adds or removes objects: the kernel's scst_mutex. */
  readonly lock = new Mutex();
  /** What goes on behind commands that have been answered. */
  readonly background = new Background();
  /** `/sys/kernel/scst_tgt`. Everything in it fails with `ENOENT` while `scst` is not loaded. */
  readonly tree: SysfsTree;
  /** The machine around it, from `/`: `sys/module`, `sys/devices/scst_local`, `proc/scsi/scsi`, and the tree at `sys/kernel/scst_tgt`. */
  readonly system: SysfsTree;
  /** `/proc/scsi_tgt`, where SCST is administered through procfs; else everything in it fails with `ENOENT`. */
  readonly procfs: SysfsTree;
  #settings: CoreSettings;
  #globalGroups: GlobalGroups | null = null;
  #root: ScstRoot | null = null;
  #copyManager: CopyManager | null = null;
  /** SCSI devices of the machine, lent by the embedding program. */
  readonly #scsiDevices = new Map<ByteString, ScsiDeviceDescription>();

  constructor(options: ScstCoreOptions = {}) {
    this.profile = options.profile ?? 'scst';
    this.rules = controlRules(this.profile);
    this.cpus = options.cpus ?? 1;
    this.kernelRelease = options.kernelRelease ?? '6.1.0-56-amd64';
    this.scan = options.scan ?? 'auto';
    this.clock = options.clock ?? systemClock;
    this.administration = options.administration ?? 'sysfs';
    this.#settings = new CoreSettings(1, this.administration);
    this.stateDirectory = options.stateDirectory ?? '/var/lib/scst';
    this.storage = options.storage ?? new NodeStorage({ stateDirectory: this.stateDirectory });
    this.hosts = new ScsiHosts(this);
    this.atomicWrites = new AtomicWrites(this.storage, `${this.stateDirectory}/atomic`);
    this.modules = new ModuleTable(this, modulesFor(this.administration));
    const trees = machineTrees(this, () => this.#root);
    this.tree = trees.tree;
    this.system = trees.system;
    this.procfs = trees.procfs;
  }

  /** What the files of the root hold. */
  get settings(): CoreSettings {
    return this.#settings;
  }

  /** The groups of all targets; null while `scst` is not loaded, or where each target has its own. */
  get globalGroups(): GlobalGroups | null {
    return this.#globalGroups;
  }

  /** Throws while `scst` is not loaded. */
  get copyManager(): CopyManager {
    if (this.#copyManager === null) throw new ScstError('ENOENT', 'the module scst is not loaded');
    return this.#copyManager;
  }

  get setupId(): number {
    return this.#settings.setupId;
  }

  get measureLatency(): boolean {
    return this.#settings.measureLatency;
  }

  /** Closed while SCST is suspended: new commands wait. */
  get activity(): Gate {
    return this.#settings.activity;
  }

  get suspended(): boolean {
    return this.activity.closed;
  }

  /** Calls back once, in the order of the calls, when commands may go on. */
  onResume(callback: () => void): void {
    this.activity.pass(callback);
  }

  /**
   * Suspends all commands: new ones wait, and this resolves when those under way have ended. `EBUSY`: they have not after so
   * many seconds (0: there is no limit), and nothing is suspended.
   */
  async suspend(seconds: number): Promise<void> {
    const { activity } = this;
    activity.close();
    const idle = Promise.all([...this.devices.values()].map((device) => device.server.idle())).then(() => true);
    if (await this.#within(seconds, idle)) return;
    activity.open();
    throw new ScstError('EBUSY', `commands are still under way after ${seconds} s`);
  }

  /** False when work has not ended after so many seconds; 0: there is no limit. */
  async #within(seconds: number, work: Promise<boolean>): Promise<boolean> {
    if (seconds === 0) return await work;
    let cancel: () => void = () => undefined;
    const late = new Promise<boolean>((resolve) => {
      cancel = this.clock.after(seconds * 1000, () => {
        resolve(false);
      });
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      cancel();
    }
  }

  /** Turns `measure_latency` on or off for the sessions there are and those to come; what was measured is forgotten. */
  setMeasureLatency(measure: boolean): void {
    if (measure === this.#settings.measureLatency) return;
    this.#settings.measureLatency = measure;
    for (const target of this.allTargets()) for (const session of target.sessions) session.latency = measure ? new LatencyRecorder() : null;
  }

  /** What is under way, a line for each LUN of a session: the text of `trace_cmds`. */
  describeCommands(): ByteString {
    const lines: ByteString[] = [];
    for (const target of this.allTargets()) {
      for (const session of target.sessions) {
        for (const [lun, { activeCommands }] of session.nexuses) {
          if (activeCommands > 0) lines.push(`${activeCommands} command(s): target ${target.name}, session ${session.name}, LUN ${lun}\n`);
        }
      }
    }
    return lines.join('');
  }

  /** One bit for each CPU. */
  get allCpus(): bigint {
    return (1n << BigInt(this.cpus)) - 1n;
  }

  /** Task management functions of scst_local, as its file `stats` counts them. */
  get localStats(): { aborts: number; deviceResets: number; targetResets: number } {
    const driver = this.drivers.get('scst_local');
    return driver instanceof ScstLocalDriver ? driver.stats : { aborts: 0, deviceResets: 0, targetResets: 0 };
  }

  /** The targets of all drivers, the copy manager's included. */
  *allTargets(): Generator<Target> {
    for (const driver of this.drivers.values()) yield* driver.targets.values();
  }

  /** The target of a name, of whichever driver, first driver first; null when there is none. */
  findTarget(name: ByteString): Target | null {
    for (const driver of this.drivers.values()) {
      const target = driver.targets.get(name);
      if (target !== undefined) return target;
    }
    return null;
  }

  /** `EEXIST`: a device of any kind has the name. */
  checkDeviceName(name: ByteString): void {
    if (this.devices.has(name)) throw new ScstError('EEXIST', `a device ${name} exists`);
  }

  /** `EINVAL`: there is no such NUMA node. The machine has one, 0; -1 stands for any. */
  checkNumaNode(node: number): void {
    if (node !== -1 && node !== 0) throw new ScstError('EINVAL', `there is no NUMA node ${node}`);
  }

  addDevice(device: Device): void {
    this.devices.set(device.name, device);
  }

  /** Takes a device off everything that holds it: LUNs in every set, its device group, its handler. */
  async removeDevice(device: Device): Promise<void> {
    device.removed = true;
    this.devices.delete(device.name);
    device.handler?.devices.delete(device.name);
    device.deviceGroup?.removeDevice(device.name);
    await Promise.all([...device.exports.values()].map((lun) => lun.set.deleteLun(lun.number)));
    await device.server.close();
  }

  async removeVirtualDevice(device: VirtualDevice): Promise<void> {
    this.virtualDevices.delete(device);
    await this.removeDevice(device);
    await device.close();
  }

  /**
   * Lends the core a SCSI device of the machine: it appears in `devices/` as `H:C:I:L` without a handler, now or when `scst`
   * is loaded.
   */
  addScsiDevice(description: ScsiDeviceDescription): void {
    this.#scsiDevices.set(description.hctl, description);
    if (this.#copyManager !== null) this.addDevice(new PassThroughDevice(this, description));
  }

  /** Takes a SCSI device of the machine back, with its LUNs. */
  async removeScsiDevice(hctl: string): Promise<void> {
    this.#scsiDevices.delete(hctl);
    const device = this.devices.get(hctl);
    if (!(device instanceof PassThroughDevice)) return;
    if (device.handler instanceof PassThroughHandler) await device.handler.dumpReservations(device);
    await this.removeDevice(device);
  }

  /** Makes an ALUA device group. `EEXIST`: there is one that shows under that name, or the name is `mgmt`. */
  createDeviceGroup(name: ByteString): DeviceGroup {
    if (name === 'mgmt' || showsAsOneOf(name, this.deviceGroups.keys())) throw new ScstError('EEXIST', `a device group ${name} exists`);
    const group = new DeviceGroup(this, name);
    this.deviceGroups.set(name, group);
    return group;
  }

  /** Deletes a device group with all in it. `EINVAL`: there is none of that name. */
  deleteDeviceGroup(name: ByteString): void {
    const group = this.deviceGroups.get(name);
    if (group === undefined) throw new ScstError('EINVAL', `there is no device group ${name}`);
    this.deviceGroups.delete(name);
    group.clear();
  }

  /**
   * One LUN of a session as a logical unit. It stands for the number: what is mapped there may come and go.
   *
   * @throws ScstError `ENOENT` for a target or session of scst_local there is not.
   */
  nexus(target: ByteString, session: ByteString, lun: number): NexusLogicalUnit {
    const found = this.drivers.get('scst_local')?.targets.get(target)?.sessionsByName.get(session);
    if (found === undefined) throw new ScstError('ENOENT', `scst_local has no session ${session} in target ${target}`);
    return new NexusLogicalUnit(this, found, lun);
  }

  /** @internal What loading `scst` does. */
  start(threads: number): void {
    this.#settings = new CoreSettings(threads, this.administration);
    if (this.administration === 'procfs') this.#globalGroups = new GlobalGroups(this);
    this.#root = { core: this, queue: new WorkQueue(this.lock, this.clock) };
    this.#copyManager = new CopyManager(this);
    this.drivers.set(this.#copyManager.name, this.#copyManager);
    for (const description of this.#scsiDevices.values()) this.addDevice(new PassThroughDevice(this, description));
  }

  /** @internal What unloading `scst` does. */
  async stop(): Promise<void> {
    this.activity.openAll();
    for (const name of [...this.deviceGroups.keys()]) this.deleteDeviceGroup(name);
    for (const device of [...this.devices.values()]) await this.removeDevice(device);
    await this.#copyManager?.removeAll();
    await this.#globalGroups?.clear();
    this.drivers.clear();
    this.#copyManager = null;
    this.#globalGroups = null;
    this.#root = null;
  }

  /** Resolves when all that goes on behind answered commands has ended: sessions being closed, hosts being scanned. */
  async settled(): Promise<void> {
    // What somebody still waits for in vain may go on at once when that comes: it is given a few turns to do so.
    for (let turn = 0; turn < SETTLING_TURNS; turn += 1) {
      await this.background.idle();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await this.background.idle();
  }

  /** Unloads everything and lets go of all files. */
  async close(): Promise<void> {
    this.activity.openAll();
    await this.modules.unloadAll();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
