import { type ModuleControl, type SysfsTree } from '@scst/sysfs';
import { type Context } from '../context.js';

/** The configuration a server keeps to: a file of scst.conf's format. */
export interface ServerConfig {
  /** Makes the tree as the file says. Throws ConfigError or ApplyError. */
  apply(tree: SysfsTree, modules: ModuleControl): Promise<void>;
  /** Writes the file as the tree is. */
  save(tree: SysfsTree): Promise<void>;
}
export const configFile = (_path: string, _context: Context): ServerConfig => ({ apply: () => Promise.resolve(), save: () => Promise.resolve() });
