import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { type Machine } from './roots.js';

/** What a made-up SCSI device has; what is not said is that of scsi_debug's disk. */
export interface MadeUpDevice {
  readonly type?: number;
  readonly vendor?: string;
  readonly model?: string;
  readonly revision?: string;
  readonly state?: string;
  /** Class and name of its driver's node: `block/sda`, `scsi_tape/st0`. */
  readonly node?: string;
  readonly sg?: string;
  readonly bsg?: boolean;
  /** Path of its adapter below /sys. */
  readonly adapter?: string;
}

/** What a made-up block device has. */
export interface MadeUpBlock {
  readonly number: string;
  /** Path of its directory below /sys. Default: `devices/virtual/block/NAME`. */
  readonly path?: string;
  readonly holders?: readonly string[];
  readonly partitions?: Readonly<Record<string, { number: string; holders?: readonly string[] }>>;
  /** Files below it: `dm/name`. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A machine that tests make up: /sys, /proc and /dev in a temporary directory. */
export class MadeUpMachine implements AsyncDisposable {
  readonly roots: Machine;

  private constructor(readonly root: string) {
    this.roots = { sys: join(root, 'sys'), proc: join(root, 'proc'), dev: join(root, 'dev') };
  }

  static async create(): Promise<MadeUpMachine> {
    const machine = new MadeUpMachine(await mkdtemp(join(tmpdir(), 'scst-machine-')));
    for (const directory of ['sys/bus/scsi/devices', 'sys/class/block', 'sys/class/scsi_host', 'proc/self', 'dev']) await mkdir(join(machine.root, directory), { recursive: true });
    return machine;
  }

  async file(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.root, path)), { recursive: true });
    await writeFile(join(this.root, path), text);
  }

  async link(path: string, target: string): Promise<void> {
    await mkdir(dirname(join(this.root, path)), { recursive: true });
    await symlink(target, join(this.root, path));
  }

  /** A link whose target is below the machine's root. */
  async linkTo(path: string, target: string): Promise<void> {
    await this.link(path, relative(dirname(join(this.root, path)), join(this.root, target)));
  }

  async addHost(number: number, adapter = `devices/pseudo_0/adapter${number}`, files: Readonly<Record<string, string>> = {}): Promise<void> {
    const directory = `sys/${adapter}/host${number}/scsi_host/host${number}`;
    for (const [name, text] of Object.entries({ proc_name: 'scsi_debug', state: 'running', scan: '', ...files })) await this.file(`${directory}/${name}`, `${text}\n`);
    await this.linkTo(`sys/class/scsi_host/host${number}`, directory);
  }

  async addDevice(address: string, { type = 0, vendor = 'Linux', model = 'scsi_debug', revision = '0191', state = 'running', node, sg, bsg = false, adapter }: MadeUpDevice = {}): Promise<string> {
    const [host = '', channel = '', id = ''] = address.split(':');
    const path = `${adapter ?? `devices/pseudo_0/adapter${host}`}/host${host}/target${host}:${channel}:${id}/${address}`;
    const directory = `sys/${path}`;
    const attributes = { type, vendor: vendor.padEnd(8), model: model.padEnd(16), rev: revision.padEnd(4), state, scsi_level: 8, timeout: 30, queue_depth: 192, rescan: '', delete: '' };
    for (const [name, value] of Object.entries(attributes)) await this.file(`${directory}/${name}`, `${value}\n`);
    if (node !== undefined) {
      await this.file(`${directory}/${node}/dev`, '1:1\n');
      await this.linkTo(`${directory}/driver`, 'sys/bus/scsi/drivers/sd');
    }
    if (sg !== undefined) await this.file(`${directory}/scsi_generic/${sg}/dev`, '21:0\n');
    if (bsg) await this.file(`${directory}/bsg/${address}/dev`, '248:0\n');
    await this.linkTo(`sys/bus/scsi/devices/${address}`, directory);
    return path;
  }

  async addBlock(name: string, { number, path = `devices/virtual/block/${name}`, holders = [], partitions = {}, files = {} }: MadeUpBlock): Promise<void> {
    const directory = `sys/${path}`;
    await this.file(`${directory}/dev`, `${number}\n`);
    await this.linkTo(`sys/class/block/${name}`, directory);
    for (const holder of holders) await this.link(`${directory}/holders/${holder}`, `../../${holder}`);
    for (const [file, text] of Object.entries(files)) await this.file(`${directory}/${file}`, `${text}\n`);
    for (const [partition, { number: partitionNumber, holders: partitionHolders = [] }] of Object.entries(partitions)) {
      await this.file(`${directory}/${partition}/partition`, '1\n');
      await this.addBlock(partition, { number: partitionNumber, path: `${path}/${partition}`, holders: partitionHolders });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}
