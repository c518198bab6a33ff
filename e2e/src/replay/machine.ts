import { type Profile, ScstCore } from '@scst/core';
import { type LogicalUnit } from '@scst/scsi';
import { type ModuleControl, SysfsError, type SysfsFile, type SysfsTree } from '@scst/sysfs';
import { openDoor } from './door.js';
import { Sandbox } from './sandbox.js';
import { scsiDebug } from './scsi-debug.js';
import { ReplayStorage } from './storage.js';

/** Through what the recording is replayed. */
export const DOORS = ['memory', 'remote', 'mount'] as const;
export type Door = (typeof DOORS)[number];

/** The machine of a recording: files, modules, the tree, and the initiator side. */
export interface Machine extends AsyncDisposable {
  readonly sandbox: Pick<Sandbox, 'size' | 'fill' | 'overwrite' | 'directory' | 'remove'>;
  readonly storage: Pick<ReplayStorage, 'addBlockDevice' | 'addLoopDevice' | 'addFifo' | 'openFifo'>;
  readonly modules: ModuleControl;
  /** Rooted at `scst_tgt`. */
  readonly tree: SysfsTree;
  /** Rooted at `/`: `sys/…`, `proc/…`. */
  readonly system: SysfsTree;
  logicalUnit(target: string, session: string, lun: number): Promise<LogicalUnit>;
  /** Lets the initiator get to know the LUNs of a new session, where that takes more than asking for one. */
  scan?(target: string, session: string): Promise<void>;
  /** Opens a device node of the initiator side, such as `/dev/sg0`, and holds it. */
  openDevice(node: string): SysfsFile;
  /** mkdir, rmdir, rename, symlink, unlink, create in the tree. The seam has none of these: what a tree refuses. */
  structure(call: string, ...operands: string[]): Promise<void>;
  /** Resolves when nothing goes on in the background: sessions that end, hosts that scan. */
  settle(): Promise<void>;
  /** Lets time pass, where something goes on in it that cannot be waited for. */
  pause?(seconds: number): Promise<void>;
}

export interface MachineOptions {
  door: Door;
  profile: Profile;
  scan: 'auto' | 'manual';
}

/** Makes a machine with one CPU and none of SCST's modules loaded. */
export const createMachine = async ({ door, profile, scan }: MachineOptions): Promise<Machine> => {
  const sandbox = await Sandbox.create();
  const storage = new ReplayStorage(sandbox);
  const core = new ScstCore({ profile, scan, storage, cpus: 1 });
  core.modules.register(scsiDebug());
  const opened = await openDoor(door, core, sandbox);
  return {
    sandbox,
    storage,
    tree: opened.tree,
    system: opened.system,
    modules: opened.modules,
    logicalUnit: (target, session, lun) => opened.logicalUnit(target, session, lun),
    openDevice: (node) => heldDevice(core, node),
    structure: (call, ...operands) => opened.structure(call, ...operands),
    settle: () => core.settled(),
    async [Symbol.asyncDispose]() {
      await opened.close();
      await core.close();
      await sandbox[Symbol.asyncDispose]();
    },
  };
};

/** A device node held open; reading it is not what the recordings do with it. */
const heldDevice = (core: ScstCore, node: string): SysfsFile => {
  const held = core.hosts.openDevice(node);
  const refuse = (operation: string) => (): Promise<never> => Promise.reject(new SysfsError({ operation, path: node, errno: 'EPERM' }));
  const close = (): Promise<void> => {
    held.close();
    return Promise.resolve();
  };
  return { read: refuse('read'), write: refuse('write'), close, [Symbol.asyncDispose]: close };
};
