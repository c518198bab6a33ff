import { constants } from 'node:fs';
import { access, type FileHandle, open, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { orNothing, readText } from '../kernel-files.js';
import { type Machine, machineAt, type MachineRoots } from '../roots.js';
import { type DeviceUse, type UsableDevice } from './device-use.js';

/**
 * Takes a disk for this process alone: file systems, swap, device mapper, RAID and targets in the kernel do so too, with a disk or a partition of it,
 * and the kernel lets only one. `taken`: one of them was first, whether or not any table shows it. Undefined: it is not to be had.
 *
 * Removable disks are not asked: to open them is to ask the device for its medium. Neither are those that do not run.
 */
const claim = async (machine: Machine, name: string, node: string): Promise<FileHandle | 'taken' | undefined> => {
  const directory = join(machine.sys, 'class/block', name);
  const [removable, state] = await Promise.all([readText(join(directory, 'removable')), readText(join(directory, 'device/state'))]);
  if (removable !== '0' || state !== 'running') return undefined;
  if ((await orNothing(stat(node)))?.isBlockDevice() !== true) return undefined;
  try {
    return await open(node, constants.O_RDONLY | constants.O_EXCL | constants.O_NONBLOCK);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EBUSY' ? 'taken' : undefined;
  }
};

/** The kernel's name of a block device, in which `!` stands for `/`. */
export const blockName = (machine: Machine, node: string): string => relative(machine.dev, node).replaceAll('/', '!');

const takenUse = ({ address, node = '' }: UsableDevice): DeviceUse => ({
  device: address,
  kind: 'claim',
  node,
  reason: `${node} is taken by somebody who does not show: a file system that was unmounted lazily or is in a mount namespace of no process, or a target in the kernel`,
});

/** Who has a device for himself, if anybody: it is open for a moment. */
export const hiddenUse = async (machine: Machine, device: UsableDevice): Promise<DeviceUse[]> => {
  if (device.node === undefined) return [];
  const claimed = await claim(machine, blockName(machine, device.node), device.node);
  if (claimed === 'taken') return [takenUse(device)];
  await claimed?.close();
  return [];
};

/** Disks that nobody else can mount, swap to or build on. */
export interface DiskClaims extends AsyncDisposable {
  /** Of those disks that somebody else has. */
  readonly refused: readonly DeviceUse[];
  /**
   * Does something that takes the disks away, and holds each until it has gone. Some of what takes them away waits until nobody has them
   * open: that is why they are let go after a while, too.
   */
  during<T>(work: () => Promise<T>): Promise<T>;
}

/** Milliseconds between two looks whether a disk has gone, and those after which it is let go. */
const [PACE, LONGEST] = [10, 2000];

/**
 * Takes disks for this process alone, so that between a look at their uses and their removal nobody else can. What has no block device, a removable
 * one, or one that does not run is passed over.
 */
export const claimDisks = async (devices: readonly UsableDevice[], roots: MachineRoots = {}): Promise<DiskClaims> => {
  const machine = machineAt(roots);
  const held = new Map<string, FileHandle>();
  const refused: DeviceUse[] = [];
  const close = async (): Promise<void> => {
    const files = [...held.values()];
    held.clear();
    for (const file of files) await file.close();
  };
  try {
    for (const device of devices) {
      if (device.node === undefined) continue;
      const name = blockName(machine, device.node);
      const claimed = await claim(machine, name, device.node);
      if (claimed === 'taken') refused.push(takenUse(device));
      else if (claimed !== undefined) held.set(name, claimed);
    }
  } catch (error) {
    await close();
    throw error;
  }
  const letGoOfGone = async (): Promise<void> => {
    for (const [name, file] of held) {
      if (await access(join(machine.sys, 'class/block', name)).then(() => true, () => false)) continue;
      held.delete(name);
      await file.close();
    }
  };
  return {
    refused,
    during: async (work) => {
      const working = work();
      // Its failure is the caller's; here it only ends the waiting.
      const over = working.then(() => true, () => true);
      for (const end = performance.now() + LONGEST; held.size > 0 && performance.now() < end; ) {
        if (await Promise.race([over, sleep(PACE, false)])) break;
        await letGoOfGone();
      }
      await close();
      return await working;
    },
    [Symbol.asyncDispose]: close,
  };
};
