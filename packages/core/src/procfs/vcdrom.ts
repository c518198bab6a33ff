import { type ByteString } from '../bytes.js';
import { ScstError } from '../errors.js';
import { type VdiskHandler } from '../handlers/vdisk-handler.js';
import { trimSpace, type Words } from '../text/words.js';
import { columns, commandStore, procFile } from './proc-file.js';
import { closeDevice, fileName, findVirtualDevice, megabytes, newDeviceName } from './virtual-devices.js';

/** Widths of `Name` and `Size(MB)`; `File name` is the last. */
const WIDTHS = [17, 9];

/** A medium, or none. */
const mediumOf = (path: ByteString): ByteString | null => {
  if (path === '') return null;
  if (!path.startsWith('/')) throw new ScstError('EINVAL', `${path} is not an absolute path`);
  return path;
};

const openDrive = async (handler: VdiskHandler, words: Words): Promise<void> => {
  const name = newDeviceName(handler.core, words);
  const filename = mediumOf(words.next());
  await handler.addDevice(name, filename === null ? {} : { filename });
};

const changeMedium = async ({ core }: VdiskHandler, words: Words): Promise<void> => {
  const device = findVirtualDevice(core, words);
  if (device.kind !== 'cdrom') throw new ScstError('EINVAL', `device ${device.name} is no CD-ROM drive`);
  const path = mediumOf(trimSpace(words.rest));
  if (device.server.mediumRemovalPrevented) throw new ScstError('EINVAL', `an initiator prevents the removal of the medium of device ${device.name}`);
  await device.setMedium(path);
};

/** The file `vcdrom/vcdrom` (SPEC sysfs 17). */
export const vcdromFile = procFile<VdiskHandler>({
  name: 'vcdrom',
  show: ({ core }) => {
    const drives = [...core.virtualDevices.values()].filter((device) => device.kind === 'cdrom');
    const lines = drives.map((device) => columns(WIDTHS, [device.name, megabytes(device), fileName(device)]));
    return columns(WIDTHS, ['Name', 'Size(MB)', 'File name']) + lines.join('');
  },
  store: commandStore<VdiskHandler>({
    core: ({ core }) => core,
    caseSensitive: true,
    commands: [
      { start: 'close ', run: ({ core }, words) => closeDevice(core, words) },
      { start: 'change ', run: changeMedium },
      { start: 'open ', run: openDrive },
    ],
  }),
});
