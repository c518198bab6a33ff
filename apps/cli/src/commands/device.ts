import { type Command } from 'commander';
import { parseParameters } from '../address/parameters.js';
import { resolveDevice } from '../address/resolve.js';
import { type Context } from '../context.js';
import { addFamily, annotate, argument, option } from '../definition.js';
import { checkHandler, prepareDevice } from '../device/prepare.js';
import { checkSize } from '../device/check-size.js';
import { usageError } from '../errors.js';
import { attributesJson, attributesTable } from '../output/attributes.js';
import { formatSize, parseSize } from '../output/size.js';
import { formatTable } from '../output/table.js';
import { surveyDirectory } from '../survey/attributes.js';
import { type DeviceView, formatExport, surveyDevice, surveyDevices } from '../survey/device.js';
import { addAttributesCommand } from './attributes-command.js';

export const addDeviceCommands = (program: Command, context: Context): void => {
  const family = addFamily(program, 'device', 'add, remove, list and change devices');
  addAdd(family, context);
  addRemove(family, context);
  addList(family, context);
  addShow(family, context);
  addAttributesCommand(family, context, {
    whose: 'a device’s',
    address: argument('<name>', 'a device', 'device'),
    options: [],
    examples: [
      { command: 'scst-local device set disk1 t10_vend_id=ACME prod_id=Disk', does: 'what INQUIRY says' },
      { command: 'scst-local device set disk1 resync_size=1', does: 'look at the file’s size anew' },
    ],
    find: async (scst, device) => ({ attributes: (await resolveDevice(scst, device)).attributes, place: { device } }),
  });
};

interface AddOptions {
  handler?: string;
  file?: string;
  create?: bigint;
  blockSize?: string;
  readOnly?: boolean;
}

const addAdd = (family: Command, context: Context): void => {
  const command = family
    .command('add')
    .description('add a device')
    .argument('<name>', 'at most 64 bytes, without “/” and “.”; for pass-through handlers H:C:I:L of a SCSI device')
    .argument('[parameters...]', 'parameters of the handler, NAME=VALUE')
    .addOption(option('--handler <name>', 'device handler (default: vdisk_fileio for files, vdisk_blockio for block devices)', 'handler'))
    .addOption(option('-f, --file <path>', 'backing file; relative to the current directory', 'file'))
    .option('--create <size>', 'make the backing file first, of this size (1G, 512M …); it must not exist', (text) => {
      const size = parseSize(text);
      if (size === undefined) throw usageError(`“${text}” is no size`, 'Sizes are numbers of bytes, with K, M, G, T or P for powers of 1024.');
      return size;
    })
    .option('--block-size <bytes>', 'bytes per block, a power of two of at least 512 (default: 512)')
    .option('--read-only', 'initiators cannot write')
    .action(async (name: string, words: string[], options: AddOptions) => {
      const parameters = {
        ...parseParameters(words),
        ...(options.blockSize === undefined ? {} : { blocksize: options.blockSize }),
        ...(options.readOnly === true ? { read_only: '1' } : {}),
      };
      await context.withScst(async (scst) => {
        const prepared = await prepareDevice(scst, { handler: options.handler, file: options.file, create: options.create, parameters });
        try {
          const device = await scst.handler(prepared.handler).add(name, prepared.parameters, { signal: context.signal });
          const view = await surveyDevice(device);
          for (const warning of checkSize(view)) context.warn(warning);
          context.result(view, '');
        } catch (error) {
          await prepared.undo();
          throw error;
        }
      });
    });
  annotate(command, {
    text: ['The parameters a handler takes are listed in its mgmt file: scst-local get --raw handlers/vdisk_fileio/mgmt'],
    examples: [
      { command: 'scst-local device add disk1 --file disk1.img --create 1G', does: 'make a sparse file and a disk of it' },
      { command: 'scst-local device add disk2 --file /dev/vg0/lv1', does: 'a block device, through vdisk_blockio' },
      { command: 'scst-local device add null1 --handler vdisk_nullio size_mb=1024', does: 'a disk that forgets' },
    ],
  });
};

const addRemove = (family: Command, context: Context): void => {
  const command = family
    .command('remove')
    .description('remove a device; its file stays')
    .addArgument(argument('<name>', 'a device', 'device'))
    .option('--force', 'even while it is exported and in use: its LUNs go with it')
    .action(async (name: string, { force = false }: { force?: boolean }) => {
      await context.withScst(async (scst) => {
        const device = await resolveDevice(scst, name);
        await device.remove({ force, unlessUsed: !force, signal: context.signal });
        context.result({ device: name }, '');
      });
    });
  annotate(command, { examples: [{ command: 'scst-local device remove disk1', does: 'refused while a LUN shows it' }] });
};

const addList = (family: Command, context: Context): void => {
  const command = family
    .command('list')
    .description('list devices')
    .addOption(option('--handler <name>', 'those of one handler', 'handler'))
    .action(async ({ handler }: { handler?: string }) => {
      await context.withScst(async (scst) => {
        if (handler !== undefined) await checkHandler(scst, handler);
        const views = (await surveyDevices(scst)).filter((view) => handler === undefined || view.handler === handler);
        context.result(views, devicesTable(views, context.out.bold));
      });
    });
  annotate(command, {
    examples: [
      { command: 'scst-local device list', does: 'names, handlers, sizes, files, and where they are exported' },
      { command: "scst-local device list --json | jq -r '.[] | select(.exports == []) | .name'", does: 'devices that no LUN shows' },
    ],
  });
};

const devicesTable = (views: readonly DeviceView[], bold: (text: string) => string): string =>
  formatTable(
    [{ heading: 'DEVICE' }, { heading: 'HANDLER' }, { heading: 'SIZE', align: 'right' }, { heading: 'BLOCK', align: 'right' }, { heading: 'FILE' }, { heading: 'EXPORTED AS' }],
    views.map(({ name, handler, size, blockSize, file, exports }) => [
      name,
      handler ?? '-',
      size === undefined ? '-' : formatSize(size),
      blockSize === undefined ? '-' : String(blockSize),
      file ?? '-',
      exports.length === 0 ? '-' : exports.map(formatExport).join(', '),
    ]),
    bold,
  );

const addShow = (family: Command, context: Context): void => {
  const command = family
    .command('show')
    .description('show a device’s attributes and where it is exported')
    .addArgument(argument('<name>', 'a device', 'device'))
    .action(async (name: string) => {
      await context.withScst(async (scst) => {
        const device = await resolveDevice(scst, name);
        const [{ attributes }, view] = await Promise.all([surveyDirectory(scst.tree, device.path), surveyDevice(device)]);
        const exports = view.exports.length === 0 ? 'nowhere' : view.exports.map(formatExport).join(', ');
        context.result(
          { ...view, attributes: attributesJson(attributes) },
          `${name}: ${view.handler ?? 'no handler'}, exported ${exports === 'nowhere' ? exports : `as ${exports}`}\n${attributesTable(attributes, context.out.bold)}`,
        );
      });
    });
  annotate(command, { examples: [{ command: 'scst-local device show disk1', does: '* marks attributes that differ from their defaults' }] });
};
