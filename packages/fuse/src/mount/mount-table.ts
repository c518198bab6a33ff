import { type MountEntry, parseMountTable } from '@scst/sysfs';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** What mounts of ours are called in the mount table. */
export const FILE_SYSTEM_TYPE = 'fuse.scst';

const TABLE = '/proc/self/mountinfo';

export const readMountTable = async (): Promise<MountEntry[]> => parseMountTable(await readFile(TABLE, 'utf8'));

/** For the end of the process, where nothing can be awaited. */
export const readMountTableSync = (): MountEntry[] => parseMountTable(readFileSync(TABLE, 'utf8'));
