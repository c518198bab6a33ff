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
  /** What is mounted, in the file system's own words: `/dev/sda1`, `tmpfs`. */
  readonly source: string;
  /** The file system's own options: `rw,lowerdir=/a:/b,upperdir=/c`. */
  readonly options: string;
}

/** Undoes what the kernel does to blanks, tabs, newlines and backslashes in its tables: three octal digits behind a backslash. */
export const unescapeOctal = (text: string): string => text.replaceAll(/\\([0-7]{3})/gu, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/** Parses the table. Lines that are none are passed over. */
export const parseMountTable = (text: string): MountEntry[] =>
  text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [id, parentId, device, , directory] = before.split(' ');
    const [type, source = '', options = ''] = after.split(' ');
    if (device === undefined || directory === undefined || type === undefined || type === '') return [];
    return [{ id: Number(id), parentId: Number(parentId), device, directory: unescapeOctal(directory), type: unescapeOctal(type), source: unescapeOctal(source), options: unescapeOctal(options) }];
  });

/** The mount a path leads into, of those mounted on each other at one directory. */
export const topmostAt = (entries: readonly MountEntry[], directory: string): MountEntry | undefined => {
  const here = entries.filter((entry) => entry.directory === directory);
  return here.find((entry) => !here.some((other) => other.parentId === entry.id));
};
