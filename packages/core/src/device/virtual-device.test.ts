import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ScstCore } from '../core.js';
import { MemoryStore } from '../store/memory-store.js';
import { TestCore } from '../testing.js';
import { encodeIntent, sectorSums } from './atomic-intent.js';

const SIZE = 64 * 1024;
const BLOCK = 512;

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await fs.mkdtemp(join(tmpdir(), 'scst-device-'));
  file = join(directory, 'disk.img');
  await fs.writeFile(file, new Uint8Array(SIZE).fill(1));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await fs.rm(directory, { recursive: true, force: true });
});

const start = async (parameters = ''): Promise<ScstCore> => {
  const core = new ScstCore({ profile: 't10', stateDirectory: join(directory, 'state') });
  for (const name of ['scst', 'scst_vdisk', 'scst_local']) await core.modules.load(name);
  await core.tree.write('handlers/vdisk_fileio/mgmt', `add_device disk filename=${file}${parameters}`);
  await core.tree.write('targets/scst_local/scst_local_tgt/luns/mgmt', 'add disk 0');
  return core;
};

const writeAtomic = async (core: ScstCore, lba: number, blocks: number, byte: number): Promise<number> => {
  await using unit = core.nexus('scst_local_tgt', 'scst_local_host', 0);
  const cdb = Uint8Array.of(0x9c, 0, 0, 0, 0, 0, 0, 0, 0, lba, 0, 0, 0, blocks, 0, 0);
  for (;;) {
    const { status, sense } = await unit.execute({ cdb, dataOut: new Uint8Array(blocks * BLOCK).fill(byte) });
    if (status !== 2 || (sense[2] ?? 0) !== 6) return status;
  }
};

describe('a device on a file', () => {
  it('writes atomically, and leaves nothing in the state directory', async () => {
    const core = await start();
    expect(await writeAtomic(core, 8, 16, 2)).toBe(0);
    await core.close();
    const content = await fs.readFile(file);
    expect(content.subarray(8 * BLOCK, 24 * BLOCK).every((byte) => byte === 2)).toBe(true);
    expect(content.filter((byte) => byte === 1)).toHaveLength(SIZE - 16 * BLOCK);
    expect(await fs.readdir(join(directory, 'state', 'atomic'))).toEqual([]);
  });

  it.each(['', ';read_only=1'])('finishes what a killed process had begun before anybody reads it (%s)', async (parameters) => {
    await (await start()).close();
    // The intent, and half of what it says, as a kill would leave them.
    const { dev, ino } = await fs.stat(file);
    const data = new Uint8Array(16 * BLOCK).fill(2);
    let saved = '';
    const core = await start();
    const write = core.storage.writeState.bind(core.storage);
    core.storage.writeState = async (path, bytes) => {
      saved = path;
      await write(path, bytes);
    };
    await writeAtomic(core, 0, 1, 1);
    await core.close();
    await fs.writeFile(saved, encodeIntent({ identity: `file ${dev} ${ino}`, position: 0, data, before: sectorSums(new Uint8Array(16 * BLOCK).fill(1)) }));
    const handle = await fs.open(file, 'r+');
    await handle.write(data.subarray(0, 5 * BLOCK), 0, 5 * BLOCK, 0);
    await handle.close();

    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    await (await start(parameters)).close();
    expect(warning).toHaveBeenCalledWith(expect.stringContaining(file), { code: 'SCST_ATOMIC_WRITE_FINISHED' });
    expect((await fs.readFile(file)).subarray(0, 16 * BLOCK).every((byte) => byte === 2)).toBe(true);
    await expect(fs.access(saved)).rejects.toThrow();
  });
});

describe('active (SPEC sysfs 9.2)', () => {
  const DEVICE = 'devices/disk';

  const inactiveOn = async (core: TestCore, path: string, parameters = ''): Promise<void> => {
    core.storage.files.set('/disk.img', new MemoryStore(SIZE));
    expect(await core.write('handlers/vdisk_fileio/mgmt', `add_device disk filename=/disk.img; active=0${parameters}`)).toBe('ok');
    expect(await core.write(`${DEVICE}/active`, '1')).toBe('ok');
    expect(await core.write(`${DEVICE}/active`, '0')).toBe('ok');
    expect(await core.write(`${DEVICE}/filename`, path)).toBe('ok');
  };

  it('needs no file in the profile of the recordings while nobody uses the device', async () => {
    for (const profile of ['recorded', 'scst', 't10'] as const) {
      await using core = await TestCore.start({ profile });
      await inactiveOn(core, '/missing');
      expect(await core.write(`${DEVICE}/active`, '1'), profile).toBe('ENOENT');
      expect(await core.write('targets/copy_manager/copy_manager_tgt/luns/mgmt', 'del 0')).toBe('ok');
      expect(await core.write(`${DEVICE}/active`, '1'), profile).toBe(profile === 'recorded' ? 'ok' : 'ENOENT');
      expect(await core.write(`${DEVICE}/resync_size`, '1'), profile).toBe('EMEDIUMTYPE');
    }
  });

  it('tells a thin provisioned device from one that cannot be written', async () => {
    await using core = await TestCore.start();
    await inactiveOn(core, '/disk.img', '; thin_provisioned=1; read_only=1');
    expect(await core.read(`${DEVICE}/thin_provisioned`)).toBe('0\n[key]\n');
  });
});

describe('ids of hex digits (SPEC sysfs 9.3)', () => {
  it('keep what a refused one began with in the profile of the recordings alone', async () => {
    for (const profile of ['recorded', 'scst', 't10'] as const) {
      await using core = await TestCore.start({ profile });
      await core.write('handlers/vdisk_nullio/mgmt', 'add_device disk');
      await core.write('devices/disk/naa_id', '5000c50015ea71ac');
      expect(await core.write('devices/disk/naa_id', '333333333333333x')).toBe('EINVAL');
      expect(await core.read('devices/disk/naa_id'), profile).toBe(profile === 'recorded' ? '0x33333333333333ac\n[key]\n' : '0x5000c50015ea71ac\n[key]\n');
    }
  });
});

describe('blocksize (SPEC sysfs 8.1)', () => {
  it('overflows in the profile of the recordings alone', async () => {
    for (const profile of ['recorded', 'scst', 't10'] as const) {
      await using core = await TestCore.start({ profile });
      expect(await core.write('handlers/vdisk_nullio/mgmt', 'add_device disk blocksize=4294967295'), profile).toBe(profile === 'recorded' ? 'ok' : 'EINVAL');
      if (profile === 'recorded') expect(await core.read('devices/disk/blocksize')).toBe('-2147483648\n[key]\n');
    }
  });

  it('does not take the size of another file that has taken the name of its own', async () => {
    const core = await start();
    await fs.writeFile(`${file}.new`, new Uint8Array(2 * SIZE));
    await fs.rename(`${file}.new`, file);
    await expect(core.tree.write('devices/disk/resync_size', '1')).rejects.toMatchObject({ code: 'ESTALE' });
    expect(Buffer.from(await core.tree.read('devices/disk/size')).toString()).toContain(String(SIZE));
    await core.tree.write('devices/disk/active', '0');
    await core.tree.write('devices/disk/active', '1');
    await core.tree.write('devices/disk/resync_size', '1');
    expect(Buffer.from(await core.tree.read('devices/disk/size')).toString()).toContain(String(2 * SIZE));
    await core.close();
  });
});
