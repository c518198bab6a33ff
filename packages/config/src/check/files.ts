import { Limiter } from '@scst/sysfs';
import { stat } from 'node:fs/promises';
import { kindOf } from '../attributes/kinds.js';
import { valueOf } from '../model/config.js';
import { type CheckContext } from './context.js';
import { allDevices } from './parts.js';

/** What is found at a path: `missing`, or the type of the file. */
export type FileType = 'missing' | 'file' | 'block' | 'other';

/** Looks at the file system of this machine. */
export const statFile = async (path: string): Promise<FileType> => {
  try {
    const found = await stat(path);
    return found.isFile() ? 'file' : found.isBlockDevice() ? 'block' : 'other';
  } catch {
    return 'missing';
  }
};

/** The files of devices that are opened when they are made (SPEC 8.1, step 10). */
export const checkFiles = async (context: CheckContext, look: (path: string) => Promise<FileType>): Promise<void> => {
  const limiter = new Limiter(32);
  const devices = allDevices(context.config).filter(({ handler: { name }, device }) => {
    const active = valueOf(device.attributes, 'active');
    return (name === 'vdisk_fileio' || name === 'vdisk_blockio' || name === 'vcdrom') && (active === undefined || kindOf('active')?.normalise(active) !== '0');
  });
  const checks = devices.map(async ({ handler, device, place }) => {
    const path = kindOf('filename')?.normalise(valueOf(device.attributes, 'filename') ?? '') ?? '';
    if (path === '') return;
    const type = await limiter.run(() => look(path));
    const at = { code: 'missing-file', part: device.attributes, detail: { attribute: 'filename' }, place: `${place} / filename` } as const;
    if (type === 'missing') context.error({ ...at, message: `there is no file ${path}`, hint: 'with “active 0” the device is made without it' });
    else if (type === 'other') context.error({ ...at, message: `${path} is neither a file nor a block device` });
    else if (type === 'file' && handler.name === 'vdisk_blockio') context.error({ ...at, message: `${path} is a regular file`, expected: 'a block device', hint: 'vdisk_fileio takes files' });
  });
  await Promise.all(checks);
};
