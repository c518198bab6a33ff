import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { KernelModule } from '../vm/guest/kernel-module.js';

const execute = promisify(execFile);
const BUILD = fileURLToPath(new URL('../../../kernel/build/', import.meta.url));
const TREE = '/sys/kernel/scst_tgt';
const DRIVER = `${TREE}/targets/scst_local`;
const CORE_MODULE = join(BUILD, 'standin/src/scst.ko');
const DRIVER_MODULE = join(BUILD, 'scst_local/scst_local.ko');

/** True after `make -C kernel`. */
export const moduleIsBuilt = existsSync(CORE_MODULE) && existsSync(DRIVER_MODULE);

/** What an injection of the stand-in makes go wrong: how often yet, or its value. */
export type Injection =
  'fail_rx' | 'fail_session' | 'fail_target' | 'fail_task' | 'busy' | 'bad_sense' | 'own_buffer' | 'no_response' | 'delay_ms' | 'stuck';

/** The SCSI device of a LUN as a session sees it. */
export interface SessionDevice {
  readonly address: string;
  readonly disk: string;
  readonly generic: string;
}

/** What a program left: status 0 is success. */
export interface Outcome {
  readonly status: number;
  readonly output: string;
}

/** Runs a program; a failing one is an outcome, too. */
export const run = async (program: string, words: readonly string[], timeout = 60_000): Promise<Outcome> => {
  try {
    const { stdout, stderr } = await execute(program, words, { timeout, maxBuffer: 1 << 24 });
    return { status: 0, output: stdout + stderr };
  } catch (error) {
    const failed = error as { code?: number; stdout?: string; stderr?: string };
    return { status: typeof failed.code === 'number' ? failed.code : -1, output: `${failed.stdout ?? ''}${failed.stderr ?? ''}` };
  }
};

/** A program on an emulated processor that must succeed, within two minutes; its output. */
export const succeed = async (program: string, ...words: readonly string[]): Promise<string> => {
  const { status, output } = await run(program, words, 120_000);
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: status ${status}: ${output}`);
  return output;
};

/** Waits for a condition; the last refusal is the error. */
export const eventually = async <T>(what: string, probe: () => Promise<T | undefined>, within = 15_000): Promise<T> => {
  const end = Date.now() + within;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`not within ${within} ms: ${what}`);
    await delay(50);
  }
};

const names = async (folder: string): Promise<string[]> => {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
};

/** scst_local over the stand-in for SCST: both loaded, gone again when it is disposed of. */
export class Standin implements AsyncDisposable {
  readonly #core: KernelModule;
  #driver: KernelModule;

  private constructor(core: KernelModule, driver: KernelModule) {
    this.#core = core;
    this.#driver = driver;
  }

  /** Loads both and adds one RAM disk `ram` of `mebibytes`. */
  static async load(parameters: Readonly<Record<string, string | number>> = {}, mebibytes = 16): Promise<Standin> {
    await run('modprobe', ['-a', 'sd_mod', 'sg']);
    const core = await KernelModule.load(CORE_MODULE);
    const driver = await KernelModule.load(DRIVER_MODULE, parameters);
    const standin = new Standin(core, driver);
    await standin.disks(`add_disk ram ${mebibytes}`);
    return standin;
  }

  /** Writes a command to the driver's `mgmt`. */
  async manage(command: string): Promise<void> {
    await writeFile(`${DRIVER}/mgmt`, command);
  }

  async disks(command: string): Promise<void> {
    await writeFile(`${TREE}/standin/disks`, command);
  }

  /** `add DISK LUN` or `del LUN`. */
  async luns(command: string, target = 'scst_local_tgt'): Promise<void> {
    await writeFile(`${DRIVER}/${target}/luns/mgmt`, command);
  }

  async inject(injection: Injection, value: number): Promise<void> {
    await writeFile(`${TREE}/standin/${injection}`, String(value));
  }

  /** How often an injection has still to happen. */
  async injectionsLeft(injection: Injection): Promise<number> {
    return Number(await readFile(`${TREE}/standin/${injection}`, 'utf8'));
  }

  /** A file below `targets/scst_local`. */
  async read(path: string): Promise<string> {
    return await readFile(`${DRIVER}/${path}`, 'latin1');
  }

  async write(path: string, text: string): Promise<void> {
    await writeFile(`${DRIVER}/${path}`, text, 'latin1');
  }

  async list(path: string): Promise<string[]> {
    return await names(`${DRIVER}/${path}`);
  }

  /** Numbers by name: `commands`, `tasks`, `sessions`, `targets` of the stand-in's `state`, or its `queue_types`. */
  async counts(file: 'state' | 'queue_types'): Promise<Record<string, number>> {
    const text = await readFile(`${TREE}/standin/${file}`, 'utf8');
    return Object.fromEntries(
      text
        .trim()
        .split('\n')
        .map((line) => line.split(' '))
        .map(([name = '', value]) => [name, Number(value)]),
    );
  }

  /** `{ aborts, deviceResets, targetResets }` of the driver's `stats`. */
  async stats(): Promise<{ aborts: number; deviceResets: number; targetResets: number }> {
    const [aborts = 0, deviceResets = 0, targetResets = 0] = [...(await this.read('stats')).matchAll(/\d+/g)].map(Number);
    return { aborts, deviceResets, targetResets };
  }

  /** The device of a LUN, found through the session's `host` link; undefined while it is not there. */
  async findDevice(lun: number, session = 'scst_local_host', target = 'scst_local_tgt'): Promise<SessionDevice | undefined> {
    const link = await readlink(`${DRIVER}/${target}/sessions/${session}/host`);
    const address = `${/host(\d+)$/.exec(link)?.[1]}:0:0:${lun}`;
    const device = `/sys/class/scsi_device/${address}/device`;
    const [disk] = await names(`${device}/block`);
    const [generic] = await names(`${device}/scsi_generic`);
    if (disk === undefined || generic === undefined) return undefined;
    const ready = (await readFile(`/sys/block/${disk}/size`, 'utf8')).trim() !== '0';
    return ready && existsSync(`/dev/${disk}`) && existsSync(`/dev/${generic}`)
      ? { address, disk: `/dev/${disk}`, generic: `/dev/${generic}` }
      : undefined;
  }

  /** The same, waiting for it. */
  async device(lun: number, session?: string, target?: string): Promise<SessionDevice> {
    return await eventually(`the device of LUN ${lun}`, async () => await this.findDevice(lun, session, target));
  }

  /** Unloads the driver alone. */
  async unloadDriver(): Promise<void> {
    await this.#driver.unload();
  }

  /** Loads the driver again. */
  async reloadDriver(parameters: Readonly<Record<string, string | number>> = {}): Promise<void> {
    this.#driver = await KernelModule.load(DRIVER_MODULE, parameters);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#driver[Symbol.asyncDispose]();
    await this.#core[Symbol.asyncDispose]();
  }
}
