import { check, ConfigError, formatConfig, formatDiagnostic, hasErrors, readConfig, toJson } from '@scst/config';
import { type Command } from 'commander';
import { type Context } from '../../context.js';
import { readConfigFile } from '../../config/read-file.js';
import { diagnosticJson } from '../../config/report.js';
import { annotate, argument } from '../../definition.js';
import { CliError } from '../../errors.js';
import { type JsonValue } from '../../output/json.js';

export const FILE_TEXT = 'scst.conf, or JSON if its name ends in .json; - for standard input';

/** What only reads configurations. */
export const addReadingCommands = (family: Command, context: Context): void => {
  addParse(family, context);
  addCheck(family, context);
  addJson(family, context);
};

const addParse = (family: Command, context: Context): void => {
  const command = family
    .command('parse')
    .description('read a configuration and print it as this program writes it')
    .addArgument(argument('<file>', FILE_TEXT, 'file'))
    .action(async (file: string) => {
      const { config, diagnostics } = await readConfigFile(context, file);
      if (hasErrors(diagnostics)) throw new ConfigError(diagnostics);
      for (const diagnostic of diagnostics) context.warn(formatDiagnostic(diagnostic));
      context.result(toJson(config) as JsonValue, formatConfig(config));
    });
  annotate(command, {
    text: ['Also turns JSON into scst.conf.'],
    examples: [{ command: 'scst-local config parse /etc/scst.conf', does: 'without comments, in the usual form; errors come with line and column' }],
  });
};

const addCheck = (family: Command, context: Context): void => {
  const command = family
    .command('check')
    .description('say what is wrong with a configuration, all at once')
    .addArgument(argument('<file>', FILE_TEXT, 'file'))
    .option('--offline', 'look at the file alone, not at the SCST it is for')
    .action(async (file: string, { offline = false }: { offline?: boolean }) => {
      const loaded = await readConfigFile(context, file);
      const options = { canLoadModules: true, signal: context.signal };
      const diagnostics = offline ? await check(loaded, options) : await context.withScst((scst) => check(loaded, { ...options, tree: scst.tree }));
      context.result(diagnostics.map(diagnosticJson), diagnostics.length === 0 ? [`${file}: nothing is wrong`] : diagnostics.map(formatDiagnostic));
      if (!hasErrors(diagnostics)) return;
      const count = diagnostics.filter(({ severity }) => severity === 'error').length;
      throw new CliError('REFUSED', `${file} has ${count} error${count === 1 ? '' : 's'}`);
    });
  annotate(command, { examples: [{ command: 'scst-local config check /etc/scst.conf --offline', does: 'grammar, values, references and backing files' }] });
};

const addJson = (family: Command, context: Context): void => {
  const command = family
    .command('json')
    .description('print a configuration, or the one the SCST has now, as JSON')
    .addArgument(argument('[file]', `${FILE_TEXT} (default: what the SCST has now)`, 'file'))
    .action(async (file: string | undefined) => {
      if (file === undefined) {
        const config = await context.withScst((scst) => readConfig(scst.tree, { signal: context.signal }));
        context.out.json(toJson(config) as JsonValue);
        return;
      }
      const { config, diagnostics } = await readConfigFile(context, file);
      if (hasErrors(diagnostics)) throw new ConfigError(diagnostics);
      context.out.json(toJson(config) as JsonValue);
    });
  annotate(command, { examples: [{ command: 'scst-local config json', does: 'config apply takes it back' }] });
};
