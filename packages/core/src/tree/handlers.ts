import { type ScstCore } from '../core.js';
import { typeText } from '../device/types.js';
import { ScstError } from '../errors.js';
import { type DeviceHandler } from '../handlers/device-handler.js';
import { applyParameter, type DeviceDraft } from '../handlers/parameters.js';
import { PassThroughHandler } from '../handlers/pass-through-handler.js';
import { removeVirtualDevice, VdiskHandler } from '../handlers/vdisk-handler.js';
import { shownName } from '../shown-name.js';
import { type Words } from '../text/words.js';
import { type AttributeRow } from './attribute.js';
import { type CollectionRow, DirectoryType, links } from './directory.js';
import { mgmtRow, nothingMore, parameters, parametersNote, required } from './mgmt.js';
import { traceLevelRow } from './trace-level.js';
import { type WorkContext } from './work-queue.js';

const PATH_MAX = 4096;
const DEVICE_NAME = 'the name of a device';

/** A file of the handler's directory, less those SCST has lost. */
const own = <T extends DeviceHandler>(row: AttributeRow<T>): AttributeRow<T> => ({ ...row, when: (handler) => !handler.lostFiles.has(row.name) });

const commonRows = <T extends DeviceHandler>(): readonly AttributeRow<T>[] => [
  own({ name: 'type', mode: 0o444, value: (handler) => typeText(handler.type) }),
  own(traceLevelRow<T>((handler) => handler.traceLevel)),
];

/** A handler has a link to each of its devices. */
const devices = <T extends DeviceHandler>(): CollectionRow<T> => links((handler: T) => handler.devices, (device) => `../../devices/${shownName(device.name)}`);

const addVirtualDevice = async (handler: VdiskHandler, words: Words, context: WorkContext): Promise<void> => {
  const name = required(words, DEVICE_NAME);
  handler.checkName(name);
  const draft: DeviceDraft = {};
  for (const [parameter, value] of parameters(words.rest)) applyParameter(draft, handler.parameters, parameter, value);
  await handler.addDevice(name, draft, context);
};

const vdiskDirectory = new Map<VdiskHandler['kind'], DirectoryType<VdiskHandler>>();

/** The directory type of a vdisk handler: its text lists the parameters of its kind. */
const vdiskDirectoryOf = (handler: VdiskHandler): DirectoryType<VdiskHandler> => {
  const known = vdiskDirectory.get(handler.kind);
  if (known !== undefined) return known;
  const made = new DirectoryType<VdiskHandler>('vdisk handler', {
    attributes: [
      own(
        mgmtRow<VdiskHandler>({
          commands: [
            { word: 'add_device', usage: 'add_device device_name [parameters]', run: addVirtualDevice },
            {
              word: 'del_device',
              usage: 'del_device device_name',
              run: async ({ core }, words) => {
                const name = required(words, DEVICE_NAME);
                nothingMore(words);
                await removeVirtualDevice(core, name);
              },
            },
          ],
          notes: `\nwhere parameters are one or more param_name=value pairs separated by ';'\n${parametersNote(handler.kind.listed)}`,
        }),
      ),
      ...commonRows<VdiskHandler>(),
    ],
    collections: [devices<VdiskHandler>()],
  });
  vdiskDirectory.set(handler.kind, made);
  return made;
};

/** A command of a pass-through handler. All that is wrong is `EINVAL`, a command there is not comes last. */
const onDevice =
  (work: (handler: PassThroughHandler, device: ReturnType<PassThroughHandler['find']>) => void) =>
  (handler: PassThroughHandler, words: Words): void => {
    const name = required(words, 'the HOST:CHANNEL:ID:LUN of a device');
    nothingMore(words);
    work(handler, handler.find(name));
  };

const passThroughDirectory = new DirectoryType<PassThroughHandler>('pass-through handler', {
  attributes: [
    own(
      mgmtRow<PassThroughHandler>({
        commands: [
          {
            word: 'add_device',
            usage: 'add_device H:C:I:L',
            run: onDevice((handler, device) => {
              handler.assign(device);
            }),
          },
          {
            word: 'del_device',
            usage: 'del_device H:C:I:L',
            run: onDevice((handler, device) => {
              handler.release(device);
            }),
          },
        ],
      }),
    ),
    ...commonRows<PassThroughHandler>(),
    {
      name: 'pr_dump_dir',
      mode: 0o644,
      value: (handler) => handler.dumpDirectory,
      store: (handler, text) => {
        const path = text.endsWith('\n') ? text.slice(0, -1) : text;
        if (path.length >= PATH_MAX) throw new ScstError('ENAMETOOLONG', `a path has less than ${PATH_MAX} bytes`);
        handler.dumpDirectory = path;
      },
      when: (handler) => handler.name === 'dev_disk',
    },
  ],
  collections: [devices<PassThroughHandler>()],
});

const plainDirectory = new DirectoryType<DeviceHandler>('handler', { attributes: commonRows<DeviceHandler>(), collections: [devices<DeviceHandler>()] });

/** `handlers/` (SPEC sysfs 8). */
export const handlersDirectory = new DirectoryType<ScstCore>('handlers', {
  collections: [
    {
      lookup: (core, name) => {
        const handler = core.handlers.get(name);
        if (handler instanceof VdiskHandler) return vdiskDirectoryOf(handler).of(handler);
        if (handler instanceof PassThroughHandler) return passThroughDirectory.of(handler);
        return handler === undefined ? undefined : plainDirectory.of(handler);
      },
      *names(core) {
        for (const name of core.handlers.keys()) yield [name, 'directory'];
      },
    },
  ],
});

