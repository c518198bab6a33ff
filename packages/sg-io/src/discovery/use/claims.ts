import { constants } from 'node:fs';
import { access, type FileHandle, open, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { orNothing, readText } from '../kernel-files.js';
import { deleteDevice } from '../hosts.js';
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
  if (removable !== '0' || state !== RUNNING) return undefined;
  if ((await orNothing(stat(node)))?.isBlockDevice() !== true) return undefined;
  try {
    return await open(node, constants.O_RDONLY | constants.O_EXCL | constants.O_NONBLOCK);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EBUSY' ? 'taken' : undefined;
  }
};

/** States of a SCSI device in sysfs. */
const [RUNNING, OFFLINE] = ['running', 'offline'];

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

/** Devices that nobody else can mount, swap to or build on and, once they are barred, open. */
export interface DiskClaims extends AsyncDisposable {
  /** Of those devices, disks that somebody else has. */
  readonly refused: readonly DeviceUse[];
  /**
   * Sets the devices offline: the kernel then refuses every open, also one without O_EXCL, that waits for the device; what is sent through
   * sg or bsg comes back undone. What was written to a disk and not yet brought there is brought there first. Whoever opened it before shows now:
   * look at its uses once more.
   *
   * @returns The addresses of those that are barred. Where the kernel does not let a device be set offline, it stays claimed.
   */
  bar(): Promise<readonly string[]>;
  /**
   * Does something that takes devices away, or changes them. When it has failed, and where they stay, they can be opened again.
   *
   * A claimed disk that could not be barred is held until it has gone. Some of what takes it away waits until nobody has it open: that is why
   * it is let go after a while, too.
   */
  during<T>(work: () => Promise<T>, options?: WhatGoes): Promise<T>;
}

/** What becomes of claimed devices. */
export interface WhatGoes {
  /** Their host goes, and takes them from the machine. Default: false. */
  readonly goes?: boolean | undefined;
  /**
   * Asked when the work is done: the addresses of those that have gone from their host. Linux would keep their disks: they are taken from the machine.
   */
  readonly gone?: (() => Promise<readonly string[]>) | undefined;
}

/** Milliseconds between two looks whether a disk has gone, and those after which it is let go. */
const [PACE, LONGEST] = [10, 2000];

/**
 * Takes disks for this process alone, so that between a look at their uses and their removal nobody else can. What has no block device, a removable
 * one, or one that does not run is passed over, but may be barred.
 */
export const claimDisks = async (devices: readonly UsableDevice[], roots: MachineRoots = {}): Promise<DiskClaims> => {
  const machine = machineAt(roots);
  const held = new Map<string, FileHandle>();
  const barred = new Set<string>();
  const refused: DeviceUse[] = [];
  const close = async (): Promise<void> => {
    const [files, states] = [[...held.values()], [...barred]];
    held.clear();
    barred.clear();
    for (const address of states) await setState(machine, address, RUNNING);
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
    bar: async () => {
      for (const { address, node } of devices) {
        if ((await readText(statePath(machine, address))) !== RUNNING) continue;
        const name = node === undefined ? '' : blockName(machine, node);
        const file = held.get(name);
        // Linux does this when a disk goes, but not when it is offline by then. What fails here would have failed there, unseen.
        await file?.sync().catch(() => undefined);
        if (!(await setState(machine, address, OFFLINE))) continue;
        barred.add(address);
        held.delete(name);
        await file?.close();
      }
      return [...barred];
    },
    during: async (work, { goes = false, gone } = {}) => {
      const working = work();
      // Its failure is the caller's; here it only ends the waiting.
      const over = working.then(() => true, () => true);
      for (const end = performance.now() + LONGEST; held.size > 0 && performance.now() < end; ) {
        if (await Promise.race([over, sleep(PACE, false)])) break;
        await letGoOfGone();
      }
      for (const file of held.values()) await file.close();
      held.clear();
      try {
        const done = await working;
        // They may take their time to go, and are not to be opened in it.
        if (goes) barred.clear();
        for (const address of (await gone?.()) ?? []) {
          if (!barred.delete(address)) continue;
          // It may have gone by itself.
          await deleteDevice(address, roots).catch(() => undefined);
        }
        return done;
      } finally {
        await close();
      }
    },
    [Symbol.asyncDispose]: close,
  };
};

const statePath = ({ sys }: Machine, address: string): string => join(sys, 'bus/scsi/devices', address, 'state');

/** False where the device is not there, or the kernel does not let its state be set. */
const setState = async (machine: Machine, address: string, state: string): Promise<boolean> => {
  try {
    await writeFile(statePath(machine, address), `${state}\n`, { flag: 'r+' });
    return true;
  } catch {
    return false;
  }
};
