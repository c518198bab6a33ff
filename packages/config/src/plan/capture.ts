import { type TreeReader } from '@scst/sysfs';
import { KNOWN_HANDLERS } from '../attributes/handlers.js';
import { attributesOf, type Attributes } from '../model/config.js';
import { mgmtFacts } from '../state/mgmt-text.js';
import { command, devicePath, handlerPath, valueWrite } from './context.js';
import { splitAttributes } from './device-parameters.js';
import { type TreeWrite } from './operation.js';

/** A LUN a device is exported as. */
export interface CapturedExport {
  /** Path of the LUN's directory. */
  readonly path: string;
  /** Path of the `luns` directory. */
  readonly luns: string;
  readonly lun: number;
  readonly readOnly: boolean;
}

/** What is needed to make a device again. */
export interface CapturedDevice {
  readonly handler: string | undefined;
  /** Attributes with the key mark that can be given again: parameters of `add_device` and what can be written. */
  readonly keyAttributes: Attributes;
  /** Exports but the copy manager's, which come by themselves. */
  readonly exports: readonly CapturedExport[];
  /** The ALUA device group it belongs to. */
  readonly deviceGroup: string | undefined;
  /** The writes that make it again, without its LUNs. */
  readonly writes: readonly TreeWrite[];
}

/** Reads all that is needed to make a device again. */
export const captureDevice = async (reader: TreeReader, device: string, handler: string | undefined): Promise<CapturedDevice> => {
  const [keyAttributes, exports, deviceGroup] = await Promise.all([readSettable(reader, device, handler), readExports(reader, device), findDeviceGroup(reader, device)]);
  const writes = handler === undefined ? [] : await writesOf(reader, device, handler, keyAttributes);
  return { handler, keyAttributes, exports, deviceGroup, writes };
};

const parametersOf = async (reader: TreeReader, handler: string): Promise<ReadonlySet<string>> =>
  (await mgmtFacts(reader, handlerPath(handler)))?.parameters ?? KNOWN_HANDLERS.get(handler)?.parameters ?? new Set<string>();

const readSettable = async (reader: TreeReader, device: string, handler: string | undefined): Promise<Attributes> => {
  const path = devicePath(device);
  const parameters = handler === undefined ? new Set<string>() : await parametersOf(reader, handler);
  return keyAttributesOf(reader, path, parameters);
};

/** Attributes of a directory that carry the key mark and can be given again. */
export const keyAttributesOf = async (reader: TreeReader, path: string, parameters: ReadonlySet<string>, skip?: ReadonlySet<string>): Promise<Attributes> => {
  const pairs: [string, string][] = [];
  // One by one: objects are many, and those are what is read at the same time.
  for (const { name, type } of (await reader.list(path)) ?? []) {
    if (type !== 'file' || name === 'mgmt' || skip?.has(name) === true) continue;
    const file = join(path, name);
    const mode = (await reader.mode(file)) ?? 0;
    if ((mode & 0o400) === 0 || ((mode & 0o200) === 0 && !isParameter(name, parameters))) continue;
    const live = await reader.attribute(file);
    if (live?.key === true) pairs.push([name, live.value]);
  }
  return attributesOf(pairs);
};

/** Dynamic attributes are numbered from the second on: IncomingUser1. */
const isParameter = (name: string, parameters: ReadonlySet<string>): boolean => parameters.has(name) || parameters.has(name.replace(/\d+$/u, ''));

const join = (directory: string, name: string): string => (directory === '' ? name : `${directory}/${name}`);

const readExports = async (reader: TreeReader, device: string): Promise<CapturedExport[]> => {
  const directory = `${devicePath(device)}/exported`;
  const links = await reader.names(directory, 'link');
  const exports = await Promise.all(
    links.map(async (name): Promise<CapturedExport[]> => {
      const path = await reader.leadsTo(`${directory}/${name}`);
      if (path === undefined || path.startsWith('targets/copy_manager/')) return [];
      const cut = path.lastIndexOf('/');
      const readOnly = (await reader.attribute(`${path}/read_only`))?.value === '1';
      return [{ path, luns: path.slice(0, cut), lun: Number(path.slice(cut + 1)), readOnly }];
    }),
  );
  return exports.flat();
};

const findDeviceGroup = async (reader: TreeReader, device: string): Promise<string | undefined> => {
  const groups = await reader.names('device_groups');
  const found = await Promise.all(groups.map((group) => reader.has(`device_groups/${group}/devices`, device)));
  return groups.find((_, index) => found[index] === true);
};

const writesOf = async (reader: TreeReader, device: string, handler: string, attributes: Attributes): Promise<TreeWrite[]> => {
  const parameters = await parametersOf(reader, handler);
  const { given, later } = splitAttributes(attributes, parameters);
  return [
    command(`${handlerPath(handler)}/mgmt`, ['add_device', device], Object.fromEntries(given)),
    ...later.map(([name, value]) => valueWrite(`${devicePath(device)}/${name}`, value)),
  ];
};
