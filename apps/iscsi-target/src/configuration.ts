import { apply, ConfigError, formatDiagnostic, hasErrors, loadJson, loadText } from '@scst/config';
import { openInput, readAtMost } from '@scst/file-io';
import { type IscsiSettings, splitConfig, type SplitConfig } from '@scst/iscsi-driver';
import { type Scst } from '@scst/local';

/** Bytes; some hundred times what the largest of appliances has. `/dev/zero` and the like never end. */
const LONGEST = 256 * 1024 * 1024;

/**
 * Reads a configuration file, scst.conf or JSON by its name, and parts it.
 *
 * @throws ConfigError when there are errors in it, those of the iSCSI settings included.
 */
export const readConfiguration = async (path: string, signal?: AbortSignal): Promise<SplitConfig> => {
  const bytes = await readAtMost(await openInput(path, signal), LONGEST);
  if (bytes === undefined) throw new TypeError(`${path} has more than ${LONGEST} bytes, and is no configuration`);
  const loaded = path.endsWith('.json') ? loadJson(bytes.toString()) : loadText(bytes, { file: path });
  const split = splitConfig(loaded);
  const diagnostics = [...loaded.diagnostics, ...split.diagnostics];
  if (hasErrors(diagnostics)) throw new ConfigError(diagnostics);
  return split;
};

/** Makes an SCST as the file says, and gives iSCSI's settings. What is worth knowing goes to `warn`. */
export const applyConfiguration = async (scst: Scst, path: string, warn: (message: string) => void, signal?: AbortSignal): Promise<IscsiSettings> => {
  const { tree, iscsi, diagnostics } = await readConfiguration(path, signal);
  for (const diagnostic of [...tree.diagnostics, ...diagnostics]) warn(formatDiagnostic(diagnostic));
  const { blocked, ignored, notes } = await apply(scst.tree, tree, { modules: scst.modules });
  for (const { operation, reason } of blocked) warn(`held back: ${operation.subject}: ${operation.summary}: ${reason}`);
  for (const { subject, attribute, reason } of ignored) warn(`ignored: ${subject}: ${attribute}: ${reason}`);
  for (const note of notes) warn(note);
  return iscsi ?? {};
};
