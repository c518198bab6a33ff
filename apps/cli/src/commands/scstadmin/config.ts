import { resolve } from 'node:path';
import { apply, type ApplyReport, check, ConfigError, EMPTY_CONFIG, formatDiagnostic, hasErrors, type ScstConfig, type LoadedConfig } from '@scst/config';
import { guard, inUse } from '@scst/local';
import { readConfigFile } from '../../config/read-file.js';
import { diagnosticJson, reportJson, reportLines } from '../../config/report.js';
import { saveFile } from '../../config/save-file.js';
import { CliError } from '../../errors.js';
import { refuse } from './flags.js';
import { type AdminOperation, type Done, type Job } from './operation.js';

/** The file when none is named. */
const DEFAULT_FILE = '/etc/scst.conf';

const fileOf = (job: Job): string => (job.value === '' ? DEFAULT_FILE : job.value);

/** Reads and checks; warnings go to standard error. */
const readChecked = async (job: Job): Promise<{ loaded: LoadedConfig; json: Done['json'] }> => {
  const loaded = await readConfigFile(job.context, fileOf(job));
  const diagnostics = await check(loaded, { tree: job.scst.tree, canLoadModules: true, signal: job.context.signal });
  if (hasErrors(diagnostics)) throw new ConfigError(diagnostics);
  for (const diagnostic of diagnostics) job.context.warn(formatDiagnostic(diagnostic));
  return { loaded, json: diagnostics.map(diagnosticJson) };
};

/** Applies; what was held back is said, and is no failure without -force. */
const applyWith = async (job: Job, source: LoadedConfig | ScstConfig): Promise<Done> => {
  const { scst, context } = job;
  const force = job.has('force');
  const continueOnError = job.has('cont_on_err');
  const report = await apply(scst.tree, source, { prune: force, force, inUse: inUse(scst), guard: guard(scst), continueOnError, modules: scst.modules, signal: context.signal });
  if (force && !report.converged && !continueOnError) throw notDone(report);
  return { json: reportJson(report), text: reportLines(report) };
};

const notDone = (report: ApplyReport): CliError => new CliError('FAILED', reportLines(report).join('\n'), { details: { report: reportJson(report) } });

/** What is done with whole configurations. */
export const CONFIGS: Readonly<Record<string, AdminOperation>> = {
  config: {
    value: 'optional',
    asks: (job) => job.has('force'),
    does: `apply a configuration (${DEFAULT_FILE}); with -force also remove what it does not mention`,
    run: async (job) => applyWith(job, (await readChecked(job)).loaded),
  },
  check_config: {
    value: 'optional',
    does: `check a configuration (${DEFAULT_FILE})`,
    run: async (job) => ({ json: (await readChecked(job)).json }),
  },
  write_config: {
    value: 'required',
    does: 'write the configuration to a file',
    run: async (job) => {
      if (job.has('nonkey')) throw refuse('-nonkey is not supported with -write_config: what has its default value is not written');
      const file = resolve(job.value);
      const { changed, leftOut } = await saveFile(job.scst.tree, file, { keepComments: false, signal: job.context.signal });
      for (const diagnostic of leftOut) job.context.warn(formatDiagnostic(diagnostic));
      return { json: { file, changed } };
    },
  },
  clear_config: { value: 'none', needs: ['force'], asks: true, does: 'remove everything', run: (job) => applyWith(job, EMPTY_CONFIG) },
};
