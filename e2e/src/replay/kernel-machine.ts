import { HostModules, HostTree, KERNEL_ROOT, SysfsError, type SysfsFile } from '@scst/sysfs';
import { execFile, execFileSync } from 'node:child_process';
import { closeSync, constants, existsSync, openSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { KernelFiles } from './kernel-files.js';
import { KernelUnits } from './kernel-units.js';
import { type Machine } from './machine.js';
import { type Recording } from './recording.js';
import { systemCall } from './system-call.js';

const run = promisify(execFile);

/** Names the directory of SCST's modules, and says with that that they may be loaded and unloaded: on a machine that is there for tests alone. */
export const MODULES_VARIABLE = 'SCST_MODULES';

const STATE = ['/var/lib/scst/pr', '/var/lib/scst/vdev_mode_pages', '/var/lib/scst/dif_tags'];
/** What is unloaded between two recordings, users first. */
const OWN_MODULES = ['scst_local', 'scst_vdisk', 'scst_user', 'scst_disk', 'scst_tape', 'scst_cdrom', 'scst_changer', 'scst_modisk', 'scst_processor', 'scst_raid', 'scst', 'scsi_debug'];
const DEVICES = '/sys/bus/scsi/devices';
/** Milliseconds between two looks at what goes on in the background. Where the hosts do not scan, little does. */
const PACE = { tree: 40, commands: 10 } as const;

/** Why the recordings cannot be replayed on this machine's kernel, or undefined. */
export const whyNoKernelMachine = (): string | undefined => {
  const directory = process.env[MODULES_VARIABLE] ?? '';
  if (directory === '' || !existsSync(join(directory, 'scst.ko'))) return `${MODULES_VARIABLE} does not name a directory with scst.ko, scst_local.ko … in it`;
  if (process.env['SCST_VM'] === undefined) return 'SCST’s modules are loaded and unloaded for each recording: that is done in the virtual machine only (npm run test:vm)';
  return process.geteuid?.() === 0 ? undefined : 'only root loads modules';
};

/** The kernel's own SCST, with none of its modules loaded yet. One at a time. */
export const createKernelMachine = async (recording: Recording['kind']): Promise<Machine> => {
  const reason = whyNoKernelMachine();
  if (reason !== undefined) throw new Error(reason);
  await unloadAll();
  await clean();
  const programs = await mkdtemp(join(tmpdir(), 'scst-kernel-'));
  const modprobe = join(programs, 'modprobe');
  await writeFile(modprobe, `#!/bin/sh\nshift 2\nname=$1\nshift\nif [ -e "$${MODULES_VARIABLE}/$name.ko" ]; then exec insmod "$${MODULES_VARIABLE}/$name.ko" "$@"; fi\nexec modprobe --first-time -- "$name" "$@"\n`);
  await chmod(modprobe, 0o755);
  const tree = new HostTree();
  const files = new KernelFiles();
  const units = new KernelUnits(tree);
  return {
    sandbox: files,
    storage: {
      addBlockDevice: (path, { logicalBlockSize }) => { files.attachLoop(path, files.place(path), logicalBlockSize); },
      addLoopDevice: (device, file) => { files.attachLoop(device, file); },
      addFifo: (path) => { execFileSync('mkfifo', [path]); },
      openFifo: (path) => { closeSync(openSync(path, constants.O_RDWR | constants.O_NONBLOCK)); },
    },
    modules: new HostModules({ programs: { modprobe } }),
    tree,
    system: new HostTree({ root: '/' }),
    logicalUnit: (target, session, lun) => units.open(target, session, lun),
    scan: (target, session) => units.scan(target, session),
    openDevice,
    structure: (...words) => systemCall(KERNEL_ROOT, words),
    settle: () => settle(PACE[recording]),
    pause: (seconds) => sleep(seconds * 1000),
    async [Symbol.asyncDispose]() {
      await unloadAll();
      await files.detach();
      await clean();
      await rm(programs, { recursive: true });
    },
  };
};

const openDevice = (node: string): SysfsFile => {
  const fd = openSync(node, constants.O_RDWR | constants.O_NONBLOCK);
  const no = (operation: string) => (): Promise<never> => Promise.reject(new SysfsError({ operation, path: node, errno: 'EPERM' }));
  const close = (): Promise<void> => {
    closeSync(fd);
    return Promise.resolve();
  };
  return { read: no('read'), write: no('write'), close, [Symbol.asyncDispose]: close };
};

/** Waits until the kernel is done with what goes on in the background: as far as it shows, and a moment for what it does not. */
const settle = async (pace: number): Promise<void> => {
  let before = await background();
  for (let tries = 0; tries < 100; tries += 1) {
    await sleep(pace);
    const now = await background();
    if (now === before && !now.startsWith('busy')) return;
    before = now;
  }
};

const background = async (): Promise<string> => {
  const devices = await readdir(DEVICES).catch(() => []);
  const result = await readFile(join(KERNEL_ROOT, 'last_sysfs_mgmt_res'), 'latin1').catch((error: unknown) => (error instanceof Error && 'code' in error && error.code === 'EAGAIN' ? 'busy' : 'none'));
  return `${result} ${devices.join(' ')}`;
};

/** Takes SCST out of the kernel. Its targets go first: scst_local must not be unloaded while its hosts have devices (SPEC 16). */
const unloadAll = async (): Promise<void> => {
  const targets = join(KERNEL_ROOT, 'targets/scst_local');
  const suspend = join(KERNEL_ROOT, 'suspend');
  for (let count = Number(await readFile(suspend, 'latin1').catch(() => '0')); count > 0; count -= 1) await writeFile(suspend, '-1');
  for (const entry of await readdir(targets, { withFileTypes: true }).catch(() => [])) {
    if (entry.isDirectory()) await writeFile(join(targets, 'mgmt'), `del_target ${entry.name}`).catch(() => undefined);
  }
  await settle(PACE.tree);
  for (const module of OWN_MODULES) {
    for (let tries = 0; existsSync(`/sys/module/${module}`); tries += 1) {
      const failure = await run('rmmod', [module]).then(() => undefined, (error: unknown) => error);
      if (failure === undefined) break;
      if (tries === 50) throw new Error(`${module} cannot be unloaded`, { cause: failure });
      await sleep(100);
    }
  }
};

const clean = async (): Promise<void> => {
  for (const directory of [...KernelFiles.FOLDERS, ...STATE]) {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
  }
};
