import { apply, ConfigError, formatDiagnostic, hasErrors, type ScstConfig } from '@scst/config';
import { type IscsiSettings, splitConfig } from '@scst/iscsi-driver';
import { type ModuleControl, type SysfsTree } from '@scst/sysfs';
import { readConfigFile } from '../config/read-file.js';
import { reportLines } from '../config/report.js';
import { saveFile } from '../config/save-file.js';
import { type Context } from '../context.js';

/** The configuration a server keeps to: a file of scst.conf's format. */
export interface ServerConfig {
  /**
   * Makes the tree as the file says; what the file does not mention stays. Where iSCSI is served, targets of `TARGET_DRIVER iscsi` become targets
   * of scst_local, and what that block says of iSCSI itself is given back. Throws ConfigError or ApplyError.
   */
  apply(tree: SysfsTree, modules: ModuleControl): Promise<IscsiSettings | undefined>;
  /** Writes the file as the tree is; see {@link saveFile}. */
  save(tree: SysfsTree): Promise<void>;
}

/**
 * A configuration in a file, read anew each time. What was held back or left out is said as a warning.
 *
 * @param iscsi Whether iSCSI is served: `TARGET_DRIVER iscsi` is then ours, and otherwise a driver that is not there.
 */
export const configFile = (path: string, context: Context, { iscsi: isServed = false }: { iscsi?: boolean } = {}): ServerConfig => {
  let applied: ScstConfig | undefined;
  return {
    apply: async (tree, modules) => {
      const loaded = await readConfigFile(context, path);
      const { tree: config, iscsi, diagnostics } = isServed ? splitConfig(loaded) : { tree: loaded, iscsi: undefined, diagnostics: [] };
      if (hasErrors(diagnostics)) throw new ConfigError(diagnostics);
      for (const diagnostic of diagnostics) context.warn(formatDiagnostic(diagnostic));
      const report = await apply(tree, config, { modules });
      if (!report.converged || report.notes.length > 0) for (const line of reportLines(report)) context.warn(line);
      applied = loaded.config;
      return iscsi;
    },
    save: async (tree) => {
      const { leftOut } = await saveFile(tree, path, { applied: isServed ? applied : undefined });
      for (const diagnostic of leftOut) context.warn(formatDiagnostic(diagnostic));
    },
  };
};
