// What the suites with a real SCST share: its modules, from the directory that SCST_MODULES names, and where it keeps its state.
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Puts all module files in one place, the directory given back. */
export const gatherModules = () => {
  const directory = '/tmp/scst-modules';
  const given = process.env.SCST_MODULES ?? '';
  mkdirSync(directory);
  for (const path of readdirSync(given, { recursive: true, encoding: 'utf8' })) {
    if (path.endsWith('.ko')) copyFileSync(join(given, path), join(directory, path.split('/').at(-1) ?? path));
  }
  mkdirSync('/var/lib/scst/pr', { recursive: true });
  mkdirSync('/var/lib/scst/vdev_mode_pages', { recursive: true });
  return directory;
};
