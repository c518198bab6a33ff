import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Scst, type Session } from '@scst/local';
import { bundleCli } from './cli-bundle.js';
import { type FailedStart, ServerProcess, type ServerOptions, startAndFail } from './server-process.js';

/** What a command line came to. */
export interface CliRun {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The target that the module scst_local makes of itself, and its session. */
export const TARGET = 'scst_local_tgt';
export const SESSION = 'scst_local_host';

/** A directory with the program, a place for state, and files; gone with its block. */
export class Workplace implements AsyncDisposable {
  readonly directory: string;
  readonly #program: string;

  private constructor(directory: string, program: string) {
    this.directory = directory;
    this.#program = program;
  }

  static async create(): Promise<Workplace> {
    const directory = await mkdtemp(join(tmpdir(), 'scst-e2e-'));
    await mkdir(join(directory, 'program'));
    return new Workplace(directory, await bundleCli(join(directory, 'program')));
  }

  path(...names: string[]): string {
    return join(this.directory, ...names);
  }

  get socket(): string {
    return this.path('s');
  }

  get stateDirectory(): string {
    return this.path('state');
  }

  /** Makes a sparse file. Returns its path. */
  async file(name: string, bytes: number): Promise<string> {
    const path = this.path(name);
    await writeFile(path, '');
    await truncate(path, bytes);
    return path;
  }

  serve(options: Partial<ServerOptions> = {}): Promise<ServerProcess> {
    return ServerProcess.start(this.#options(options));
  }

  /** Starts a server that is to refuse. */
  serveAndFail(options: Partial<ServerOptions> = {}): Promise<FailedStart> {
    return startAndFail(this.#options(options));
  }

  #options(options: Partial<ServerOptions>): ServerOptions {
    return { program: this.#program, socket: this.socket, stateDirectory: this.stateDirectory, ...options };
  }

  connect(): Promise<Scst> {
    return Scst.open({ connect: this.socket });
  }

  /** Runs a command of scst-local against the server. */
  async cli(...words: readonly string[]): Promise<CliRun> {
    const child = spawn(process.execPath, [this.#program, '--connect', this.socket, ...words], { stdio: ['ignore', 'pipe', 'pipe'], cwd: this.directory });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()));
    child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
    const exit = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { exit, stdout, stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** The session of the default target. */
export const defaultSession = (scst: Scst): Session => scst.driver().target(TARGET).session(SESSION);

/** Exports a device of its default target over a file. */
export const exportFile = async (scst: Scst, name: string, filename: string, lun: number, parameters: Readonly<Record<string, string>> = {}): Promise<void> => {
  await scst.handler('vdisk_fileio').add(name, { filename, ...parameters });
  await scst.driver().target(TARGET).luns.add(name, lun);
};
