import { readdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { byAddress, type DiscoveredDevice } from './discovered-device.js';
import { linkAt, namesIn, orNothing, readNumber, readText } from './kernel-files.js';
import { type Machine, machineAt, type MachineRoots } from './roots.js';

export interface DiscoverOptions extends MachineRoots {
  /** Those of one SCSI host. Default: all. */
  readonly host?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The classes of the nodes that drivers make, and what their nodes are called. */
const NODES: readonly (readonly [subdirectory: string, name: RegExp])[] = [
  ['block', /./u],
  ['scsi_tape', /^st\d+$/u],
  ['scsi_changer', /./u],
  ['onstream_tape', /^osst\d+$/u],
];

/** Devices looked at at a time. */
const AT_A_TIME = 32;

/** The SCSI devices of the machine, in order of their addresses. One that goes away during the look is left out. */
export const discover = async ({ host, signal, ...roots }: DiscoverOptions = {}): Promise<DiscoveredDevice[]> => {
  const machine = machineAt(roots);
  const addresses = (await namesIn(join(machine.sys, 'bus/scsi/devices'))).filter((name) => {
    const [, hostOf] = /^(\d+):\d+:\d+:\d+$/u.exec(name) ?? [];
    return hostOf !== undefined && (host === undefined || Number(hostOf) === host);
  });
  const devices: DiscoveredDevice[] = [];
  for (let at = 0; at < addresses.length; at += AT_A_TIME) {
    signal?.throwIfAborted();
    const found = await Promise.all(addresses.slice(at, at + AT_A_TIME).map((address) => describe(machine, address)));
    devices.push(...found.filter((device) => device !== undefined));
  }
  return devices.sort(byAddress);
};

/** The SCSI device of an `H:C:I:L`, or undefined where there is none. */
export const deviceAt = async (address: string, roots: MachineRoots = {}): Promise<DiscoveredDevice | undefined> =>
  /^\d+:\d+:\d+:\d+$/u.test(address) ? await describe(machineAt(roots), address) : undefined;

const describe = async (machine: Machine, address: string): Promise<DiscoveredDevice | undefined> => {
  const directory = join(machine.sys, 'bus/scsi/devices', address);
  const text = (name: string): Promise<string | undefined> => readText(join(directory, name));
  const number = (name: string): Promise<number | undefined> => readNumber(join(directory, name));
  const [link, vendor, model, revision, state, type, level, timeout, queueDepth, driver, node, sg, bsg] = await Promise.all([
    linkAt(directory),
    text('vendor'),
    text('model'),
    text('rev'),
    text('state'),
    number('type'),
    number('scsi_level'),
    number('timeout'),
    number('queue_depth'),
    linkAt(join(directory, 'driver')),
    findNode(machine, directory),
    firstIn(directory, 'scsi_generic'),
    firstIn(directory, 'bsg'),
  ]);
  if (link === undefined || vendor === undefined || model === undefined || revision === undefined || type === undefined || level === undefined) return undefined;
  const [host = 0, channel = 0, id = 0, lun = 0] = address.split(':').map(Number);
  return {
    address, host, channel, id, lun, type, vendor, model, revision, scsiLevel: level, state: state ?? 'running', queueDepth,
    timeout: timeout === undefined ? undefined : timeout * 1000,
    driver: driver === undefined ? undefined : posix.basename(driver),
    node,
    sg: sg === undefined ? undefined : nodePath(machine, sg),
    bsg: bsg === undefined ? undefined : nodePath(machine, `bsg/${bsg}`),
    sysfsPath: link.replace(/^(?:\.\.\/)+/u, ''),
  };
};

const findNode = async (machine: Machine, directory: string): Promise<string | undefined> => {
  for (const [subdirectory, pattern] of NODES) {
    const name = await firstIn(directory, subdirectory, pattern);
    if (name !== undefined) return nodePath(machine, name);
  }
  return undefined;
};

const firstIn = async (directory: string, subdirectory: string, pattern = /./u): Promise<string | undefined> =>
  ((await orNothing(readdir(join(directory, subdirectory)))) ?? []).find((name) => pattern.test(name));

/** The node of a kernel name, in which `!` stands for `/`. */
export const nodePath = (machine: Machine, name: string): string => join(machine.dev, name.replaceAll('!', '/'));
