import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { orNothing, readText } from '../kernel-files.js';
import { type Machine } from '../roots.js';
import { type StackedDevice } from './block-stack.js';

/**
 * Whether somebody has a disk, or a partition of it, for himself alone: file systems, swap, device mapper, RAID and targets in the kernel have,
 * also those that no table shows. The kernel refuses a second one of that kind, and so tells. The disk is open for a moment.
 *
 * Removable ones are not asked: to open them is to ask the device for its medium. Neither are those that do not run.
 */
export const isClaimed = async (machine: Machine, { name, node }: StackedDevice): Promise<boolean> => {
  const directory = join(machine.sys, 'class/block', name);
  const [removable, state] = await Promise.all([readText(join(directory, 'removable')), readText(join(directory, 'device/state'))]);
  if (removable !== '0' || state !== 'running') return false;
  const found = await orNothing(stat(node));
  if (found?.isBlockDevice() !== true) return false;
  try {
    const file = await open(node, constants.O_RDONLY | constants.O_EXCL | constants.O_NONBLOCK);
    await file.close();
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EBUSY';
  }
};
