import { type SysfsTree, TreeReader } from '@scst/sysfs';
import { checkOrThrow } from '../check/check.js';
import { type FileType } from '../check/files.js';
import { loadOrThrow, type ConfigSource, type LoadedConfig } from '../load.js';
import { planDeviceGroups } from './alua.js';
import { planAttributes } from './attributes.js';
import { createContext } from './context.js';
import { planHandlers } from './devices.js';
import { findUse, type InUse } from './in-use.js';
import { planModules } from './modules.js';
import { type Plan } from './operation.js';
import { planRelativeTargetIds } from './rel-tgt-id.js';
import { Selection } from './selection.js';
import { planDrivers } from './targets.js';

export interface PlanOptions {
  /** Remove what the configuration does not mention. Default: false. */
  prune?: boolean | undefined;
  /** Do also what is in use, or disturbs initiators. Default: false. */
  force?: boolean | undefined;
  /** Only these parts: `device:disk1`, `target:iqn.*`, `driver:scst_local`, `handler:vdisk_*`, `device_group:*`, `global`. */
  only?: readonly string[] | undefined;
  /** Says what is in use besides what has active commands. */
  inUse?: InUse | undefined;
  /** How the files of devices are looked for; see `CheckOptions.files`. Default: true. */
  files?: boolean | ((path: string) => Promise<FileType>) | undefined;
  /** Most reads under way at a time. Default: 32. */
  concurrency?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** What an apply has other means for. */
export interface PlanOnlyOptions extends PlanOptions {
  /** Handlers and drivers that are not loaded can be loaded: no error, and the plan says so. Default: true. */
  canLoadModules?: boolean | undefined;
}

/**
 * What is to be done so that a tree is as a configuration says. Nothing is written; every attribute is read at most once, many at
 * a time.
 *
 * @throws ConfigError for a configuration that cannot be used, as `check` finds it and `apply` refuses it; SysfsError when the tree cannot be read.
 */
export const plan = async (tree: SysfsTree, source: ConfigSource, options: PlanOnlyOptions = {}): Promise<Plan> => {
  const { files, canLoadModules = true, signal } = options;
  const selection = new Selection(options.only);
  const selected = selection.of(loadOrThrow(source), options.prune === true);
  await checkOrThrow(selected, { tree, files, canLoadModules, signal });
  return planSelected(tree, selected, selection, options);
};

/** {@link plan}, for a configuration of which the selected part was taken. */
export const planSelected = async (tree: SysfsTree, selected: LoadedConfig, selection: Selection, options: PlanOptions): Promise<Plan> => {
  const { prune = false, force = false, inUse, concurrency, signal } = options;
  const reader = new TreeReader(tree, { concurrency, signal });
  const context = createContext(selected, reader, selection, prune);
  await planModules(context);
  await planAttributes(context, selected.config.attributes, { path: '', subject: 'SCST', phase: 'global', lane: 'global', isNew: false });
  // Devices first: the LUNs of those that go or are made anew are known by then.
  await planHandlers(context);
  await planDrivers(context);
  await planRelativeTargetIds(context);
  await planDeviceGroups(context);
  const memory = new Map<string, Promise<string | undefined>>();
  const { operations, blocked } = await context.builder.build(force ? undefined : (affected) => findUse(reader, affected, inUse, memory));
  return { operations, blocked, ignored: context.builder.ignored };
};
