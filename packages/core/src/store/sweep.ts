import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { TEMPORARY_NAME } from './state-files.js';

/** Where the core keeps files of its own. A name in them is a device's, which has no dot, or a checksum. */
const DIRECTORIES = ['atomic', 'pr', 'vdev_mode_pages'];

/**
 * Removes what a process that was killed has left of state files that it was about to write: whole ones have other names. To be called by
 * whoever has the state directory to itself, before a core uses it. What cannot be removed stays.
 *
 * @returns The paths of what was removed.
 */
export async function sweepStateFiles(stateDirectory: string): Promise<string[]> {
  const left = await Promise.all(DIRECTORIES.map((name) => leftIn(join(stateDirectory, name))));
  const removed = await Promise.all(
    left.flat().map(async (path) =>
      fs.unlink(path).then(
        () => path,
        () => undefined,
      ),
    ),
  );
  return removed.filter((path) => path !== undefined);
}

async function leftIn(directory: string): Promise<string[]> {
  const entries = await fs.readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile() && TEMPORARY_NAME.test(entry.name)).map(({ name }) => join(directory, name));
}
