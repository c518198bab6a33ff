import { CommandTextError, decodeName, MAX_ATTRIBUTE_WRITE, mgmtCommand, type MgmtParameters, type TreeReader } from '@scst/sysfs';
import { ConfigError } from '../errors.js';
import { type LoadedConfig } from '../load.js';
import { allLunSets } from '../check/parts.js';
import { type ScstConfig } from '../model/config.js';
import { type Locator } from '../model/locator.js';
import { directoryName } from '../model/names.js';
import { PlanBuilder } from './builder.js';
import { type TreeWrite } from './operation.js';
import { type Selection } from './selection.js';

/** What the planners share. */
export interface PlanContext {
  readonly config: ScstConfig;
  readonly locator: Locator;
  readonly reader: TreeReader;
  readonly builder: PlanBuilder;
  readonly selection: Selection;
  /** Remove what the configuration does not mention. */
  readonly prune: boolean;
  /** Paths of LUNs and group members whose removal is planned already, with their device. */
  readonly vanishing: Set<string>;
  /** Paths of every LUN the configuration says something of. */
  readonly mentionedLuns: ReadonlySet<string>;
  /** Devices that are taken away and made anew. */
  readonly remade: Set<string>;
}

export const createContext = ({ config, locator }: LoadedConfig, reader: TreeReader, selection: Selection, prune: boolean): PlanContext => ({
  config,
  locator,
  reader,
  builder: new PlanBuilder(),
  selection,
  prune,
  vanishing: new Set(),
  mentionedLuns: new Set(allLunSets(config).flatMap(({ driver, target, group, luns }) => luns.map(({ lun }) => `${lunsPath(driver.name, target.name, group?.name)}/${lun}`))),
  remade: new Set(),
});

/**
 * A management command as a write.
 *
 * @throws ConfigError for what the kernel's commands, which have no quoting, cannot say.
 */
export const command = (path: string, words: readonly string[], parameters: MgmtParameters = {}): TreeWrite => {
  // Nearly every command: built without a turn through bytes.
  const text = words.join(' ');
  if (words.length > 0 && text.length <= MAX_ATTRIBUTE_WRITE && words.every((word) => PLAIN_WORD.test(word)) && isEmpty(parameters)) return { path, data: text };
  try {
    return { path, data: decodeName(mgmtCommand(words, parameters)) };
  } catch (error) {
    if (!(error instanceof CommandTextError)) throw error;
    throw new ConfigError([{ severity: 'error', code: 'bad-value', message: error.message, place: words.join(' ') }]);
  }
};

/** Printable ASCII but the blank and `=`: arrives as it is (SPEC 1.2). */
const PLAIN_WORD = /^[!-<>-~]+$/u;

const isEmpty = (parameters: MgmtParameters): boolean => {
  for (const name in parameters) if (parameters[name] !== undefined) return false;
  return true;
};

/** A write of a value. A lone newline is what clears an attribute: a write of nothing never arrives (SPEC 1.1). */
export const valueWrite = (path: string, value: string): TreeWrite => ({ path, data: value === '' ? '\n' : value });

export const devicePath = (device: string): string => `devices/${directoryName(device)}`;
export const handlerPath = (handler: string): string => `handlers/${handler}`;
export const driverPath = (driver: string): string => `targets/${driver}`;
export const targetPath = (driver: string, target: string): string => `targets/${driver}/${directoryName(target)}`;
export const groupPath = (driver: string, target: string, group: string): string => `${targetPath(driver, target)}/ini_groups/${directoryName(group)}`;
/** The `luns` directory of a target or of a group. */
export const lunsPath = (driver: string, target: string, group?: string): string =>
  `${group === undefined ? targetPath(driver, target) : groupPath(driver, target, group)}/luns`;
