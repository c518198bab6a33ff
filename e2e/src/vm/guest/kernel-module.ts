import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A module of the guest's kernel that was loaded here; disposing of it unloads it. */
export class KernelModule implements AsyncDisposable {
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  /**
   * Loads a module with what it depends on: by name with modprobe, a path that ends in `.ko` with insmod. Only in the virtual machine: a
   * module of the host is nobody's to load here.
   */
  static async load(module: string, parameters: Readonly<Record<string, string | number>> = {}): Promise<KernelModule> {
    if (process.env['SCST_VM'] === undefined) throw new Error('modules are loaded in the virtual machine only (npm run test:vm)');
    const words = Object.entries(parameters).map(([key, value]) => `${key}=${value}`);
    await run(module.endsWith('.ko') ? 'insmod' : 'modprobe', [module, ...words]);
    return new KernelModule((module.split('/').at(-1) ?? module).replace(/\.ko$/, '').replaceAll('-', '_'));
  }

  /** Unloads it. A module whose last user has just gone stays busy for a moment. */
  async unload(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await run('rmmod', [this.name]);
        return;
      } catch (error) {
        if (attempt === 50) throw error;
        await delay(100);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const loaded = await readdir('/sys/module');
    if (loaded.includes(this.name)) await this.unload();
  }
}
