import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ScstCore } from '../core.js';
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
