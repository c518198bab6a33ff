import { baseName, mapTogether, type OperationOptions, type SysfsTree, TreeReader } from '@scst/sysfs';
import { type DeviceObject, type LunObject, type ScstObject, type ScstState, type SessionObject, type TargetGroupObject } from './objects.js';

/** Reads under way at a time: a look at everything must not keep the tree from others. */
const CONCURRENCY = 16;
/** Objects of a kind looked at at a time. */
const TOGETHER = 64;

export interface ReadStateOptions extends OperationOptions {
  /** The state before: what cannot change while an object is there is taken from it. */
  before?: ScstState | undefined;
}

/**
 * Reads every object of an SCST once. What goes while it is looked at is left out. The copy manager's own LUNs, one for every virtual
 * device, are left out too.
 */
export const readState = async (tree: SysfsTree, { signal, before }: ReadStateOptions = {}): Promise<ScstState> => {
  const reader = new TreeReader(tree, { concurrency: CONCURRENCY, signal }).passing();
  const [devices, targets, deviceGroups] = await Promise.all([readDevices(reader), readTargets(reader, before), readDeviceGroups(reader)]);
  return new Map([...devices, ...targets, ...deviceGroups].map((object) => [object.path, object]));
};

const readDevices = async (reader: TreeReader): Promise<ScstObject[]> =>
  present(await mapTogether(await reader.names('devices'), TOGETHER, (name) => readDevice(reader, name)));

const readDevice = async (reader: TreeReader, device: string): Promise<DeviceObject | undefined> => {
  const path = `devices/${device}`;
  const entries = await reader.list(path);
  if (entries === undefined) return undefined;
  const names = new Set(entries.map(({ name }) => name));
  const value = async (name: string): Promise<string | undefined> => (names.has(name) ? (await reader.attribute(`${path}/${name}`))?.value : undefined);
  const [handler, file, size, readOnly, active] = await Promise.all([
    names.has('handler') ? reader.link(`${path}/handler`) : undefined,
    value('filename'),
    value('size'),
    value('read_only'),
    value('active'),
  ]);
  return { kind: 'device', path, device, handler, file: file === '' || file === 'none' ? undefined : file, size, readOnly: flag(readOnly), active: flag(active) };
};

const readTargets = async (reader: TreeReader, before: ScstState | undefined): Promise<ScstObject[]> => {
  const drivers = (await reader.names('targets')).filter((name) => name !== 'copy_manager');
  const targets = (await Promise.all(drivers.map(async (driver) => (await reader.names(`targets/${driver}`)).map((target) => ({ driver, target }))))).flat();
  return (await mapTogether(targets, TOGETHER, (target) => readTarget(reader, target, before))).flat();
};

interface TargetName {
  readonly driver: string;
  readonly target: string;
}

const readTarget = async (reader: TreeReader, name: TargetName, before: ScstState | undefined): Promise<ScstObject[]> => {
  const path = `targets/${name.driver}/${name.target}`;
  const entries = await reader.list(path);
  if (entries === undefined) return [];
  const [enabled, luns, groups, sessions] = await Promise.all([
    entries.some((entry) => entry.name === 'enabled') ? reader.attribute(`${path}/enabled`) : undefined,
    readLuns(reader, name, undefined, path),
    reader.names(`${path}/ini_groups`),
    reader.names(`${path}/sessions`),
  ]);
  const inGroups = await mapTogether(groups, TOGETHER, (group) => readGroup(reader, name, group, `${path}/ini_groups/${group}`));
  const ofSessions = await mapTogether(sessions, TOGETHER, (session) => readSession(reader, name, session, `${path}/sessions/${session}`, before));
  return [{ kind: 'target', path, ...name, enabled: flag(enabled?.value) }, ...luns, ...inGroups.flat(), ...present(ofSessions)];
};

const readGroup = async (reader: TreeReader, name: TargetName, group: string, path: string): Promise<ScstObject[]> => {
  const [luns, initiators] = await Promise.all([readLuns(reader, name, group, path), reader.names(`${path}/initiators`, 'file')]);
  return [
    { kind: 'group', path, ...name, group },
    ...initiators.filter((initiator) => initiator !== 'mgmt').map((initiator): ScstObject => ({ kind: 'initiator', path: `${path}/initiators/${initiator}`, ...name, group, initiator })),
    ...luns,
  ];
};

const readLuns = async (reader: TreeReader, name: TargetName, group: string | undefined, set: string): Promise<LunObject[]> => {
  const luns = (await reader.names(`${set}/luns`)).map(Number).sort((a, b) => a - b);
  const found = await mapTogether(luns, TOGETHER, async (lun): Promise<LunObject | undefined> => {
    const path = `${set}/luns/${lun}`;
    const [device, readOnly] = await Promise.all([reader.link(`${path}/device`), reader.attribute(`${path}/read_only`)]);
    return device === undefined || readOnly === undefined ? undefined : { kind: 'lun', path, ...name, group, lun, device, readOnly: readOnly.value === '1' };
  });
  return present(found);
};

const readSession = async (reader: TreeReader, name: TargetName, session: string, path: string, before: ScstState | undefined): Promise<SessionObject | undefined> => {
  const known = before?.get(path);
  const [initiator, luns, host] = await Promise.all([
    known?.kind === 'session' ? known.initiator : reader.attribute(`${path}/initiator_name`).then((found) => found?.value),
    reader.leadsTo(`${path}/luns`),
    reader.link(`${path}/host`),
  ]);
  if (initiator === undefined || luns === undefined) return undefined;
  const group = /\/ini_groups\/([^/]+)\/luns$/u.exec(luns)?.[1];
  return { kind: 'session', path, ...name, session, initiator, group, host: host === undefined ? undefined : Number(host.replace('host', '')) };
};

const readDeviceGroups = async (reader: TreeReader): Promise<ScstObject[]> => {
  const groups = await mapTogether(await reader.names('device_groups'), TOGETHER, async (deviceGroup): Promise<ScstObject[]> => {
    const path = `device_groups/${deviceGroup}`;
    const [devices, targetGroups] = await Promise.all([reader.names(`${path}/devices`, 'link'), reader.names(`${path}/target_groups`)]);
    const below = await mapTogether(targetGroups, TOGETHER, (targetGroup) => readTargetGroup(reader, deviceGroup, targetGroup, `${path}/target_groups/${targetGroup}`));
    return [{ kind: 'device-group', path, deviceGroup, devices }, ...present(below)];
  });
  return groups.flat();
};

const readTargetGroup = async (reader: TreeReader, deviceGroup: string, targetGroup: string, path: string): Promise<TargetGroupObject | undefined> => {
  const entries = await reader.list(path);
  if (entries === undefined) return undefined;
  const [state, preferred] = await Promise.all([reader.attribute(`${path}/state`), reader.attribute(`${path}/preferred`)]);
  // Targets of this machine are links, those of others directories.
  const targets = entries.filter(({ type }) => type !== 'file').map((entry) => baseName(entry.name));
  return { kind: 'target-group', path, deviceGroup, targetGroup, state: state?.value, preferred: flag(preferred?.value), targets };
};

const flag = (value: string | undefined): boolean | undefined => (value === undefined ? undefined : value !== '0');

const present = <T>(items: readonly (T | undefined)[]): T[] => items.filter((item) => item !== undefined);
