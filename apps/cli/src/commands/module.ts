import { unloadModule } from '@scst/local';
import { type LoadedModule, type ModuleInfo, SCST_MODULES } from '@scst/sysfs';
import { type Command } from 'commander';
import { parseAssignments } from '../address/parameters.js';
import { type Context } from '../context.js';
import { addFamily, annotate, argument } from '../definition.js';
import { type JsonValue } from '../output/json.js';
import { formatTable } from '../output/table.js';

export const addModuleCommands = (program: Command, context: Context): void => {
  const family = addFamily(program, 'module', 'load, unload and describe SCST’s modules');

  const load = family
    .command('load')
    .description('load a module')
    .addArgument(argument('<name>', `${SCST_MODULES.join(', ')}, or another target driver`, 'module'))
    .argument('[parameters...]', 'parameters of the module, NAME=VALUE')
    .action(async (name: string, words: string[]) => {
      const parameters = Object.fromEntries(parseAssignments(words));
      await context.withScst(async (scst) => {
        await scst.modules.load(name, parameters, { signal: context.signal });
        context.result({ module: name, parameters }, '');
      });
    });
  annotate(load, {
    examples: [
      { command: 'scst-local module load scst', does: 'as modprobe scst' },
      { command: 'scst-local module load scst_local add_default_tgt=0', does: 'without the default target scst_local_tgt' },
    ],
  });

  const unload = family
    .command('unload')
    .description('unload a module and everything it made')
    .addArgument(argument('<name>', 'a module that is loaded', 'module'))
    .option('--force', 'even while sessions and devices it made are in use')
    .action(async (name: string, { force = false }: { force?: boolean }) => {
      await context.withScst(async (scst) => {
        await unloadModule(scst, name, { unlessUsed: !force, signal: context.signal });
        context.result({ module: name }, '');
      });
    });
  annotate(unload, {
    text: ['Refused while a session or device that the module made is in use, naming the process, mount point or swap area.'],
    examples: [{ command: 'scst-local module unload scst_local', does: 'targets, sessions and LUNs go with it' }],
  });

  const list = family
    .command('list')
    .description('list the modules that are loaded')
    .action(async () => {
      await context.withScst(async (scst) => {
        const modules = await scst.modules.list({ signal: context.signal });
        context.result(modules.map(viewModule), modulesTable(modules, context.out.bold));
      });
    });
  annotate(list, { examples: [{ command: 'scst-local module list', does: 'names, versions, and who uses them' }] });

  const info = family
    .command('info')
    .description('describe a module and its parameters, as modinfo does')
    .addArgument(argument('<name>', 'a module, loaded or not', 'module'))
    .action(async (name: string) => {
      await context.withScst(async (scst) => {
        const described = await scst.modules.info(name, { signal: context.signal });
        context.result(viewInfo(described), infoText(described));
      });
    });
  annotate(info, { examples: [{ command: 'scst-local module info scst_local', does: 'its parameters, their defaults and their values' }] });
};

const viewModule = ({ name, version, usedBy }: LoadedModule): JsonValue => ({ name, version, usedBy });

const modulesTable = (modules: readonly LoadedModule[], bold: (text: string) => string): string =>
  formatTable(
    [{ heading: 'MODULE' }, { heading: 'VERSION' }, { heading: 'USED BY' }],
    modules.map(({ name, version, usedBy }) => [name, version ?? '', usedBy.join(', ')]),
    bold,
  );

const viewInfo = ({ name, loaded, version, description, author, license, depends, parameters }: ModuleInfo): JsonValue => ({
  name, loaded, version, description, author, license, depends,
  parameters: parameters.map((parameter) => ({ ...parameter })),
});

/** modinfo(8)'s layout: one field a line, a parameter as `parm: name:description (type)`, followed by what modinfo cannot know. */
const infoText = (info: ModuleInfo): string[] => {
  const field = (name: string, value: string | undefined): string[] => (value === undefined ? [] : [`${`${name}:`.padEnd(16)}${value}`]);
  return [
    ...field('name', info.name),
    ...field('description', info.description),
    ...field('author', info.author),
    ...field('license', info.license),
    ...field('version', info.version),
    ...field('depends', info.depends.join(',')),
    ...field('loaded', info.loaded ? 'yes' : 'no'),
    ...info.parameters.flatMap(({ name, type, description, default: preset, value }) => {
      const facts = [value === undefined ? undefined : `now ${value}`, preset === undefined ? undefined : `default ${preset}`].filter((fact) => fact !== undefined);
      return field('parm', `${name}:${description ?? ''}${type === undefined ? '' : ` (${type})`}${facts.length === 0 ? '' : ` [${facts.join(', ')}]`}`);
    }),
  ];
};
