import { apply, formatDiagnostic, save } from '@scst/config';
import { type ModuleControl, type SysfsTree } from '@scst/sysfs';
import { readConfigFile } from '../config/read-file.js';
import { reportLines } from '../config/report.js';
import { type Context } from '../context.js';

/** The configuration a server keeps to: a file of scst.conf's format. */
export interface ServerConfig {
  /** Makes the tree as the file says; what the file does not mention stays. Throws ConfigError or ApplyError. */
  apply(tree: SysfsTree, modules: ModuleControl): Promise<void>;
  /** Writes the file as the tree is. */
  save(tree: SysfsTree): Promise<void>;
}

/** A configuration in a file, read anew each time. What was held back or left out is said as a warning. */
export const configFile = (path: string, context: Context): ServerConfig => ({
  apply: async (tree, modules) => {
    const report = await apply(tree, await readConfigFile(context, path), { modules });
    if (!report.converged || report.notes.length > 0) for (const line of reportLines(report)) context.warn(line);
  },
  save: async (tree) => {
    const { leftOut } = await save(tree, path);
    for (const diagnostic of leftOut) context.warn(formatDiagnostic(diagnostic));
  },
});
