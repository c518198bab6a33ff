import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SgError } from './sg-error.js';

/** What is known of a node of /dev without opening it. */
export interface DeviceNode {
  readonly path: string;
  readonly kind: 'sg' | 'bsg';
  /** Folder of the SCSI device in sysfs; undefined where sysfs does not say, or where the node is one of a host or a transport. */
  readonly sysfs: string | undefined;
}

/** The character device major of sg, which never changes (the kernel's Documentation/admin-guide/devices.txt). */
const SG_MAJOR = 21;
const SYSFS = '/sys';

const major = (rdev: number): number => (rdev >>> 8) & 0xfff;
const minor = (rdev: number): number => (rdev & 0xff) | ((rdev >>> 12) & 0xfff00);

const quietly = async <T>(work: Promise<T>): Promise<T | undefined> => {
  try {
    return await work;
  } catch {
    return undefined;
  }
};

/** Says what a node is. Throws an {@link SgError} for one that is neither of sg nor of bsg; it names the sg node of a disk, tape or CD. */
export const identifyNode = async (path: string): Promise<DeviceNode> => {
  let stats;
  try {
    stats = await stat(path);
  } catch (cause) {
    throw openingFailed(path, cause);
  }
  const numbers = `${major(stats.rdev)}:${minor(stats.rdev)}`;
  if (stats.isCharacterDevice()) {
    const link = join(SYSFS, 'dev', 'char', numbers);
    const subsystem = basename((await quietly(readlink(join(link, 'subsystem')))) ?? '');
    const kind = subsystem === 'scsi_generic' || (subsystem === '' && major(stats.rdev) === SG_MAJOR) ? 'sg' : subsystem === 'bsg' ? 'bsg' : undefined;
    if (kind !== undefined) {
      const device = await quietly(realpath(join(link, 'device')));
      return { path, kind, sysfs: device !== undefined && (await quietly(stat(join(device, 'scsi_level')))) !== undefined ? device : undefined };
    }
  }
  if (!stats.isCharacterDevice() && !stats.isBlockDevice()) throw new SgError('NOT_SG', `${path} is no device node`, { path, hint: 'SG_IO goes to /dev/sgN or /dev/bsg/H:C:I:L.' });
  const device = join(SYSFS, 'dev', stats.isBlockDevice() ? 'block' : 'char', numbers, 'device');
  const sg = await sgNodeOf(device);
  throw new SgError('NOT_SG', `${path} is a node of another driver than sg and bsg`, {
    path,
    hint: sg === undefined ? 'SG_IO goes to /dev/sgN or /dev/bsg/H:C:I:L; `modprobe sg` makes the former.' : `The sg node of the same device is ${sg}.`,
  });
};

/** `/dev/sgN` of a SCSI device's folder in sysfs; undefined where there is none (the sg module may not be loaded). */
export const sgNodeOf = async (device: string): Promise<string | undefined> => {
  const [name] = (await quietly(readdir(join(device, 'scsi_generic')))) ?? [];
  return name === undefined ? undefined : `/dev/${name}`;
};

/** The time that the kernel gives commands to the device, in milliseconds; undefined where sysfs does not say. */
export const timeoutOf = async (device: string): Promise<number | undefined> => {
  const text = await quietly(readFile(join(device, 'timeout'), 'utf8'));
  const seconds = Number(text);
  return text !== undefined && Number.isInteger(seconds) && seconds > 0 ? seconds * 1000 : undefined;
};

const CODES: Readonly<Record<string, 'NO_DEVICE' | 'NO_PERMISSION'>> = { ENOENT: 'NO_DEVICE', ENXIO: 'NO_DEVICE', ENODEV: 'NO_DEVICE', EACCES: 'NO_PERMISSION', EPERM: 'NO_PERMISSION' };
const HINTS = {
  NO_DEVICE: 'See /proc/scsi/scsi for the devices there are; `modprobe sg` makes their nodes.',
  NO_PERMISSION: 'It takes root, or a group that may read and write the node.',
} as const;

export const openingFailed = (path: string, cause: unknown): SgError => {
  const { code = 'an unknown error' } = cause as NodeJS.ErrnoException;
  const own = CODES[code];
  return new SgError(own ?? 'OPEN_FAILED', `${path} cannot be opened: ${code}`, { path, hint: own === undefined ? undefined : HINTS[own], cause });
};
