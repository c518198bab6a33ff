import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, type Outcome, run } from '../kernel/standin.js';
import { KernelModule } from '../vm/guest/kernel-module.js';

const SESSIONS = '/sys/class/iscsi_session';
const DATABASE = ['nodes', 'send_targets'].map((name) => join('/etc/iscsi', name));

/** A logical unit as Linux has it. */
export interface InitiatorDevice {
  /** `/dev/sda` */
  readonly disk: string;
  /** `/dev/sg0` */
  readonly generic: string;
}

/** open-iscsi, the initiator of Linux: its daemon, and the kernel's iSCSI over TCP. For the virtual machine only, whose /etc it writes to. */
export class OpenIscsi implements AsyncDisposable {
  readonly #modules: readonly KernelModule[];
  readonly #daemon: ChildProcess;
  readonly #portal: string;

  private constructor(modules: readonly KernelModule[], daemon: ChildProcess, portal: string) {
    this.#modules = modules;
    this.#daemon = daemon;
    this.#portal = portal;
  }

  static async start({ initiator, portal }: { readonly initiator: string; readonly portal: string }): Promise<OpenIscsi> {
    const modules = [await KernelModule.load('sd_mod'), await KernelModule.load('iscsi_tcp')];
    await mkdir('/run/lock', { recursive: true });
    await writeFile('/etc/iscsi/initiatorname.iscsi', `InitiatorName=${initiator}\n`);
    for (const folder of DATABASE) await rm(folder, { recursive: true, force: true });
    // At its end it ends its process group: one of its own.
    const daemon = spawn('iscsid', ['--foreground'], { stdio: 'ignore', detached: true });
    const started = new OpenIscsi(modules, daemon, portal);
    await eventually('iscsid answers', async () => ((await started.#admin('session')).output.includes('No active sessions') ? true : undefined));
    return started;
  }

  /** Names of the targets that discovery finds at the portal. */
  async discover(): Promise<string[]> {
    const { status, output } = await this.#admin('discovery', '-t', 'sendtargets', '-p', this.#portal);
    if (status !== 0) throw new Error(`discovery failed: ${output}`);
    return output.trim().split('\n').map((line) => line.replace(`${this.#portal},1 `, ''));
  }

  /** Settings of a target that was discovered, by the names that iscsid.conf gives them. */
  async set(target: string, settings: Readonly<Record<string, string | number>>): Promise<void> {
    for (const [name, value] of Object.entries(settings)) {
      const { status, output } = await this.#node(target, '-o', 'update', '-n', name, '-v', `${value}`);
      if (status !== 0) throw new Error(`${name} of ${target} cannot be set: ${output}`);
    }
  }

  /** Logs in; refused is an outcome, too. */
  async logIn(target: string): Promise<Outcome> {
    return await this.#node(target, '--login');
  }

  async logOut(target: string): Promise<Outcome> {
    return await this.#node(target, '--logout');
  }

  /** Ids of the sessions there are. */
  async sessions(): Promise<string[]> {
    return await readdir(SESSIONS);
  }

  /** Waits for a LUN of the only session. */
  async device(lun: number): Promise<InitiatorDevice> {
    return await eventually(`LUN ${lun} is there`, async () => {
      const [session] = await this.sessions();
      if (session === undefined) return undefined;
      const host = join(SESSIONS, session, 'device');
      for (const target of (await readdir(host)).filter((name) => name.startsWith('target'))) {
        const unit = (await readdir(join(host, target))).find((name) => /^\d+:\d+:\d+:\d+$/u.test(name) && name.endsWith(`:${lun}`));
        if (unit === undefined) continue;
        const [disk, generic] = await Promise.all(['block', 'scsi_generic'].map(async (kind) => (await readdir(join(host, target, unit, kind)).catch(() => []))[0]));
        if (disk !== undefined && generic !== undefined) return { disk: `/dev/${disk}`, generic: `/dev/${generic}` };
      }
      return undefined;
    }, 60_000);
  }

  /** Logs out everywhere, ends the daemon and unloads what was loaded. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#admin('node', '--logoutall=all');
    this.#daemon.kill('SIGTERM');
    if (this.#daemon.exitCode === null && this.#daemon.signalCode === null) await once(this.#daemon, 'exit');
    for (const module of [...this.#modules].reverse()) await module[Symbol.asyncDispose]();
    for (const folder of DATABASE) await rm(folder, { recursive: true, force: true });
  }

  async #node(target: string, ...words: readonly string[]): Promise<Outcome> {
    return await this.#admin('node', '-T', target, '-p', this.#portal, ...words);
  }

  async #admin(mode: string, ...words: readonly string[]): Promise<Outcome> {
    return await run('iscsiadm', ['-m', mode, ...words]);
  }
}
