import { type SeenMount } from './mounts.js';

/** The mount a path of this process leads into: the deepest one, and of several at one directory the last. */
export const mountOver = (mounts: readonly SeenMount[], path: string): SeenMount | undefined =>
  mounts.reduce<SeenMount | undefined>((best, mount) => {
    if (mount.pid !== undefined || !leadsInto(path, mount.directory)) return best;
    return best === undefined || mount.directory.length >= best.directory.length ? mount : best;
  }, undefined);

const leadsInto = (path: string, directory: string): boolean => path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);

/** The directories that an overlay shows: a file system that is mounted under them is in use as long as it is. */
export const overlayLayers = ({ type, options }: SeenMount): string[] => {
  if (type !== 'overlay') return [];
  // Commas and colons that are part of a name stand behind a backslash.
  const parts = options.split(/(?<!\\),/u).flatMap((option) => {
    const [, value] = /^(?:lowerdir\+?|upperdir|workdir|datadir\+?)=(.*)$/su.exec(option) ?? [];
    return value === undefined ? [] : value.split(/(?<!\\):/u);
  });
  return parts.filter((part) => part !== '').map((part) => part.replaceAll(/\\([,:\\])/gu, '$1'));
};
