import { type ByteString } from '../bytes.js';
import { type ScstCore } from '../core.js';
import { IDENTITY_LIMITS } from '../device/identity.js';
import { type VirtualDevice } from '../device/virtual-device.js';
import { ScstError } from '../errors.js';
import { type DeviceDraft } from '../handlers/parameters.js';
import { VdiskHandler } from '../handlers/vdisk-handler.js';
import { leadingNumber } from '../text/numbers.js';
import { isSpace, trimSpaceBefore, type Words } from '../text/words.js';
import { columns, commandStore, procFile } from './proc-file.js';
import { closeDevice, fileName, findVirtualDevice, megabytes, newDeviceName } from './virtual-devices.js';

/** Widths of `Name`, `Size(MB)`, `Block size`, `Options`, `File name` and `T10 device id`. */
const HEADER = [17, 11, 11, 15, 45, 16];
/** In the lines below, block size, options and file name follow each other without a space. */
const LINE = [17, 11];
const BLOCK_SIZE = 12;
const OPTIONS = 16;
const FILE_NAME = 45;
const T10_DEVICE_ID = 16;

/** How options show, and how many columns SCST counts each as: it is wrong about the last. */
const OPTION_TEXTS: readonly (readonly [text: string, columns: number, has: (device: VirtualDevice) => boolean])[] = [
  ['WT ', 3, (device) => device.writeThrough],
  ['NV ', 3, (device) => device.nvCache],
  ['RO ', 3, (device) => device.readOnly],
  ['DR ', 3, (device) => device.oDirect],
  ['NIO ', 4, (device) => device.kind === 'nullio'],
  ['BIO ', 4, (device) => device.kind === 'blockio'],
  ['RM ', 4, (device) => device.removable],
];

const optionsOf = (device: VirtualDevice): string => {
  const there = OPTION_TEXTS.filter(([, , has]) => has(device));
  const counted = there.reduce((sum, [, width]) => sum + width, 0);
  return there.map(([text]) => text).join('') + ' '.repeat(Math.max(0, OPTIONS - counted));
};

const lineOf = (device: VirtualDevice): string => {
  const joined = `${String(device.blockSize).padEnd(BLOCK_SIZE)}${optionsOf(device)}${fileName(device).padEnd(FILE_NAME)}`;
  return columns(LINE, [device.name, megabytes(device), joined, device.t10DevId.padEnd(T10_DEVICE_ID)]);
};

/** What the flags of `open` ask for. */
interface OpenFlags {
  readonly draft: DeviceDraft;
  handler: 'vdisk_fileio' | 'vdisk_blockio' | 'vdisk_nullio';
}

const FLAGS: Readonly<Record<string, (flags: OpenFlags) => void>> = {
  WRITE_THROUGH: ({ draft }) => {
    draft.writeThrough = true;
  },
  NV_CACHE: ({ draft }) => {
    draft.nvCache = true;
  },
  READ_ONLY: ({ draft }) => {
    draft.readOnly = true;
  },
  // It was ignored then, too.
  O_DIRECT: () => undefined,
  NULLIO: (flags) => {
    flags.handler = 'vdisk_nullio';
  },
  BLOCKIO: (flags) => {
    if (flags.handler !== 'vdisk_nullio') flags.handler = 'vdisk_blockio';
  },
  REMOVABLE: ({ draft }) => {
    draft.removable = true;
  },
};

/** Takes the block size off the text, if it begins with one. `EINVAL`: not a power of two from 512 on. */
const takeBlockSize = (text: ByteString, draft: DeviceDraft): ByteString => {
  if (!/^\d/.test(text)) return text;
  const { value, rest } = leadingNumber(text);
  const size = BigInt.asUintN(32, value);
  if (rest !== '' && !isSpace(rest.charAt(0))) throw new ScstError('EINVAL', `${text} does not begin with a block size`);
  if (size < 512n || (size & (size - 1n)) !== 0n) throw new ScstError('EINVAL', `a block size is a power of two from 512 on, not ${size.toString()}`);
  draft.blockSize = Number(size);
  return trimSpaceBefore(rest);
};

/** Takes flags, which need nothing between them. */
const takeFlags = (text: ByteString, flags: OpenFlags): void => {
  for (let rest = text; rest !== ''; ) {
    const flag = Object.keys(FLAGS).find((name) => rest.startsWith(name));
    if (flag === undefined) throw new ScstError('EINVAL', `there is no flag ${rest}; there are ${Object.keys(FLAGS).join(', ')}`);
    FLAGS[flag]?.(flags);
    rest = trimSpaceBefore(rest.slice(flag.length));
  }
};

const openDevice = async (core: ScstCore, words: Words): Promise<void> => {
  const name = newDeviceName(core, words);
  const filename = words.next();
  if (filename === '') throw new ScstError('EINVAL', 'the name of a file is missing');
  const flags: OpenFlags = { draft: { filename }, handler: 'vdisk_fileio' };
  takeFlags(takeBlockSize(trimSpaceBefore(words.rest), flags.draft), flags);
  if (flags.handler !== 'vdisk_nullio' && !filename.startsWith('/')) throw new ScstError('EINVAL', `${filename} is not an absolute path`);
  const handler = core.handlers.get(flags.handler);
  if (handler instanceof VdiskHandler) await handler.addDevice(name, flags.draft);
};

const resyncSize = async (device: VirtualDevice): Promise<void> => {
  if (device.kind !== 'nullio') await device.resyncSize();
};

/** All that is left is the id; what is too long of it is cut off. */
const setT10DevId = (device: VirtualDevice, words: Words): void => {
  const id = trimSpaceBefore(words.rest);
  if (id === '') throw new ScstError('EINVAL', 'the T10 device id is missing');
  device.setIdentity('t10DevId', id.slice(0, IDENTITY_LIMITS.t10DevId));
};

/** The file `vdisk/vdisk`: the disks of all handlers (SPEC sysfs 17). */
export const vdiskFile = procFile<VdiskHandler>({
  name: 'vdisk',
  show: ({ core }) => {
    const disks = [...core.virtualDevices.values()].filter((device) => device.kind !== 'cdrom');
    return columns(HEADER, ['Name', 'Size(MB)', 'Block size', 'Options', 'File name', 'T10 device id']) + disks.map(lineOf).join('');
  },
  store: commandStore<VdiskHandler>({
    core: ({ core }) => core,
    caseSensitive: true,
    commands: [
      { start: 'close ', run: ({ core }, words) => closeDevice(core, words) },
      { start: 'open ', run: ({ core }, words) => openDevice(core, words) },
      { start: 'resync_size ', run: ({ core }, words) => resyncSize(findVirtualDevice(core, words)) },
      {
        start: 'set_t10_dev_id ',
        run: ({ core }, words) => {
          setT10DevId(findVirtualDevice(core, words), words);
        },
      },
    ],
  }),
});
