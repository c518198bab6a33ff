import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { DiscoveryError } from './errors.js';
import { linkAt, namesIn, readText } from './kernel-files.js';
import { machineAt, type MachineRoots } from './roots.js';

/** A SCSI host: an initiator port of the machine. */
export interface ScsiHost {
  /** The N of `hostN`. */
  readonly number: number;
  /** What its driver calls itself: `scsi_debug`, `virtio_scsi`; undefined where it does not say. */
  readonly driver: string | undefined;
  /** `running`, `created`, `recovery`, `cancel`, `deleted` … */
  readonly state: string | undefined;
  /** Its directory below `/sys`. */
  readonly sysfsPath: string;
}

/** The SCSI hosts of the machine, in order of their numbers. */
export const scsiHosts = async (roots: MachineRoots = {}): Promise<ScsiHost[]> => {
  const directory = join(machineAt(roots).sys, 'class/scsi_host');
  const hosts = await Promise.all(
    (await namesIn(directory)).map(async (name): Promise<ScsiHost | undefined> => {
      const number = Number(/^host(\d+)$/u.exec(name)?.[1] ?? Number.NaN);
      const [link, driver, state] = await Promise.all([linkAt(join(directory, name)), readText(join(directory, name, 'proc_name')), readText(join(directory, name, 'state'))]);
      if (Number.isNaN(number) || link === undefined) return undefined;
      return { number, driver: driver === '(null)' || driver === '' ? undefined : driver, state, sysfsPath: link.replace(/^(?:\.\.\/)+/u, '') };
    }),
  );
  return hosts.filter((host) => host !== undefined).sort((left, right) => left.number - right.number);
};

/** Which part of a host is to be scanned; what is not said stands for all. */
export interface ScanScope extends MachineRoots {
  readonly channel?: number | undefined;
  readonly id?: number | undefined;
  readonly lun?: number | undefined;
}

/**
 * Has the kernel look for new devices of a host. Devices that have gone stay until they are deleted.
 *
 * @throws DiscoveryError `NOT_FOUND`: there is no such host; `REFUSED`: only root may.
 */
export const rescanHost = async (host: number, { channel, id, lun, ...roots }: ScanScope = {}): Promise<void> => {
  const scope = [channel, id, lun].map((part) => part?.toString() ?? '-').join(' ');
  await command(join(machineAt(roots).sys, 'class/scsi_host', `host${host}`, 'scan'), scope, `SCSI host ${host}`);
};

/** Has the kernel ask a device anew for its size and its facts. Throws DiscoveryError as {@link rescanHost}. */
export const rescanDevice = async (address: string, roots: MachineRoots = {}): Promise<void> => {
  await command(attributeOf(address, 'rescan', roots), '1', `SCSI device ${address}`);
};

/** Takes a device off the machine, as a cable pulled out does. Whoever has it open gets errors. Throws DiscoveryError as {@link rescanHost}. */
export const deleteDevice = async (address: string, roots: MachineRoots = {}): Promise<void> => {
  await command(attributeOf(address, 'delete', roots), '1', `SCSI device ${address}`);
};

const attributeOf = (address: string, name: string, roots: MachineRoots): string => {
  if (!/^\d+:\d+:\d+:\d+$/u.test(address)) throw new DiscoveryError('NOT_FOUND', `“${address}” is no HOST:CHANNEL:ID:LUN`);
  return join(machineAt(roots).sys, 'bus/scsi/devices', address, name);
};

const command = async (path: string, text: string, what: string): Promise<void> => {
  try {
    // Such files can be opened for writing only; nothing is made where there is none.
    await using file = await open(path, constants.O_WRONLY);
    await file.write(text);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOENT' || code === 'ENODEV') throw new DiscoveryError('NOT_FOUND', `there is no ${what}`, { cause });
    if (code === 'EACCES' || code === 'EPERM') throw new DiscoveryError('REFUSED', `${what} cannot be changed: ${path}: ${code}`, { cause, hint: 'Run it as root.' });
    throw new DiscoveryError('REFUSED', `the kernel refused it for ${what}: ${path}: ${String(code)}`, { cause });
  }
};
