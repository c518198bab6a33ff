import { mapTogether } from '@scst/sysfs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type IoSample, type LunCounters, lunKey } from './sample.js';

/** Reads under way at a time. */
const TOGETHER = 16;
/** Sectors in `stat` are of 512 bytes, whatever the device's blocks are (Linux, Documentation/block/stat.rst). */
const SECTOR = 512;

/**
 * What the block devices that sessions' hosts have made did, as Linux counts them: without commands that are no block I/O, and without LUNs
 * that are no disks. Merged requests count once; times are in milliseconds.
 *
 * @param devices Where the kernel shows SCSI devices.
 */
export const kernelLunCounters =
  (devices = '/sys/bus/scsi/devices'): LunCounters =>
  async (sessions) => {
    const byHost = new Map(sessions.flatMap(({ path, host }) => (host === undefined ? [] : [[host, path] as const])));
    if (byHost.size === 0) return new Map();
    const luns = (await namesIn(devices)).flatMap((address) => {
      const [host, , , lun] = /^\d+:\d+:\d+:\d+$/u.test(address) ? address.split(':').map(Number) : [];
      const session = host === undefined ? undefined : byHost.get(host);
      return session === undefined || lun === undefined ? [] : [{ address, key: lunKey(session, lun) }];
    });
    const samples = await mapTogether(luns, TOGETHER, async ({ address, key }) => [key, await statOf(join(devices, address, 'block'))] as const);
    return new Map(samples.flatMap(([key, sample]) => (sample === undefined ? [] : [[key, sample]])));
  };

const statOf = async (directory: string): Promise<IoSample | undefined> => {
  const [name] = await namesIn(directory);
  if (name === undefined) return undefined;
  const text = await readFile(join(directory, name, 'stat'), 'latin1').catch(() => undefined);
  return text === undefined ? undefined : parseBlockStat(text);
};

/** The fields of a block device's `stat`: for reads, writes and discards requests, merges, sectors and milliseconds; flushes last. */
export const parseBlockStat = (text: string): IoSample => {
  const fields = text.trim().split(/\s+/u).map(Number);
  const at = (index: number): number => fields[index] ?? 0;
  const [reads, writes, discards, flushes] = [at(0), at(4), at(11), at(15)];
  return {
    read: { commands: reads, bytes: at(2) * SECTOR },
    write: { commands: writes, bytes: at(6) * SECTOR },
    other: { commands: discards + flushes, bytes: 0 },
    latency: { commands: reads + writes + discards + flushes, microseconds: (at(3) + at(7) + at(14) + at(16)) * 1000 },
  };
};

const namesIn = async (directory: string): Promise<string[]> => await readdir(directory).catch(() => []);
