import { type ScstCore } from '@scst/core';
import { type LogicalUnit } from '@scst/scsi';
import { encodeName, type ErrnoName, type ModuleControl, SysfsError, type SysfsTree, toByteString } from '@scst/sysfs';
import { type Door } from './machine.js';
import { mountDoor } from './mount-door.js';
import { remoteDoor } from './remote-door.js';
import { type Sandbox } from './sandbox.js';

/** The core, seen through one of its doors. */
export interface OpenDoor {
  tree: SysfsTree;
  system: SysfsTree;
  modules: ModuleControl;
  logicalUnit(target: string, session: string, lun: number): Promise<LogicalUnit>;
  structure(call: string, ...operands: string[]): Promise<void>;
  close(): Promise<void>;
}

export const openDoor = async (door: Door, core: ScstCore, sandbox: Sandbox): Promise<OpenDoor> => {
  switch (door) {
    case 'memory':
      return memoryDoor(core);
    case 'remote':
      return await remoteDoor(core, sandbox);
    case 'mount':
      return await mountDoor(core, sandbox);
  }
};

const memoryDoor = (core: ScstCore): OpenDoor => ({
  tree: core.tree,
  system: core.system,
  modules: core.modules,
  logicalUnit: (target, session, lun) => Promise.resolve(core.nexus(bytes(target), bytes(session), lun)),
  structure: refuseStructure,
  close: () => Promise.resolve(),
});

const bytes = (name: string): string => toByteString(encodeName(name));

/** A tree's structure is its own: nothing is made or removed from outside (SPEC 1.1). A seam without such calls says so. */
export const refuseStructure = (call: string, ...operands: string[]): Promise<void> => {
  const errno: ErrnoName = call === 'create' ? 'EACCES' : 'EPERM';
  return Promise.reject(new SysfsError({ operation: call, path: operands.at(-1) ?? '', errno, at: 'open' }));
};
