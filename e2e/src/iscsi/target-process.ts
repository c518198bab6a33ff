import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServerProcess, type ServerProcessOptions } from './server-process.js';

/** The program, from where this is built to. */
const PROGRAM = fileURLToPath(new URL('../../apps/iscsi-target/dist/cli.js', import.meta.url));
export const TARGET = 'iqn.2026-11.com.example:conformance';

export interface TargetOptions extends Pick<ServerProcessOptions, 'profile' | 'portals'> {
  /** Default: the one that was built here. */
  readonly program?: string | undefined;
  readonly bytes: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly readOnly?: boolean;
}

/** `scst-iscsi-target` with one LUN, in a process of its own. */
export class TargetProcess implements AsyncDisposable {
  readonly #server: ServerProcess;
  readonly #directory: string;

  private constructor(server: ServerProcess, directory: string) {
    this.#server = server;
    this.#directory = directory;
  }

  static async start({ program = PROGRAM, profile, bytes, attributes, readOnly = false, portals }: TargetOptions): Promise<TargetProcess> {
    const directory = await mkdtemp(join(tmpdir(), 'scst-conformance-'));
    try {
      const file = join(directory, 'disk.img');
      await writeFile(file, '');
      await truncate(file, bytes);
      const device = Object.entries({ filename: file, ...attributes }).map(([name, value]) => `\t\t${name} ${value}\n`).join('');
      const lun = readOnly ? 'LUN 0 disk1 {\n\t\t\tread_only 1\n\t\t}' : 'LUN 0 disk1';
      const config = `HANDLER vdisk_fileio {\n\tDEVICE disk1 {\n${device}\t}\n}\nTARGET_DRIVER iscsi {\n\tenabled 1\n\tTARGET ${TARGET} {\n\t\tenabled 1\n\t\t${lun}\n\t}\n}\n`;
      return new TargetProcess(await ServerProcess.start({ program, directory, config, profile, portals }), directory);
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** Whether it has ended by itself. */
  get hasEnded(): boolean {
    return this.#server.hasEnded;
  }

  get log(): string {
    return this.#server.log;
  }

  /** Sessions that are left, and resident memory in bytes. */
  async state(): Promise<{ readonly sessions: number; readonly memory: number }> {
    const { sessions } = await this.#server.status();
    const status = await readFile(`/proc/${this.#server.pid}/status`, 'latin1');
    return { sessions: sessions.length, memory: Number(/^VmRSS:\s+(\d+) kB$/mu.exec(status)?.[1]) * 1024 };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
