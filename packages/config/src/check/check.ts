import { type SysfsTree, TreeReader } from '@scst/sysfs';
import { type Diagnostic } from '../diagnostics.js';
import { hasErrors } from '../diagnostics.js';
import { ConfigError } from '../errors.js';
import { load, type ConfigSource } from '../load.js';
import { checkAgainstTree } from './against-tree.js';
import { CheckContext } from './context.js';
import { checkDuplicates } from './duplicates.js';
import { checkFiles, statFile, type FileType } from './files.js';
import { checkDevicesExist, checkLunZero, checkNames, checkUnique } from './references.js';
import { checkValues } from './values.js';

export interface CheckOptions {
  /** The tree the configuration is for: devices, handlers, drivers and targets that are there already count. */
  tree?: SysfsTree | undefined;
  /** Look for the files of devices: with node:fs (`true`), by a function, or not at all (`false`). Default: true. */
  files?: boolean | ((path: string) => Promise<FileType>) | undefined;
  /** Handlers and drivers that are not loaded can be loaded: no error. Default: false. */
  canLoadModules?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Judges a configuration: its grammar, then its meaning. Changes nothing and does not throw for what is wrong with it.
 *
 * @returns Everything found, in the order of the file. With errors in the grammar, the meaning is not looked at.
 */
export const check = async (source: ConfigSource, options: CheckOptions = {}): Promise<Diagnostic[]> => {
  const { config, diagnostics, locator } = load(source);
  if (hasErrors(diagnostics)) return [...diagnostics];
  const context = new CheckContext(config, locator);
  checkNames(context);
  checkDuplicates(context);
  checkValues(context);
  checkUnique(context);
  checkLunZero(context);
  const { tree, files = true } = options;
  if (tree === undefined) checkDevicesExist(context, undefined);
  else await checkAgainstTree(context, new TreeReader(tree, { signal: options.signal }), options.canLoadModules ?? false);
  if (files !== false) await checkFiles(context, files === true ? statFile : files);
  return [...diagnostics, ...context.diagnostics()];
};

/**
 * {@link check}, for those who can only go on with a good one.
 *
 * @throws ConfigError when there are errors.
 */
export const checkOrThrow = async (source: ConfigSource, options: CheckOptions): Promise<void> => {
  const diagnostics = await check(source, options);
  if (hasErrors(diagnostics)) throw new ConfigError(diagnostics);
};
