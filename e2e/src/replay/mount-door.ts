import { type ScstCore } from '@scst/core';
import { mount } from '@scst/fuse';
import { encodeName, errnoName, HostTree, SysfsError, toByteString } from '@scst/sysfs';
import { constants, mkdir, open, rename, rmdir, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type OpenDoor } from './door.js';
import { type Sandbox } from './sandbox.js';

/**
 * The core's machine as a file system, used as any program uses it: what is asked of it goes through the kernel. The mount is served
 * by this process too, so that nothing here may touch it with synchronous calls.
 */
export const mountDoor = async (core: ScstCore, sandbox: Sandbox): Promise<OpenDoor> => {
  const directory = join(sandbox.root, 'machine');
  await mkdir(directory);
  const mounted = await mount(core.system, directory);
  const scst = join(directory, 'sys/kernel/scst_tgt');
  return {
    tree: new HostTree({ root: scst }),
    system: new HostTree({ root: directory }),
    modules: core.modules,
    logicalUnit: (target, session, lun) => Promise.resolve(core.nexus(bytes(target), bytes(session), lun)),
    structure: (call, ...operands) => structure(scst, call, operands),
    close: () => mounted.unmount(),
  };
};

const bytes = (name: string): string => toByteString(encodeName(name));

/** The system calls that make and remove entries, by name, on paths below a directory. */
const CALLS: Readonly<Record<string, (path: (operand: string) => string, first: string, second: string) => Promise<void>>> = {
  mkdir: async (path, first) => {
    await mkdir(path(first));
  },
  rmdir: (path, first) => rmdir(path(first)),
  rename: (path, first, second) => rename(path(first), path(second)),
  symlink: (path, first, second) => symlink(first, path(second)),
  unlink: (path, first) => unlink(path(first)),
  create: async (path, first) => {
    await (await open(path(first), constants.O_WRONLY | constants.O_CREAT)).close();
  },
};

const structure = async (root: string, call: string, [first = '', second = '']: readonly string[]): Promise<void> => {
  const run = CALLS[call];
  if (run === undefined) throw new Error(`there is no system call ${call}`);
  try {
    await run((operand) => join(root, operand), first, second);
  } catch (error) {
    const errno = error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? errnoName(error.errno) : undefined;
    if (errno === undefined) throw error;
    throw new SysfsError({ operation: call, path: first, errno, at: 'open', cause: error });
  }
};
