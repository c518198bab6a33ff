import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** What mounts of ours are called in the mount table. */
export const FILE_SYSTEM_TYPE = 'fuse.scst';

/** A line of /proc/self/mountinfo, proc_pid_mountinfo(5). */
export interface MountEntry {
  readonly id: number;
  /** The mount this one is mounted on. */
  readonly parentId: number;
  /** `major:minor` of the file system. */
  readonly device: string;
  readonly directory: string;
  /** With subtype: `fuse.scst`. */
  readonly type: string;
}

const TABLE = '/proc/self/mountinfo';

/** The kernel writes blank, tab, newline and backslash as three octal digits. */
const unescape = (text: string): string => text.replaceAll(/\\([0-7]{3})/gu, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/** Parses the table. Lines that are none are passed over. */
export const parseMountTable = (text: string): MountEntry[] =>
  text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [id, parentId, device, , directory] = before.split(' ');
    const [type] = after.split(' ');
    if (device === undefined || directory === undefined || type === undefined || type === '') return [];
    return [{ id: Number(id), parentId: Number(parentId), device, directory: unescape(directory), type: unescape(type) }];
  });

/** The mount a path leads into, of those mounted on each other at one directory. */
export const topmostAt = (entries: readonly MountEntry[], directory: string): MountEntry | undefined => {
  const here = entries.filter((entry) => entry.directory === directory);
  return here.find((entry) => !here.some((other) => other.parentId === entry.id));
};

export const readMountTable = async (): Promise<MountEntry[]> => parseMountTable(await readFile(TABLE, 'utf8'));

/** For the end of the process, where nothing can be awaited. */
export const readMountTableSync = (): MountEntry[] => parseMountTable(readFileSync(TABLE, 'utf8'));
