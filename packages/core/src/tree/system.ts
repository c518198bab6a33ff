import { formatProcScsi } from '@scst/scsi';
import { type ScstCore } from '../core.js';
import { type LoadedDefinition } from '../modules/module-table.js';
import { type ModuleParameter, parseParameter } from '../modules/parameter.js';
import { scsiTgtDirectory } from '../procfs/root.js';
import { PROC_DIRECTORY_MODE } from '../procfs/proc-file.js';
import { ScstLocalDriver } from '../target/scst-local.js';
import { type DirectoryEntry, directories, directoryRow, DirectoryType, fileOf } from './directory.js';
import { rootDirectory, type ScstRoot } from './root.js';
import { scstLocalHostsDirectory } from './scsi-hosts.js';

/** The machine the core stands in: what lies above and beside its tree. */
export interface Machine {
  readonly core: ScstCore;
  /** Null while `scst` is not loaded. */
  readonly root: ScstRoot | null;
}

const parameterOf = (loaded: LoadedDefinition, name: string): ModuleParameter | undefined =>
  loaded.definition.parameters.find((parameter) => parameter.name === name);

/** `/sys/module/NAME/parameters/`. */
const parametersDirectory = new DirectoryType<LoadedDefinition>('module parameters', {
  collections: [
    {
      lookup: (loaded, name) => {
        const parameter = parameterOf(loaded, name);
        if (parameter === undefined) return undefined;
        const store = ({ values }: LoadedDefinition, text: string): void => {
          values.set(name, parseParameter(parameter, text));
        };
        return fileOf({ name, mode: parameter.mode, value: ({ values }) => values.get(name), ...(parameter.mode === 0o644 ? { store } : {}) }, loaded);
      },
      *names({ definition }) {
        for (const { name } of definition.parameters) yield [name, 'file'];
      },
    },
  ],
});

/** `/sys/module/NAME/` (SPEC sysfs 13). */
const moduleDirectory = new DirectoryType<LoadedDefinition>('module', {
  attributes: [
    { name: 'initstate', mode: 0o444, value: () => 'live' },
    { name: 'version', mode: 0o444, value: ({ definition }) => definition.version ?? '', when: ({ definition }) => definition.version !== undefined },
  ],
  fixed: [
    {
      ...directoryRow('parameters', parametersDirectory, (loaded: LoadedDefinition) => loaded),
      when: ({ definition }) => definition.parameters.length > 0,
    },
  ],
});

const modulesDirectory = new DirectoryType<Machine>('modules', {
  collections: [directories(moduleDirectory, ({ core }) => new Map([...core.modules.loaded].map((loaded) => [loaded.definition.name, loaded])))],
});

const kernelDirectory = new DirectoryType<Machine>('kernel', {
  fixed: [
    {
      name: 'scst_tgt',
      kind: 'directory',
      when: ({ core, root }) => root !== null && core.administration === 'sysfs',
      entry: (machine) => rootDirectory.of(loadedRoot(machine)),
    },
  ],
});

const loadedRoot = ({ root }: Machine): ScstRoot => {
  if (root === null) throw new Error('scst is not loaded');
  return root;
};

const localDriver = ({ core }: Machine): ScstLocalDriver | null => {
  const driver = core.drivers.get('scst_local');
  return driver instanceof ScstLocalDriver ? driver : null;
};

const devicesDirectory = new DirectoryType<Machine>('machine devices', {
  collections: [
    {
      lookup: (machine, name) => {
        const driver = localDriver(machine);
        return name === 'scst_local' && driver !== null ? scstLocalHostsDirectory.of(driver) : undefined;
      },
      *names(machine) {
        if (localDriver(machine) !== null) yield ['scst_local', 'directory'];
      },
    },
  ],
});

const sysDirectory = new DirectoryType<Machine>('sys', {
  fixed: [
    directoryRow('devices', devicesDirectory, (machine) => machine),
    directoryRow('kernel', kernelDirectory, (machine) => machine),
    directoryRow('module', modulesDirectory, (machine) => machine),
  ],
});

const procScsiText = ({ hosts }: ScstCore): string =>
  formatProcScsi(
    hosts.devices.map(({ host, lun, type, vendor, model, revision, scsiLevel }) => ({ host: host.number, channel: 0, id: host.id, lun, type, vendor, model, revision, scsiLevel })),
  )
    .map((line) => `${line}\n`)
    .join('');

const procScsiDirectory = new DirectoryType<Machine>('proc scsi', {
  mode: PROC_DIRECTORY_MODE,
  attributes: [{ name: 'scsi', mode: 0o444, text: ({ core }) => procScsiText(core), uncut: true }],
});

const procDirectory = new DirectoryType<Machine>('proc', {
  mode: PROC_DIRECTORY_MODE,
  fixed: [
    directoryRow('scsi', procScsiDirectory, (machine) => machine),
    {
      name: 'scsi_tgt',
      kind: 'directory',
      when: ({ core, root }) => root !== null && core.administration === 'procfs',
      entry: (machine) => scsiTgtDirectory.of(loadedRoot(machine)),
    },
  ],
});

const machineDirectory = new DirectoryType<Machine>('machine', {
  fixed: [directoryRow('proc', procDirectory, (machine) => machine), directoryRow('sys', sysDirectory, (machine) => machine)],
});

/** The root of all directories of the machine. */
export const machineRoot = (machine: Machine): DirectoryEntry => machineDirectory.of(machine);
