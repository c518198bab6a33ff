import { awaitDevices, discover, DiscoveryError, type DiscoveredDevice, isReady, type MachineRoots } from '@scst/sg-io';
import { type OperationOptions, type SysfsTree } from '@scst/sysfs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { directories, linkedName, links, orGone } from '../paths.js';
import { type ScsiDevice, scstLun } from '../scsi-device.js';

/** Milliseconds that the kernel's scan is waited for. What it has not found by then it does not find, or cannot ask. */
const PATIENCE = 10_000;
/** Milliseconds that drivers are waited for beyond that: one that refuses a device makes no node for it. */
const DRIVER_PATIENCE = 1000;

/** A session's SCSI host, and the LUNs it is to see. */
interface SessionHost {
  readonly host: number;
  readonly luns: readonly number[];
}

/** The kernel's SCSI devices that sessions of its SCST made. Waits until the hosts have looked. */
export const kernelScsiDevices = async (tree: SysfsTree, { signal, ...roots }: OperationOptions & MachineRoots = {}): Promise<ScsiDevice[]> => {
  const sessions = await sessionHosts(tree);
  if (sessions.length === 0) return [];
  return await devicesOf(sessions, { signal, ...roots });
};

/** The kernel's SCSI device of a LUN of a session, once it has found it; undefined where it does not. */
export const kernelScsiDevice = async (tree: SysfsTree, sessionPath: string, lun: number, options: OperationOptions & MachineRoots = {}): Promise<ScsiDevice | undefined> => {
  const session = await sessionHost(tree, sessionPath);
  if (session === undefined || !session.luns.includes(lun)) return undefined;
  const devices = await devicesOf([{ host: session.host, luns: [lun] }], options);
  return devices.find((device) => scstLun(device.lun) === lun);
};

const devicesOf = async (sessions: readonly SessionHost[], { signal, ...roots }: OperationOptions & MachineRoots): Promise<ScsiDevice[]> => {
  const hosts = new Set(sessions.map(({ host }) => host));
  const options = { ...roots, signal, host: hosts.size === 1 ? sessions[0]?.host : undefined };
  const isFound = (devices: readonly DiscoveredDevice[], is: (device: DiscoveredDevice) => boolean): boolean => {
    const found = new Set(devices.filter(is).map(({ host, lun }) => `${host}:${scstLun(lun)}`));
    return sessions.every(({ host, luns }) => luns.every((lun) => found.has(`${host}:${lun}`)));
  };
  const loaded = new Set(await readdir(join(roots.sys ?? '/sys', 'module')).catch(() => []));
  // Two waits: for the scan, and, shorter, for what the drivers make of what it found.
  await found(awaitDevices((devices) => isFound(devices, () => true), { ...options, timeout: PATIENCE }));
  await found(awaitDevices((devices) => isFound(devices, (device) => isReady(device, loaded)), { ...options, timeout: DRIVER_PATIENCE }));
  return (await discover(options)).filter(({ host }) => hosts.has(host));
};

/** What does not come in time is left out of the list. */
const found = async (waiting: Promise<unknown>): Promise<void> => {
  try {
    await waiting;
  } catch (error) {
    if (!(error instanceof DiscoveryError && error.code === 'TIMEOUT')) throw error;
  }
};

const sessionHosts = async (tree: SysfsTree): Promise<SessionHost[]> => {
  const drivers = await directories(tree, 'targets');
  const targets = await Promise.all(drivers.map(async (driver) => (await directories(tree, `targets/${driver}`)).map((target) => `targets/${driver}/${target}/sessions`)));
  const sessions = await Promise.all(
    targets.flat().map(async (path) => ((await orGone(() => directories(tree, path))) ?? []).map((name) => `${path}/${name}`)),
  );
  return (await Promise.all(sessions.flat().map((path) => sessionHost(tree, path)))).filter((session) => session !== undefined);
};

const sessionHost = async (tree: SysfsTree, path: string): Promise<SessionHost | undefined> =>
  await orGone(async () => {
    if (!(await links(tree, path)).includes('host')) return undefined;
    const [host, names] = await Promise.all([linkedName(tree, `${path}/host`), directories(tree, path)]);
    return { host: Number(host.replace('host', '')), luns: names.flatMap((name) => (/^lun\d+$/u.test(name) ? [Number(name.slice(3))] : [])) };
  });
