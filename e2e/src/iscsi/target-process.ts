import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built program. */
export const PROGRAM = fileURLToPath(new URL('../../apps/iscsi-target/dist/cli.js', import.meta.url));
export const TARGET = 'iqn.2026-11.com.example:conformance';

export interface TargetOptions {
  /** Where the program is; default: {@link PROGRAM}. */
  readonly program?: string | undefined;
  readonly profile: 'scst' | 't10';
  readonly bytes: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly readOnly?: boolean;
  readonly portals: readonly string[];
}

/** `scst-iscsi-target` with one LUN, in a process of its own. */
export class TargetProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #directory: string;
  readonly #program: string;
  #log = '';

  private constructor(child: ChildProcess, directory: string, program: string) {
    this.#child = child;
    this.#directory = directory;
    this.#program = program;
    child.stderr?.on('data', (text: Buffer) => {
      this.#log = (this.#log + text.toString()).slice(-20_000);
    });
  }

  static async start({ program = PROGRAM, profile, bytes, attributes, readOnly = false, portals }: TargetOptions): Promise<TargetProcess> {
    const directory = await mkdtemp(join(tmpdir(), 'scst-conformance-'));
    const [file, config] = [join(directory, 'disk.img'), join(directory, 'scst.conf')];
    await writeFile(file, '');
    await truncate(file, bytes);
    const device = Object.entries({ filename: file, ...attributes }).map(([name, value]) => `\t\t${name} ${value}\n`).join('');
    const lun = readOnly ? 'LUN 0 disk1 {\n\t\t\tread_only 1\n\t\t}' : 'LUN 0 disk1';
    await writeFile(config, `HANDLER vdisk_fileio {\n\tDEVICE disk1 {\n${device}\t}\n}\nTARGET_DRIVER iscsi {\n\tenabled 1\n\tTARGET ${TARGET} {\n\t\tenabled 1\n\t\t${lun}\n\t}\n}\n`);
    const args = [program, '--json', 'serve', '--config', config, '--profile', profile, '--state', join(directory, 'state'), '--socket', join(directory, 'control'), '--grace', '0', '--log-level', 'warn'];
    const child = spawn(process.execPath, [...args, ...portals.flatMap((portal) => ['--listen', portal])], { stdio: ['ignore', 'pipe', 'pipe'] });
    const target = new TargetProcess(child, directory, program);
    const listening = await Promise.race([once(child.stdout, 'data').then(() => true), once(child, 'exit').then(() => false)]);
    if (listening) return target;
    await target[Symbol.asyncDispose]();
    throw new Error(`scst-iscsi-target did not start: ${target.#log}`);
  }

  /** Whether it has ended by itself. */
  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get log(): string {
    return this.#log;
  }

  /** Sessions that are left, and resident memory in bytes. */
  async state(): Promise<{ readonly sessions: number; readonly memory: number }> {
    const asked = spawn(process.execPath, [this.#program, '--json', 'status', '--socket', join(this.#directory, 'control')], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    asked.stdout.on('data', (part: Buffer) => { text += part.toString(); });
    await once(asked, 'close');
    const { sessions } = JSON.parse(text) as { sessions: unknown[] };
    const status = await readFile(`/proc/${this.#child.pid ?? 0}/status`, 'latin1');
    return { sessions: sessions.length, memory: Number(/^VmRSS:\s+(\d+) kB$/mu.exec(status)?.[1]) * 1024 };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.hasEnded) {
      this.#child.kill('SIGTERM');
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
      await once(this.#child, 'exit');
      clearTimeout(timer);
    }
    await rm(this.#directory, { recursive: true, force: true });
  }
}
