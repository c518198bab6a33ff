import { type ModuleParameters } from '@scst/sysfs';
import { parseAssignments } from '../address/parameters.js';
import { usageError } from '../errors.js';

/** A module to load at start. */
export interface ModuleChoice {
  readonly name: string;
  readonly parameters: ModuleParameters;
}

/** What is loaded where nothing else is said. */
export const DEFAULT_MODULES: readonly ModuleChoice[] = ['scst', 'scst_vdisk', 'scst_local'].map((name) => ({ name, parameters: {} }));

/** A module from `NAME[,parameter=value…]`. */
export const parseModule = (text: string): ModuleChoice => {
  const [name = '', ...assignments] = text.split(',');
  if (!/^\w[\w-]*$/u.test(name)) throw usageError(`“${text}” names no module`, 'One is NAME or NAME,PARAMETER=VALUE, such as scst_local,add_default_tgt=0.');
  return { name, parameters: Object.fromEntries(parseAssignments(assignments)) };
};

/**
 * The modules to load, in order. Each of those named is loaded with its parameters, after the default ones it takes the place of; with
 * `defaults` false they are the only ones.
 */
export const chooseModules = (named: readonly ModuleChoice[], defaults: boolean): readonly ModuleChoice[] => {
  if (!defaults) return named;
  const byName = new Map(named.map((choice) => [choice.name, choice]));
  const first = DEFAULT_MODULES.map((choice) => byName.get(choice.name) ?? choice);
  return [...first, ...named.filter(({ name }) => !DEFAULT_MODULES.some((choice) => choice.name === name))];
};
