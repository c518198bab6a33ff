import { readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { KernelModule } from './kernel-module.js';

const DEVICES = '/sys/bus/scsi/devices';
const CHANGERS = '/sys/bus/scsi/drivers/ch';
const DRIVER = '/sys/bus/pseudo/drivers/scsi_debug';

/** A device of scsi_debug. */
export interface DebugDevice {
  /** `0:0:0:0` */
  readonly address: string;
  /** `/dev/sg0` */
  readonly sg: string;
  /** `/dev/bsg/0:0:0:0` */
  readonly bsg: string;
  /** Its folder in sysfs. */
  readonly sysfs: string;
}

/** The module scsi_debug, loaded with parameters of its own: SCSI devices in memory that fail when told to. */
export class ScsiDebug implements AsyncDisposable {
  readonly #module: KernelModule;
  private constructor(module: KernelModule) {
    this.#module = module;
  }

  /** Loads it and waits until it has as many devices as the parameters say, each with its nodes of sg and bsg. */
  static async load(parameters: Readonly<Record<string, string | number>> = {}): Promise<ScsiDebug> {
    const driver = new ScsiDebug(await KernelModule.load('scsi_debug', { delay: 0, ...parameters }));
    const [hosts, targets, luns] = ['add_host', 'num_tgts', 'max_luns'].map((name) => Number(parameters[name] ?? 1));
    await driver.waitFor((hosts ?? 1) * (targets ?? 1) * (luns ?? 1));
    return driver;
  }

  /** Waits until there are so many devices. */
  async waitFor(count: number): Promise<readonly DebugDevice[]> {
    for (let attempt = 0; attempt < 200; attempt++) {
      const devices = await this.devices();
      if (devices.length === count) return devices;
      await delay(50);
    }
    throw new Error(`scsi_debug has ${(await this.devices()).length} devices with nodes, where ${count} were expected`);
  }

  /** Its devices that have their nodes, in the order of their addresses. */
  async devices(): Promise<readonly DebugDevice[]> {
    const found: DebugDevice[] = [];
    for (const address of (await readdir(DEVICES)).sort()) {
      if (!/^\d+:\d+:\d+:\d+$/.test(address)) continue;
      const sysfs = join(DEVICES, address);
      try {
        if ((await readFile(join(sysfs, 'model'), 'utf8')).trim() !== 'scsi_debug') continue;
        const [[sg], [bsg]] = await Promise.all([readdir(join(sysfs, 'scsi_generic')), readdir(join(sysfs, 'bsg'))]);
        if (sg !== undefined && bsg !== undefined) found.push({ address, sg: `/dev/${sg}`, bsg: `/dev/bsg/${bsg}`, sysfs });
      } catch {
        // It comes or goes.
      }
    }
    return found;
  }

  /** The only device. */
  async device(): Promise<DebugDevice> {
    const [device] = await this.waitFor(1);
    if (device === undefined) throw new Error('scsi_debug has no device');
    return device;
  }

  /** Sets an attribute of the driver: `every_nth`, `opts`, `delay`, `add_host`. It refuses some of them while commands are in flight: those are waited for. */
  async set(attribute: string, value: string | number): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        await writeFile(join(DRIVER, attribute), `${value}\n`);
        return;
      } catch (error) {
        if (attempt === 600 || !(error instanceof Error && 'code' in error && error.code === 'EBUSY')) throw error;
        await delay(50);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The kernel's driver of medium changers holds the module for as long as it is bound to a device of it, whether anyone has that open or not.
    for (const device of await readdir(CHANGERS).catch(() => [])) {
      if (!/^\d+:\d+:\d+:\d+$/.test(device)) continue;
      const sysfs = await realpath(join(CHANGERS, device));
      if ((await readFile(join(sysfs, 'model'), 'utf8')).trim() === 'scsi_debug') await writeFile(join(sysfs, 'delete'), '1');
    }
    await this.#module[Symbol.asyncDispose]();
  }
}
