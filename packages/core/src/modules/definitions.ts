import { type Administration } from '../administration.js';
import { type ScstCore } from '../core.js';
import { ScstError } from '../errors.js';
import { PassThroughHandler } from '../handlers/pass-through-handler.js';
import { DeviceHandler } from '../handlers/device-handler.js';
import { VCDROM } from '../handlers/vcdrom.js';
import { VDISK_BLOCKIO } from '../handlers/vdisk-blockio.js';
import { VDISK_FILEIO } from '../handlers/vdisk-fileio.js';
import { VdiskHandler } from '../handlers/vdisk-handler.js';
import { VDISK_NULLIO } from '../handlers/vdisk-nullio.js';
import { type ScsiHost } from '../initiator/scsi-host.js';
import { ScstLocalDriver } from '../target/scst-local.js';
import { TraceLevel } from '../trace-level.js';
import { SCST_VERSION } from '../version.js';
import { type ModuleDefinition } from './module.js';

const DEFAULT_TARGET = 'scst_local_tgt';
const DEFAULT_SESSION = 'scst_local_host';
const MOST_HOSTS = 127;
const MOST_TARGETS = 16;

const scst: ModuleDefinition = {
  name: 'scst',
  description: 'SCSI target core',
  version: SCST_VERSION,
  depends: [],
  parameters: [
    { name: 'scst_threads', type: 'int', default: '0', mode: 0o444, description: 'SCSI target threads count (0: the number of CPUs)' },
    { name: 'scst_max_cmd_mem', type: 'int', default: '0', mode: 0o444, description: 'Most memory all commands may take, MB (0: by the size of memory)' },
    { name: 'scst_max_dev_cmd_mem', type: 'int', default: '0', mode: 0o444, description: 'Most memory the commands of one device may take, MB (0: by the size of memory)' },
    { name: 'forcibly_close_sessions', type: 'bool', default: 'N', mode: 0o644, description: 'Deleting an initiator group closes its sessions instead of failing with EBUSY' },
    { name: 'auto_cm_assignment', type: 'bool', default: 'Y', mode: 0o644, description: 'Gives the copy manager every virtual device' },
    { name: 'async_lun_replace', type: 'bool', default: 'N', mode: 0o644, description: 'Replacing a LUN does not wait for the commands of the old one' },
  ],
  load: (core, values) => {
    if (values.number('scst_threads') < 1) values.set('scst_threads', String(core.cpus));
    core.start(values.number('scst_threads'));
  },
  unload: (core) => core.stop(),
};

const scstVdisk: ModuleDefinition = {
  name: 'scst_vdisk',
  description: 'Virtual disks and CD-ROMs over files, block devices or nothing',
  depends: ['scst'],
  parameters: [{ name: 'num_threads', type: 'int', default: '8', mode: 0o444, description: 'Threads of a vdisk_fileio or vcdrom device' }],
  load: (core, values) => {
    if (values.number('num_threads') < 1) values.set('num_threads', '8');
    const traceLevel = new TraceLevel('vdisk');
    for (const kind of [VDISK_FILEIO, VDISK_BLOCKIO, VDISK_NULLIO, VCDROM]) {
      core.handlers.set(kind.name, new VdiskHandler(core, kind, traceLevel, values.number('num_threads')));
    }
  },
  unload: async (core) => {
    for (const device of [...core.virtualDevices.values()]) await core.removeVirtualDevice(device);
    for (const kind of [VDISK_FILEIO, VDISK_BLOCKIO, VDISK_NULLIO, VCDROM]) core.handlers.delete(kind.name);
  },
};

const scstLocal: ModuleDefinition = {
  name: 'scst_local',
  description: 'Target driver whose sessions are SCSI hosts of this machine',
  version: SCST_VERSION,
  depends: ['scst'],
  parameters: [
    { name: 'add_default_tgt', type: 'bool', default: 'Y', mode: 0o444, description: `Makes target ${DEFAULT_TARGET} with session ${DEFAULT_SESSION}` },
  ],
  load: async (core, values) => {
    const driver = new ScstLocalDriver(core);
    core.drivers.set(driver.name, driver);
    if (values.flag('add_default_tgt')) await driver.addSession(driver.addTarget(DEFAULT_TARGET), DEFAULT_SESSION);
  },
  unload: (core) => removeLocal(core),
};

