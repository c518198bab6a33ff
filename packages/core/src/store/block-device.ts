import * as fs from 'node:fs/promises';
import { StoreError, type StoreGeometry } from './block-store.js';

/** sysfs counts the size of block devices in these, whatever their block size. */
const SECTOR = 512n;

/** The size of a block device in bytes. Node has no ioctl; sysfs knows it by the device's number. */
export async function blockDeviceSize(path: Buffer): Promise<bigint> {
  return BigInt(await readAttribute(`${await deviceDirectory(path)}/size`)) * SECTOR;
}

/** What the queue of a block device says. A partition has that of its disk. */
export async function blockDeviceGeometry(path: Buffer): Promise<StoreGeometry> {
  const directory = await deviceDirectory(path);
  const own = `${directory}/queue`;
  const queue = (await exists(own)) ? own : `${directory}/../queue`;
  const attribute = async (name: string, otherwise: number): Promise<number> => {
    const value = Number(await readAttribute(`${queue}/${name}`).catch(() => otherwise));
    return Number.isSafeInteger(value) ? value : otherwise;
  };
  return {
    kind: 'block',
    logicalBlockSize: await attribute('logical_block_size', 512),
    physicalBlockSize: await attribute('physical_block_size', 512),
    discardGranularity: await attribute('discard_granularity', 0),
    discardMaxBytes: await attribute('discard_max_bytes', 0),
    discardZeroes: false,
    rotational: (await attribute('rotational', 1)) === 1,
  };
}

async function deviceDirectory(path: Buffer): Promise<string> {
  const { rdev } = await fs.stat(path, { bigint: true });
  // How Linux packs major and minor numbers into 64 bits.
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & 0xffff_f000n);
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & 0xffff_ff00n);
  const directory = `/sys/dev/block/${major.toString()}:${minor.toString()}`;
  if (!(await exists(directory))) throw new StoreError('ENXIO', `the machine does not know block device ${major.toString()}:${minor.toString()}`);
  return directory;
}

async function exists(path: string): Promise<boolean> {
  try {
    await fs.access(path);
    return true;
  } catch {
    return false;
  }
}

async function readAttribute(path: string): Promise<string> {
  return (await fs.readFile(path, 'latin1')).trim();
}
