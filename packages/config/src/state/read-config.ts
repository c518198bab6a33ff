import { mapTogether, type SysfsTree, TreeReader } from '@scst/sysfs';
import { isVirtualHandler } from '../attributes/handlers.js';
import type * as Model from '../model/config.js';
import { attributesOf, pairsOf } from '../model/config.js';
import { trueName } from '../model/names.js';
import { keyAttributesOf } from '../plan/capture.js';
import { splitDynamic } from '../plan/dynamic-attributes.js';
import { Selection } from '../plan/selection.js';
import { readSessions } from '../plan/sessions.js';
import { readInitiators } from './initiators.js';
import { mgmtFacts } from './mgmt-text.js';

export interface ReadConfigOptions {
  /** Only these parts; see `PlanOptions.only`. */
  only?: readonly string[] | undefined;
  /** Most reads under way at a time. Default: 32. */
  concurrency?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * The configuration a tree has: everything a later apply needs to make it again. Of attributes only those with the `[key]` mark
 * that can be given again, and `enabled`; of scst_local's targets also the sessions with their TransportIDs, which no mark tells.
 *
 * The copy manager's LUNs are left out where it has every virtual device, since it then takes them by itself.
 */
export const readConfig = async (tree: SysfsTree, { only, concurrency, signal }: ReadConfigOptions = {}): Promise<Model.ScstConfig> => {
  const reader = new TreeReader(tree, { concurrency, signal });
  const selection = new Selection(only);
  const [attributes, alua, handlers, targetDrivers, deviceGroups] = await Promise.all([
    selection.has('global') ? keyAttributesOf(reader, '', new Set()) : attributesOf([]),
    selection.has('global') ? keyAttributesOf(reader, 'device_groups', new Set()) : attributesOf([]),
    readHandlers(reader, selection),
    readDrivers(reader, selection),
    readDeviceGroups(reader, selection),
  ]);
  return { attributes, handlers, targetDrivers, deviceGroups, alua };
};

/** Devices or LUNs read at a time. Those of a large configuration all at once would have thousands of reads waiting in memory. */
const TOGETHER = 32;

const readHandlers = async (reader: TreeReader, selection: Selection): Promise<Model.HandlerConfig[]> => {
  const names = await reader.names('handlers');
  const passing = reader.passing();
  const handlers = await Promise.all(
    names.map(async (name): Promise<Model.HandlerConfig> => {
      const path = `handlers/${name}`;
      const devices = (await reader.names(path, 'link')).filter((device) => selection.hasDevice(name, device));
      const parameters = (await mgmtFacts(reader, path))?.parameters ?? new Set<string>();
      return {
        name,
        attributes: selection.has('handler', name) ? await keyAttributesOf(reader, path, new Set()) : attributesOf([]),
        devices: await mapTogether(devices, TOGETHER, async (device): Promise<Model.DeviceConfig> => ({ name: device, attributes: await keyAttributesOf(passing, `devices/${device}`, parameters) })),
      };
    }),
  );
  return handlers.filter(({ attributes, devices }) => devices.length > 0 || Object.keys(attributes).length > 0);
};

/** Key attributes, dynamic ones under their plain names, and `enabled`, which has no mark in every driver. */
const readAttributes = async (reader: TreeReader, path: string, dynamic: ReadonlySet<string>): Promise<Model.Attributes> => {
  const key = await keyAttributesOf(reader, path, dynamic, new Set(['enabled']));
  const { dynamic: values, others } = splitDynamic(key, dynamic);
  const enabled = (await reader.has(path, 'enabled')) ? await reader.attribute(`${path}/enabled`) : undefined;
  return attributesOf([
    ...pairsOf(values),
    ...pairsOf(key).filter(([name]) => !others.has(name)),
    ...(enabled === undefined ? [] : ([['enabled', enabled.value]] as [string, string][])),
  ]);
};

const readDrivers = async (reader: TreeReader, selection: Selection): Promise<Model.TargetDriverConfig[]> => {
  const names = await reader.names('targets');
  const drivers = await Promise.all(
    names.map(async (name): Promise<Model.TargetDriverConfig> => {
      const path = `targets/${name}`;
      const facts = await mgmtFacts(reader, path);
      const targets = (await reader.names(path)).filter((target) => selection.hasTarget(name, trueName(target)));
      return {
        name,
        attributes: selection.has('driver', name) ? await readAttributes(reader, path, facts?.driverAttributes ?? new Set()) : attributesOf([]),
        targets: await Promise.all(targets.map((target) => readTarget(reader, name, target, facts?.targetAttributes ?? new Set(), facts?.parameters.has('session_name') === true))),
      };
    }),
  );
  return drivers
    .map((driver) => (driver.name === 'copy_manager' ? { ...driver, targets: driver.targets.filter(saysSomething) } : driver))
    .filter(({ attributes, targets }) => targets.length > 0 || Object.keys(attributes).length > 0);
};

const saysSomething = ({ attributes, luns, groups }: Model.TargetConfig): boolean => luns.length > 0 || groups.length > 0 || Object.keys(attributes).length > 0;

const readTarget = async (reader: TreeReader, driver: string, directory: string, dynamic: ReadonlySet<string>, ownSessions: boolean): Promise<Model.TargetConfig> => {
  const path = `targets/${driver}/${directory}`;
  const [attributes, hardware, sessions, luns, groups] = await Promise.all([
    readAttributes(reader, path, dynamic),
    reader.has(path, 'hw_target').then(async (there) => there && (await reader.attribute(`${path}/hw_target`))?.value === '1'),
    ownSessions ? readOwnSessions(reader, path) : [],
    driver === 'copy_manager' ? readCopyManagerLuns(reader, `${path}/luns`) : readLuns(reader, `${path}/luns`),
    reader.names(`${path}/ini_groups`).then((names) => Promise.all(names.map((name) => readGroup(reader, `${path}/ini_groups/${name}`, name)))),
  ]);
  return { name: trueName(directory), hardware, attributes, sessions, luns, groups };
};

const readOwnSessions = async (reader: TreeReader, target: string): Promise<Model.SessionConfig[]> => {
  const sessions = await readSessions(reader, target);
  return Promise.all(
    sessions.map(async ({ directory, name }): Promise<Model.SessionConfig> => {
      const bytes = await reader.bytes(`${target}/sessions/${directory}/transport_id`);
      return bytes === undefined || bytes.length === 0 ? { name } : { name, transportId: Buffer.from(bytes).toString('hex') };
    }),
  );
};

const readLuns = async (reader: TreeReader, path: string): Promise<Model.LunConfig[]> => {
  const numbers = (await reader.names(path)).map(Number).sort((a, b) => a - b);
  const passing = reader.passing();
  const luns = await mapTogether(numbers, TOGETHER, async (lun): Promise<Model.LunConfig | undefined> => {
    const device = await passing.link(`${path}/${lun}/device`);
    if (device === undefined) return undefined;
    const pairs: [string, string][] = [];
    for (const name of await passing.names(`${path}/${lun}`, 'file')) {
      const live = await passing.attribute(`${path}/${lun}/${name}`);
      if (live?.key === true) pairs.push([name, live.value]);
    }
    return { lun, device, attributes: attributesOf(pairs) };
  });
  return luns.filter((lun) => lun !== undefined);
};

/** The copy manager has every virtual device by itself, unless it was told not to: then, and for SCSI devices, its LUNs are said. */
const readCopyManagerLuns = async (reader: TreeReader, path: string): Promise<Model.LunConfig[]> => {
  const luns = await readLuns(reader, path);
  const handlers = (await reader.names('handlers')).filter(isVirtualHandler);
  const virtual = new Set((await Promise.all(handlers.map((handler) => reader.names(`handlers/${handler}`, 'link')))).flat());
  const present = new Set(luns.map(({ device }) => device));
  const byItself = [...virtual].every((device) => present.has(device));
  return byItself ? luns.filter(({ device }) => !virtual.has(device)) : luns;
};

const readGroup = async (reader: TreeReader, path: string, directory: string): Promise<Model.GroupConfig> => {
  const [attributes, luns, names] = await Promise.all([keyAttributesOf(reader, path, new Set()), readLuns(reader, `${path}/luns`), readInitiators(reader, path)]);
  const initiators = names.map((name): Model.InitiatorConfig => ({ name, attributes: attributesOf([]) }));
  return { name: trueName(directory), attributes, luns, initiators };
};

const readDeviceGroups = async (reader: TreeReader, selection: Selection): Promise<Model.DeviceGroupConfig[]> => {
  const names = (await reader.names('device_groups')).filter((name) => selection.has('device_group', trueName(name)));
  return Promise.all(
    names.map(async (name): Promise<Model.DeviceGroupConfig> => {
      const path = `device_groups/${name}`;
      const [attributes, devices, groups] = await Promise.all([keyAttributesOf(reader, path, new Set()), reader.names(`${path}/devices`, 'link'), reader.names(`${path}/target_groups`)]);
      return { name: trueName(name), attributes, devices, targetGroups: await Promise.all(groups.map((group) => readTargetGroup(reader, `${path}/target_groups/${group}`, group))) };
    }),
  );
};

const readTargetGroup = async (reader: TreeReader, path: string, directory: string): Promise<Model.TargetGroupConfig> => {
  const [attributes, entries] = await Promise.all([keyAttributesOf(reader, path, new Set()), reader.list(path)]);
  const targets = await Promise.all(
    (entries ?? [])
      .filter(({ type }) => type !== 'file')
      // Behind the link of a target of this machine stand its own attributes.
      .map(async ({ name, type }) => ({ name: trueName(name), attributes: type === 'link' ? attributesOf([]) : await keyAttributesOf(reader, `${path}/${name}`, new Set()) })),
  );
  return { name: trueName(directory), attributes, targets };
};
