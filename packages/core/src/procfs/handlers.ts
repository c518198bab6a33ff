import { type ByteString } from '../bytes.js';
import { type ScstCore } from '../core.js';
import { typeText } from '../device/types.js';
import { type DeviceHandler } from '../handlers/device-handler.js';
import { VdiskHandler } from '../handlers/vdisk-handler.js';
import { type AttributeRow } from '../tree/attribute.js';
import { DirectoryType, type DirectoryEntry } from '../tree/directory.js';
import { VCDROM_HELP, VDISK_HELP } from './help.js';
import { PROC_DIRECTORY_MODE, procFile } from './proc-file.js';
import { traceLevelFile } from './trace-level.js';
import { vcdromFile } from './vcdrom.js';
import { vdiskFile } from './vdisk.js';

const FILEIO = 'vdisk_fileio';
/** How vdisk_fileio is called here; disks of the other two handlers are its disks, too. */
const VDISK = 'vdisk';
const WITHOUT_DIRECTORY: ReadonlySet<ByteString> = new Set(['vdisk_blockio', 'vdisk_nullio']);

const typeFile = <T extends DeviceHandler>(): AttributeRow<T> =>
  procFile<T>({ name: 'type', show: ({ type }) => `${typeText(type)}\n`, when: ({ type }) => type >= 0 });

const traceLevel = <T extends DeviceHandler>(): AttributeRow<T> =>
  traceLevelFile<T>(
    (handler) => handler.traceLevel,
    ({ core }) => core,
  );

const plainDirectory = new DirectoryType<DeviceHandler>('proc handler', {
  mode: PROC_DIRECTORY_MODE,
  attributes: [traceLevel<DeviceHandler>(), typeFile<DeviceHandler>()],
});

const withDevices = (file: AttributeRow<VdiskHandler>, help: string): DirectoryType<VdiskHandler> =>
  new DirectoryType<VdiskHandler>(`proc handler ${file.name}`, {
    mode: PROC_DIRECTORY_MODE,
    attributes: [procFile<VdiskHandler>({ name: 'help', show: () => help }), traceLevel<VdiskHandler>(), typeFile<VdiskHandler>(), file],
  });

const vdiskDirectory = withDevices(vdiskFile, VDISK_HELP);
const vcdromDirectory = withDevices(vcdromFile, VCDROM_HELP);

/** The directory of a handler, by the name it has here. */
export const handlerDirectory = (core: ScstCore, name: ByteString): DirectoryEntry | undefined => {
  if (name === FILEIO || WITHOUT_DIRECTORY.has(name)) return undefined;
  const handler = core.handlers.get(name === VDISK ? FILEIO : name);
  if (handler instanceof VdiskHandler) return (handler.name === FILEIO ? vdiskDirectory : vcdromDirectory).of(handler);
  return handler === undefined ? undefined : plainDirectory.of(handler);
};

/** The names handlers have here. */
export function* handlerNames(core: ScstCore): Generator<ByteString> {
  for (const name of core.handlers.keys()) if (!WITHOUT_DIRECTORY.has(name)) yield name === FILEIO ? VDISK : name;
}
