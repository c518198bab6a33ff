/** A small world for the tests of the data path: one target, sessions, LUNs and devices, without the control plane. */
import type { CommandResult, TaskAttribute } from '@scst/scsi';
import { systemClock } from '../clock.js';
import type { Profile } from '../profile.js';
import { type BlockStore, type Storage, type StoreCallback, StoreError } from '../store/block-store.js';
import { MemoryStore } from '../store/memory-store.js';
import { DeviceServer } from './device-server.js';
import { NexusLogicalUnit } from './logical-unit.js';
import { Nexus } from './nexus.js';
import type { CoreContext, LunObject, SessionObject, TargetObject, VirtualDeviceObject } from './objects.js';

export class FixtureStorage implements Storage {
  readonly state = new Map<string, Uint8Array>();
  failsToWrite = false;

  async open(): Promise<BlockStore> {
    return await Promise.resolve(new MemoryStore(0));
  }
  async readState(path: string): Promise<Uint8Array | undefined> {
    return await Promise.resolve(this.state.get(path));
  }
  async writeState(path: string, data: Uint8Array): Promise<void> {
    await Promise.resolve();
    if (this.failsToWrite) throw new Error('no space');
    this.state.set(path, data);
  }
  async removeState(path: string): Promise<void> {
    this.state.delete(path);
    await Promise.resolve();
  }
  async stat(): Promise<'missing'> {
    return await Promise.resolve('missing');
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type FixtureDevice = Mutable<VirtualDeviceObject>;

export interface FixtureOptions {
  profile?: Profile;
  device?: Partial<FixtureDevice>;
  sessions?: number;
  readOnly?: boolean;
  storage?: FixtureStorage;
}

export class Fixture {
  readonly storage: FixtureStorage;
  readonly core: Mutable<CoreContext>;
  readonly target: Mutable<TargetObject>;
  readonly device: FixtureDevice;
  readonly lun: Mutable<LunObject>;
  readonly sessions: SessionObject[] = [];
  readonly counted: { direction: string; bytes: number; aligned: boolean }[] = [];

  constructor(options: FixtureOptions = {}) {
    this.storage = options.storage ?? new FixtureStorage();
    this.core = {
      profile: options.profile ?? 'scst',
      storage: this.storage,
      clock: systemClock,
      stateDirectory: '/var/lib/scst',
      measureLatency: false,
      setupId: 0,
      suspended: false,
      onResume: () => undefined,
      allTargets: () => [this.target],
      localStats: { aborts: 0, deviceResets: 0, targetResets: 0 },
    };
    this.target = {
      driver: { name: 'scst_local' },
      name: 't0',
      relTgtId: 0,
      scsiTransportVersion: 0x0be0,
      physTransportVersion: 0,
      aenDisabled: true,
      sgTablesize: 65535,
      sessions: this.sessions,
      sets: () => [this.lun.set],
    };
    const store = options.device?.store === undefined ? new MemoryStore(1024 * 1024) : options.device.store;
    const device: Omit<FixtureDevice, 'server'> = {
      name: 'disk0',
      type: 0,
      kind: 'fileio',
      handler: { name: 'vdisk_fileio' },
      exports: new Map(),
      maxTgtDevCommands: 64,
      deviceGroup: null,
      blockSize: 512,
      size: store?.size ?? 0n,
      readOnly: false,
      writeThrough: false,
      nvCache: false,
      oDirect: false,
      thinProvisioned: false,
      removable: false,
      rotational: true,
      dummy: false,
      readZero: false,
      active: true,
      tst: 1,
      lbPerPbExp: true,
      optTransLen: 524288,
      explAlua: false,
      bindAluaState: false,
      clusterMode: false,
      vendorId: 'SCST_FIO',
      productId: 'disk0',
      revision: '3110',
      vendSpecificId: 'ab5f2545-disk0',
      deviceName: '',
      inqVendSpecific: '',
      t10DevId: 'ab5f2545-disk0',
      usn: 'ab5f2545',
      naaId: null,
      eui64Id: null,
      atomicWriteLength: 0,
      writeAtomically: () => Promise.reject(new StoreError('ENXIO', 'there is no file')),
      ...options.device,
      store,
    };
    this.device = device as FixtureDevice;
    this.device.server = new DeviceServer(this.device, this.core);
    const luns = new Map<number, LunObject>();
    const set = { target: this.target, name: null, luns, addrMethod: 'PERIPHERAL', blackHole: 0, claims: () => true } as const;
    this.lun = { set, number: 0, device: this.device, readOnly: options.readOnly ?? false, effectiveReadOnly: options.readOnly ?? false };
    luns.set(0, this.lun);
    for (let index = 0; index < (options.sessions ?? 1); index++) this.connect(`i${index}`);
  }

  get server(): DeviceServer {
    return this.device.server;
  }

  connect(name: string): SessionObject {
    const nexuses = new Map<number, Nexus>();
    const transportId = new Uint8Array(24);
    transportId[4] = this.sessions.length + 1;
    const session: SessionObject = {
      target: this.target,
      initiatorName: name,
      name,
      number: this.sessions.length + 1,
      group: this.lun.set,
      nexuses,
      transportId,
      counters: {
        count: (direction, bytes, aligned) => {
          this.counted.push({ direction, bytes, aligned });
        },
      },
      activeCommands: 0,
      latency: null,
    };
    this.sessions.push(session);
    nexuses.set(0, new Nexus(session, this.lun));
    return session;
  }

  nexus(index = 0): Nexus {
    const nexus = this.sessions[index]?.nexuses.get(0);
    if (nexus === undefined) throw new Error(`there is no session ${index}`);
    return nexus;
  }

  unit(index = 0, lun = 0): NexusLogicalUnit {
    const session = this.sessions[index];
    if (session === undefined) throw new Error(`there is no session ${index}`);
    return new NexusLogicalUnit(this.core, session, lun);
  }

  /** Takes away the unit attentions that sessions begin with. */
  clearAttentions(): this {
    for (const session of this.sessions) for (const nexus of session.nexuses.values()) nexus.unitAttentions.clear();
    return this;
  }

  async run(cdb: string | Uint8Array, options: { out?: Uint8Array; in?: number; session?: number; attribute?: TaskAttribute } = {}): Promise<CommandResult> {
    return await this.unit(options.session).execute({
      cdb: typeof cdb === 'string' ? hex(cdb) : cdb,
      dataOut: options.out,
      dataIn: options.in === undefined ? undefined : new Uint8Array(options.in),
      attribute: options.attribute,
    });
  }
}

export function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** A store that fails or waits when told to. */
export class UnrulyStore implements BlockStore {
  readonly #memory: MemoryStore;
  /** Operations wait until {@link release}. */
  holds = false;
  /** What every operation of a kind fails with. */
  fails: { read?: string; write?: string; flush?: string; unmap?: string } = {};
  /** What was asked, in order: `read 0+512`. */
  readonly log: string[] = [];
  #held: (() => void)[] = [];

  constructor(content: number | Uint8Array) {
    this.#memory = new MemoryStore(content);
  }

  get size(): bigint {
    return this.#memory.size;
  }

  get geometry(): MemoryStore['geometry'] {
    return this.#memory.geometry;
  }

  /** How many operations wait. */
  get held(): number {
    return this.#held.length;
  }

  /** Lets the oldest operations go on, all of them unless told how many. */
  release(count = this.#held.length): void {
    for (const go of this.#held.splice(0, count)) go();
  }

  read(buffer: Uint8Array, position: number, done: StoreCallback): void {
    this.#perform('read', `read ${position}+${buffer.length}`, done, (go) => {
      this.#memory.read(buffer, position, go);
    });
  }

  write(buffer: Uint8Array, position: number, done: StoreCallback): void {
    this.#perform('write', `write ${position}+${buffer.length}`, done, (go) => {
      this.#memory.write(buffer, position, go);
    });
  }

  flush(done: StoreCallback): void {
    this.#perform('flush', 'flush', done, (go) => {
      go(null);
    });
  }

  unmap(position: number, length: number, done: StoreCallback): void {
    this.#perform('unmap', `unmap ${position}+${length}`, done, (go) => {
      this.#memory.unmap(position, length, go);
    });
  }

  async refresh(): Promise<bigint> {
    return await this.#memory.refresh();
  }

  async close(): Promise<void> {
    await this.#memory.close();
  }

  #perform(kind: 'read' | 'write' | 'flush' | 'unmap', entry: string, done: StoreCallback, work: (go: StoreCallback) => void): void {
    this.log.push(entry);
    const start = (): void => {
      const code = this.fails[kind];
      if (code === undefined) work(done);
      else done(new StoreError(code, `${kind} fails`));
    };
    if (this.holds) this.#held.push(start);
    else start();
  }
}
