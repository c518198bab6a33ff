import { decodeName } from '@scst/sysfs';
import { readdir, readFile, readlink } from 'node:fs/promises';

/** What a look at a thing that goes away meanwhile, has no such attribute, or is another user's ends with. */
const NOT_THERE: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'ENODEV', 'ENXIO', 'EINVAL', 'EACCES', 'EPERM', 'ESRCH', 'EIO', 'ENODATA', 'EOPNOTSUPP']);

/** What a read gives, or undefined where there is nothing to be read. */
export const orNothing = async <T>(read: Promise<T>): Promise<T | undefined> => {
  try {
    return await read;
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOT_THERE.has(error.code)) return undefined;
    throw error;
  }
};

/** The text of an attribute, without blanks and newlines at its end. */
export const readText = async (path: string): Promise<string | undefined> => {
  const bytes = await orNothing(readFile(path));
  return bytes === undefined ? undefined : decodeName(bytes).trimEnd();
};

export const readNumber = async (path: string): Promise<number | undefined> => {
  const text = await readText(path);
  return text === undefined || !/^-?\d+$/u.test(text) ? undefined : Number(text);
};

/** Names in a directory; none where there is no such directory. */
export const namesIn = async (path: string): Promise<string[]> => (await orNothing(readdir(path))) ?? [];

export const linkAt = async (path: string): Promise<string | undefined> => await orNothing(readlink(path));
