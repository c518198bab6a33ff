import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type RemoteConnection } from '@scst/remote';
import { bundle } from '../mount/bundle.js';
import { NAMESPACES, type Scstadmin } from './prerequisites.js';

/** How a program ended. */
export interface Ended {
  readonly status: number | string | undefined;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

/**
 * What the machine is made of, with the temporary folder as $1: a /dev of its own, since SCST's tests make files there, and no
 * /var/lib/scst, which they delete from. Then the server.
 */
const START = `set -e
mount -t tmpfs -o mode=0755 dev "$1/dev"
for node in fuse full null random urandom tty zero; do
  [ -e "/dev/$node" ] || continue
  : > "$1/dev/$node"
  mount --bind "/dev/$node" "$1/dev/$node"
done
ln -s /proc/self/fd "$1/dev/fd"
mount --move "$1/dev" /dev
if [ -d /var/lib/scst ]; then mount -t tmpfs none /var/lib/scst; fi
exec "$2" "$3" "$1/state" "$1/socket"
`;

/**
 * A machine whose SCST is ours: a mount namespace in which the tree is at /sys/kernel/scst_tgt, and programs in which modprobe(8)
 * loads our modules. No module is loaded at first.
 */
export class Machine implements AsyncDisposable {
  /** Its temporary folder, which the machine and the test see alike. */
  readonly directory: string;
  /** Our own way to its SCST. */
  readonly connection: RemoteConnection;
  readonly #server: ChildProcess;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #scstadmin: string;

  private constructor(directory: string, server: ChildProcess, connection: RemoteConnection, { program, library }: Scstadmin) {
    this.directory = directory;
    this.connection = connection;
    this.#server = server;
    this.#scstadmin = program;
    this.#environment = {
      ...process.env,
      PATH: `${join(directory, 'bin')}:${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
      TMPDIR: directory,
      LC_ALL: 'C',
      ...(library === undefined ? {} : { PERL5LIB: library }),
    };
  }

  static async start(scstadmin: Scstadmin): Promise<Machine> {
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'scst-machine-')));
    for (const name of ['bin', 'dev', 'state']) await mkdir(join(directory, name));
    const [programs, socket] = [join(directory, 'programs'), join(directory, 'socket')];
    await bundle({ server: 'scstadmin/machine-server.ts', modprobe: 'scstadmin/modprobe.ts' }, programs);
    await script(join(directory, 'bin', 'modprobe'), `exec '${process.execPath}' '${join(programs, 'modprobe.mjs')}' '${socket}' "$@"`);
    // SCST's tests end daemons by name, wherever they run.
    await script(join(directory, 'bin', 'killall'), 'exit 0');
    const server = spawn('unshare', [...NAMESPACES, 'sh', '-c', START, 'sh', directory, process.execPath, join(programs, 'server.mjs')], { stdio: ['pipe', 'pipe', 'pipe'] });
    try {
      await ready(server);
      return new Machine(directory, server, await connect(socket), scstadmin);
    } catch (error) {
      server.kill();
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** Runs scstadmin. */
  scstadmin(...args: string[]): Promise<Ended> {
    return this.run(this.#scstadmin, ...args);
  }

  /** Runs a program in the machine, by default in its folder. */
  run(program: string, ...args: string[]): Promise<Ended> {
    return this.runIn(this.directory, program, ...args);
  }

  runIn(directory: string, program: string, ...args: string[]): Promise<Ended> {
    const into = [...NAMESPACES.filter((word) => word !== '--map-root-user'), ...(NAMESPACES.includes('--user') ? ['--preserve-credentials'] : [])];
    const words = [`--target=${this.#server.pid ?? 0}`, ...into, 'sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', directory, program, ...args];
    return new Promise((resolve) => {
      execFile('nsenter', words, { env: this.#environment, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
        resolve({ status: error === null ? 0 : (error.code ?? error.signal), output: stdout + stderr });
      }).stdin?.end();
    });
  }

  /** Loads what the set-up has: scst_local without its default target, and the virtual disks. */
  async loadModules(): Promise<void> {
    const { modules } = this.connection;
    if (modules === undefined) throw new Error('the server does not serve its modules');
    await modules.load('scst');
    await modules.load('scst_vdisk');
    await modules.load('scst_local', { add_default_tgt: '0' });
  }

  async unloadModules(): Promise<void> {
    const { modules } = this.connection;
    for (const { name } of ((await modules?.list()) ?? []).reverse()) await modules?.unload(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connection.close();
    const ended = once(this.#server, 'exit');
    this.#server.stdin?.end();
    await ended;
    await rm(this.directory, { recursive: true, force: true });
  }
}

const script = async (path: string, text: string): Promise<void> => {
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
};

/** Resolves when the server says so. Rejects with what it said instead. */
const ready = (server: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = '';
    server.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
    server.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (text.split('\n').includes('ready')) resolve();
    });
    server.once('error', reject);
    server.once('exit', () => { reject(new Error(`the machine did not start: ${said}`)); });
  });
