import { type ConfigSource, load, save, type SaveOptions, type SaveResult, type ScstConfig } from '@scst/config';
import { iscsiBlock, joinConfig } from '@scst/iscsi-driver';
import { type SysfsTree } from '@scst/sysfs';
import { constants, readFile } from 'node:fs/promises';
import { usageError } from '../errors.js';
import { isJson } from './read-file.js';

export interface SaveFileOptions extends SaveOptions {
  /** What was applied last: speaks of iSCSI where the file that is there does not. */
  readonly applied?: ScstConfig | undefined;
}

/**
 * Saves a tree’s configuration in a file. iSCSI in user space keeps its settings beside the tree, so what the file’s `TARGET_DRIVER
 * iscsi` says of iSCSI itself, secrets included, stays, and its targets stay in that block.
 *
 * @throws ConfigError when the file that is there has errors; Node’s own errors of files.
 */
export const saveFile = async (tree: SysfsTree, path: string, { applied, ...options }: SaveFileOptions = {}): Promise<SaveResult> => {
  const block = iscsiBlock(load(await sourceOf(path)).config) ?? (applied === undefined ? undefined : iscsiBlock(applied));
  if (block === undefined) return save(tree, path, options);
  // A partial save says nothing of the driver, and of the targets only of those it is about.
  const part = options.only === undefined ? block : { ...block, attributes: {} };
  return save(tree, path, { ...options, arrange: (config) => (isInUserSpace(config, block) ? joinConfig(config, part) : config) });
};

/** The kernel’s iSCSI driver is in the tree itself, and so are its targets. */
const isInUserSpace = ({ targetDrivers }: ScstConfig, { targets }: ScstConfig['targetDrivers'][number]): boolean => {
  const names = new Set(targetDrivers.find(({ name }) => name === 'scst_local')?.targets.map(({ name }) => name));
  return !targetDrivers.some(({ name }) => name === 'iscsi') && targets.some(({ name }) => names.has(name));
};

const sourceOf = async (path: string): Promise<ConfigSource> => {
  try {
    // A pipe that nobody writes to would be waited for; save() then refuses what is no file.
    return await readFile(path, { flag: constants.O_RDONLY | constants.O_NONBLOCK });
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EISDIR')) return '';
    throw error;
  }
};

/** Refuses a name under which what is saved could not be read again. */
export const refuseJson = (path: string, what: string): void => {
  if (isJson(path)) throw usageError(`${what} writes scst.conf, and ${path} would be read as JSON`, 'scst-local config json prints JSON, config parse FILE turns it into scst.conf.');
};