const removeLocal = async (core: ScstCore): Promise<void> => {
  await core.drivers.get('scst_local')?.removeAll();
  core.drivers.delete('scst_local');
};

/** The procfs era's (SPEC sysfs 17): all its targets and sessions are made as it is loaded. */
const oldScstLocal: ModuleDefinition = {
  name: 'scst_local',
  description: scstLocal.description,
  version: '0.9.3',
  depends: ['scst'],
  parameters: [
    { name: 'add_host', type: 'int', default: '1', mode: 0o444, description: `Number of SCSI hosts to make, 0 to ${MOST_HOSTS}` },
    { name: 'num_tgts', type: 'int', default: '1', mode: 0o444, description: `Number of targets of each host, ${MOST_TARGETS} at most` },
    { name: 'max_luns', type: 'int', default: '1', mode: 0o444, description: 'Number of LUNs that are looked for in each target' },
  ],
  load: async (core, values) => {
    const hosts = values.number('add_host');
    if (hosts < 0 || hosts > MOST_HOSTS) throw new ScstError('EINVAL', `add_host is 0 to ${MOST_HOSTS}, not ${hosts}`);
    if (values.number('num_tgts') > MOST_TARGETS) values.set('num_tgts', String(MOST_TARGETS));
    const driver = new ScstLocalDriver(core);
    core.drivers.set(driver.name, driver);
    for (let host = 0; host < hosts; host += 1) {
      const target = driver.addTarget(`scstlcltgt${host}`);
      let beside: ScsiHost | undefined;
      for (let id = 0; id < values.number('num_tgts'); id += 1) {
        const session = await driver.addSession(target, `scstlclhst${host}:${id}`, { beside, id, maxLuns: values.number('max_luns') });
        beside ??= core.hosts.of(session);
      }
    }
  },
  unload: (core) => removeLocal(core),
};

/** A module of pass-through handlers: each takes SCSI devices of one peripheral device type. */
const passThrough = (name: string, type: number, handlers: readonly string[]): ModuleDefinition => ({
  name,
  description: `Pass-through device handler${handlers.length > 1 ? 's' : ''} ${handlers.join(', ')}`,
  depends: ['scst'],
  parameters: [],
  load: (core) => {
    const traceLevel = new TraceLevel('other');
    // The handlers for measuring have no threads of their own.
    for (const handler of handlers) {
      core.handlers.set(handler, new PassThroughHandler(core, { name: handler, type, traceLevel, threadsNum: handler.endsWith('_perf') ? 0 : 1 }));
    }
  },
  unload: (core) => {
    for (const handler of handlers) removeHandler(core, handler);
  },
});

const scstUser: ModuleDefinition = {
  name: 'scst_user',
  description: 'Device handler for programs in user space',
  depends: ['scst'],
  parameters: [],
  load: (core) => {
    core.handlers.set('scst_user', new DeviceHandler(core, { name: 'scst_user', type: -1, traceLevel: new TraceLevel('other') }));
  },
  unload: (core) => {
    removeHandler(core, 'scst_user');
  },
};

const removeHandler = (core: ScstCore, name: string): void => {
  const handler = core.handlers.get(name);
  for (const device of handler?.devices.values() ?? []) device.handler = null;
  core.handlers.delete(name);
};

/** The modules of SCST that the core can load. */
export const modulesFor = (administration: Administration): readonly ModuleDefinition[] => [
  scst,
  scstVdisk,
  administration === 'procfs' ? oldScstLocal : scstLocal,
  passThrough('scst_disk', 0x00, ['dev_disk', 'dev_disk_perf']),
  passThrough('scst_tape', 0x01, ['dev_tape', 'dev_tape_perf']),
  passThrough('scst_processor', 0x03, ['dev_processor']),
  passThrough('scst_cdrom', 0x05, ['dev_cdrom']),
  passThrough('scst_modisk', 0x07, ['dev_modisk', 'dev_modisk_perf']),
  passThrough('scst_changer', 0x08, ['dev_changer']),
  passThrough('scst_raid', 0x0c, ['dev_raid']),
  scstUser,
];
