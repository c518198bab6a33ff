import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ScstCore } from '@scst/core';
import { fileIo } from '@scst/file-io';
import { decodeLbaStatus } from '@scst/scsi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const MIB = 1024 * 1024;
const BLOCK = 512;
const SIZE = 16 * MIB;

/** How a file system is made on a file, and whether it has holes. */
const FILE_SYSTEMS = [
  { name: 'ext4', make: ['mkfs.ext4', '-q', '-F'], holes: true },
  { name: 'ext3', make: ['mkfs.ext3', '-q', '-F'], holes: true },
  { name: 'xfs', make: ['mkfs.xfs', '-q', '-f'], holes: true, size: 320 },
  { name: 'btrfs', make: ['mkfs.btrfs', '-q', '-f'], holes: true, size: 128 },
  { name: 'vfat', make: ['mkfs.vfat'], holes: false },
  { name: 'tmpfs', make: undefined, holes: true },
] as const;

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'scst-thin-'));
});

afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

/** Mounts a fresh file system. Returns why it cannot, or how to take it down. */
const mountFresh = async ({ name, make, ...rest }: (typeof FILE_SYSTEMS)[number], directory: string): Promise<string | (() => Promise<void>)> => {
  if (process.getuid?.() !== 0) return 'mounting needs root';
  await mkdir(directory);
  const image = `${directory}.img`;
  try {
    if (make === undefined) {
      await run('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', directory]);
    } else {
      await writeFile(image, '');
      await truncate(image, ('size' in rest ? rest.size : 64) * MIB);
      const [program, ...words] = make;
      await run(program, [...words, image]);
      await run('mount', ['-t', name, '-o', 'loop', image, directory]);
    }
  } catch (error) {
    await rm(image, { force: true });
    return `no ${name} can be mounted here: ${error instanceof Error ? (error.message.split('\n').at(-2) ?? error.message) : String(error)}`;
  }
  return async () => {
    await run('umount', [directory]);
    await rm(image, { force: true });
  };
};

/** A thin disk of 0xa5 bytes, and a way to send commands to it. */
const thinDisk = async (file: string, state: string): Promise<{ core: ScstCore; send: (cdb: readonly number[], out?: Uint8Array, length?: number) => Promise<Uint8Array> }> => {
  const core = new ScstCore({ profile: 't10', stateDirectory: state });
  for (const name of ['scst', 'scst_vdisk', 'scst_local']) await core.modules.load(name);
  await core.tree.write('handlers/vdisk_fileio/mgmt', `add_device disk filename=${file};thin_provisioned=1`);
  await core.tree.write('targets/scst_local/scst_local_tgt/luns/mgmt', 'add disk 0');
  const unit = core.nexus('scst_local_tgt', 'scst_local_host', 0);
  await unit.execute({ cdb: new Uint8Array(6) });
  return {
    core,
    send: async (cdb, dataOut, length = 0) => {
      const result = await unit.execute({ cdb: Uint8Array.from(cdb), dataOut, dataIn: length === 0 ? undefined : new Uint8Array(length) });
      expect([result.status, Buffer.from(result.sense).toString('hex')]).toEqual([0, '']);
      return result.dataIn;
    },
  };
};

const unmapList = (lba: number, blocks: number): Uint8Array => {
  const list = Buffer.alloc(24);
  list.writeUInt16BE(22, 0);
  list.writeUInt16BE(16, 2);
  list.writeBigUInt64BE(BigInt(lba), 8);
  list.writeUInt32BE(blocks, 16);
  return list;
};

describe.each(FILE_SYSTEMS)('a thin disk on $name', (system) => {
  it('frees what is unmapped, whatever its length, and reads zeros there', async ({ skip }) => {
    const directory = join(root, system.name);
    const unmount = await mountFresh(system, directory);
    if (typeof unmount === 'string') {
      skip(unmount);
      return;
    }
    try {
      const file = join(directory, 'disk.img');
      await writeFile(file, new Uint8Array(SIZE).fill(0xa5));
      const allocated = async (): Promise<number> => {
        const handle = await open(file);
        await handle.sync();
        const { blocks } = await handle.stat();
        await handle.close();
        return blocks * 512;
      };
      const before = await allocated();
      const { core, send } = await thinDisk(file, join(directory, 'state'));
      // 4 MiB at 1 MiB, one block at 6 MiB, and with WRITE SAME 1 MiB at 8 MiB.
      await send([0x42, 0, 0, 0, 0, 0, 0, 0, 24, 0], unmapList(MIB / BLOCK, (4 * MIB) / BLOCK));
      await send([0x42, 0, 0, 0, 0, 0, 0, 0, 24, 0], unmapList((6 * MIB) / BLOCK, 1));
      await send([0x93, 0x08, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0x08, 0, 0, 0], new Uint8Array(BLOCK));
      const status = await send([0x9e, 0x12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0], undefined, 512);
      await core.close();

      const content = await readFile(file);
      expect(content).toHaveLength(SIZE);
      const isZero = (byte: number, at: number): boolean => byte === ((at >= MIB && at < 5 * MIB) || (at >= 6 * MIB && at < 6 * MIB + BLOCK) || (at >= 8 * MIB && at < 9 * MIB) ? 0 : 0xa5);
      expect(content.every(isZero)).toBe(true);
      const holes = system.holes && fileIo().native;
      if (holes) expect(before - (await allocated())).toBeGreaterThanOrEqual(5 * MIB - 8192);
      const deallocated = decodeLbaStatus(status).descriptors.filter(({ provisioningStatus }) => provisioningStatus !== 0).map(({ lba, numberOfLogicalBlocks }) => [Number(lba), numberOfLogicalBlocks]);
      if (holes) expect(deallocated).toEqual([[2048, 8192], [12288, 1], [16384, 2048]]);
      if (!system.holes) expect(deallocated).toEqual([]);
    } finally {
      await unmount();
    }
  });
});
