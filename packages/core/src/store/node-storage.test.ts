import { type FileIo, fileIo, PlainFileIo } from '@scst/file-io';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BlockStore, OpenStoreOptions, StoreError } from './block-store.js';
import { NodeStorage } from './node-storage.js';
import { temporaryName } from './state-files.js';
import { sweepStateFiles } from './sweep.js';

const OPTIONS: OpenStoreOptions = { readOnly: false, writeThrough: false, accept: 'file-or-block' };
const SIZE = 64 * 1024;

let root: string;
let storage: NodeStorage;

beforeEach(async () => {
  root = await fs.mkdtemp(join(tmpdir(), 'scst-store-'));
  storage = new NodeStorage({ root });
  await fs.writeFile(join(root, 'disk.img'), new Uint8Array(SIZE).fill(0xa5));
});

afterEach(async () => {
  await fs.rm(root, { recursive: true, force: true });
});

async function outcome(work: (done: (error: StoreError | null) => void) => void): Promise<string> {
  return await new Promise((resolve) => {
    work((error) => {
      resolve(error === null ? 'done' : error.code);
    });
  });
}

const read = (store: BlockStore, buffer: Uint8Array, position: number): Promise<string> =>
  outcome((done) => {
    store.read(buffer, position, done);
  });
const write = (store: BlockStore, buffer: Uint8Array, position: number): Promise<string> =>
  outcome((done) => {
    store.write(buffer, position, done);
  });
const unmap = (store: BlockStore, position: number, length: number): Promise<string> =>
  outcome((done) => {
    if (store.unmap === undefined) throw new Error('the store cannot');
    store.unmap(position, length, done);
  });

describe('NodeStorage', () => {
  it('reads, writes and flushes a file where it is, and leaves its size alone', async () => {
    const store = await storage.open('/disk.img', OPTIONS);
    expect(store.size).toBe(BigInt(SIZE));
    expect(store.geometry.kind).toBe('file');
    expect(await write(store, Uint8Array.of(1, 2, 3), SIZE - 3)).toBe('done');
    expect(await outcome((done) => { store.flush(done); })).toBe('done');
    const buffer = new Uint8Array(4);
    expect(await read(store, buffer, SIZE - 4)).toBe('done');
    expect([...buffer]).toEqual([0xa5, 1, 2, 3]);
    expect(await write(store, Uint8Array.of(1, 2), SIZE - 1)).toBe('ENOSPC');
    expect((await fs.stat(join(root, 'disk.img'))).size).toBe(SIZE);
    await store.close();
  });

  it('does nothing any more once it is closed: its descriptor may be another file’s by then', async () => {
    const store = await storage.open('/disk.img', OPTIONS);
    await store.close();
    // The lowest number that is free, which is the one just closed.
    await fs.writeFile(join(root, 'other'), 'untouched');
    const other = await storage.open('/other', OPTIONS);
    const bytes = new Uint8Array(4);
    expect(await write(store, Uint8Array.of(1, 2, 3), 0)).toBe('EBADF');
    expect(await read(store, bytes, 0)).toBe('EBADF');
    expect(await unmap(store, 0, 4)).toBe('EBADF');
    expect(await outcome((done) => { store.flush(done); })).toBe('EBADF');
    await expect(store.extents?.(0, 4)).rejects.toMatchObject({ code: 'EBADF' });
    await store.close();
    expect(await read(other, bytes, 0)).toBe('done');
    expect(Buffer.from(bytes).toString()).toBe('unto');
    await other.close();
  });

  it('says that a read is short when the file has shrunk, and works again when it has grown', async () => {
    const store = await storage.open('/disk.img', OPTIONS);
    await fs.truncate(join(root, 'disk.img'), 1000);
    expect(await read(store, new Uint8Array(512), 512)).toBe('SHORT');
    expect(await read(store, new Uint8Array(512), 0)).toBe('done');
    expect(await store.refresh()).toBe(1000n);
    await fs.truncate(join(root, 'disk.img'), SIZE);
    expect(await store.refresh()).toBe(BigInt(SIZE));
    expect(await read(store, new Uint8Array(512), 512)).toBe('done');
    await store.close();
  });

  it('knows when another file has taken the name of the one that is open', async () => {
    const store = await storage.open('/disk.img', OPTIONS);
    expect(await store.isReplaced?.()).toBe(false);
    await fs.writeFile(join(root, 'larger'), new Uint8Array(2 * SIZE));
    await fs.rename(join(root, 'larger'), join(root, 'disk.img'));
    expect(await store.isReplaced?.()).toBe(true);
    await fs.rm(join(root, 'disk.img'));
    await expect(store.isReplaced?.()).rejects.toMatchObject({ code: 'ENOENT' });
    await store.close();
  });

  it('reads and writes beyond 2 TiB', async () => {
    const far = 3 * 2 ** 40;
    await fs.truncate(join(root, 'disk.img'), far + 8192);
    const store = await storage.open('/disk.img', OPTIONS);
    const data = Uint8Array.from({ length: 4096 }, (_, index) => index);
    expect(await write(store, data, far + 4096)).toBe('done');
    const buffer = new Uint8Array(4096);
    expect(await read(store, buffer, far + 4096)).toBe('done');
    expect(buffer).toEqual(data);
    await store.close();
  });

  const WAYS: Record<string, FileIo> = { 'the machine’s way': fileIo(), 'programs': new PlainFileIo(), 'zeros alone': new PlainFileIo({ fallocate: 'there-is-no-such-program' }) };

  it.each(Object.keys(WAYS))('frees ranges that read as zeros afterwards, by %s', async (way) => {
    await fs.writeFile(join(root, 'disk.img'), new Uint8Array(12 * 1024 * 1024).fill(0xa5));
    const store = await new NodeStorage({ root, fileIo: WAYS[way]! }).open('/disk.img', OPTIONS);
    expect(await unmap(store, 512, 1024)).toBe('done');
    expect(await unmap(store, 1024 * 1024, 10 * 1024 * 1024)).toBe('done');
    const content = await fs.readFile(join(root, 'disk.img'));
    expect(content).toHaveLength(12 * 1024 * 1024);
    const zeros = (from: number, to: number): boolean => content.subarray(from, to).every((byte) => byte === 0);
    const untouched = (from: number, to: number): boolean => content.subarray(from, to).every((byte) => byte === 0xa5);
    expect([untouched(0, 512), zeros(512, 1536), untouched(1536, 1024 * 1024)]).toEqual([true, true, true]);
    expect([zeros(1024 * 1024, 11 * 1024 * 1024), untouched(11 * 1024 * 1024, 12 * 1024 * 1024)]).toEqual([true, true]);
    await store.close();
  });

  it('knows the holes of a file, and what it has freed itself', async ({ skip }) => {
    const MIB = 1024 * 1024;
    await fs.writeFile(join(root, 'disk.img'), new Uint8Array(MIB).fill(0xa5));
    await fs.truncate(join(root, 'disk.img'), 3 * MIB);
    const store = await storage.open('/disk.img', OPTIONS);
    expect(await unmap(store, MIB / 2, 64 * 1024)).toBe('done');
    expect(await unmap(store, 4096, 512)).toBe('done');
    const extents = await store.extents?.(0, 3 * MIB);
    await store.close();
    if (!fileIo().native || (await fs.stat(join(root, 'disk.img'))).blocks * 512 > MIB - 32 * 1024) skip('there is no native part, or the file system has no holes');
    const expected = [[0, true], [4096, false], [4608, true], [MIB / 2, false], [MIB / 2 + 64 * 1024, true], [MIB, false]];
    expect(extents?.map(({ position, allocated }) => [position, allocated])).toEqual(expected);
    expect(extents?.reduce((sum, { length }) => sum + length, 0)).toBe(3 * MIB);
  });

  it('refuses what is no file, with the errno of open(2)', async () => {
    await fs.mkdir(join(root, 'directory'));
    await expect(storage.open('/missing', OPTIONS)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(storage.open('/disk.img/below', OPTIONS)).rejects.toMatchObject({ code: 'ENOTDIR' });
    await expect(storage.open('/directory', OPTIONS)).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(storage.open('/disk.img', { ...OPTIONS, accept: 'block' })).rejects.toMatchObject({ code: 'ENOTBLK' });
    await expect(new NodeStorage().open('/dev/null', OPTIONS)).rejects.toMatchObject({ code: 'EINVAL' });
    expect(await storage.stat('/directory')).toBe('directory');
    expect(await storage.stat('/nowhere')).toBe('missing');
    expect(await new NodeStorage().stat('/dev/null')).toBe('character');
  });

  it('does not write to a store opened read-only', async () => {
    const store = await storage.open('/disk.img', { ...OPTIONS, readOnly: true });
    expect(await write(store, new Uint8Array(512), 0)).toBe('EBADF');
    expect(await read(store, new Uint8Array(512), 0)).toBe('done');
    await store.close();
  });

  it('shares a file that it writes to within the process, and with no other one', { timeout: 30_000 }, async ({ skip }) => {
    const path = join(root, 'disk.img');
    const script = `
      const { openSync } = require('node:fs');
      const child = require('node:child_process').spawnSync('flock', ['-xn', '3'], { stdio: ['ignore', 'inherit', 'inherit', openSync(${JSON.stringify(path)}, 'r+')] });
      console.log(child.error === undefined ? String(child.status) : 'there is no program flock here');
      setInterval(() => undefined, 1000);`;
    const other = async (): Promise<{ said: string; end: () => Promise<void> }> => {
      const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [said] = (await once(child.stdout, 'data')) as [Buffer];
      const end = async (): Promise<void> => {
        child.kill('SIGKILL');
        await once(child, 'exit');
      };
      return { said: said.toString().trim(), end };
    };
    const stores = [await storage.open('/disk.img', OPTIONS), await new NodeStorage({ root }).open('/disk.img', { ...OPTIONS, writeThrough: true })];
    const reader = await storage.open('/disk.img', { ...OPTIONS, readOnly: true });
    for (const store of stores) {
      const { said, end } = await other();
      await end();
      if (said.startsWith('there')) skip(said);
      expect(said).toBe('1');
      await store.close();
    }
    const holder = await other();
    expect(holder.said).toBe('0');
    // Who reads disturbs nobody.
    await (await storage.open('/disk.img', { ...OPTIONS, readOnly: true })).close();
    await expect(storage.open('/disk.img', OPTIONS)).rejects.toMatchObject({ code: 'EBUSY', message: expect.stringMatching(/^\/disk\.img is locked by another process \(\w+, number \d+\)/u) as string });
    await Promise.all([holder.end(), storage.open('/disk.img', OPTIONS).then((store) => store.close())]);
    await reader.close();
  });

  it('uses a file that cannot be locked, and says so once', async () => {
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    try {
      const unlocked = new NodeStorage({ root, fileIo: new PlainFileIo({ flock: 'there-is-no-such-program' }) });
      for (let round = 0; round < 2; round++) await (await unlocked.open('/disk.img', OPTIONS)).close();
      expect(warning.mock.calls).toEqual([[expect.stringContaining('/disk.img cannot be locked'), { code: 'SCST_FILE_NOT_LOCKED' }]]);
    } finally {
      warning.mockRestore();
    }
  });

  it('lets a file stand for a block device', async () => {
    storage.addBlockDevice({ path: '/dev/loop7', file: '/disk.img', logicalBlockSize: 512, physicalBlockSize: 4096, discardGranularity: 4096, discardMaxBytes: 65536 });
    expect(await storage.stat('/dev/loop7')).toBe('block');
    const store = await storage.open('/dev/loop7', { ...OPTIONS, accept: 'block' });
    expect(store.size).toBe(BigInt(SIZE));
    expect(store.geometry).toMatchObject({ kind: 'block', physicalBlockSize: 4096, discardGranularity: 4096 });
    await store.close();
  });

  it('takes paths as bytes', async () => {
    await fs.writeFile(Buffer.concat([Buffer.from(`${root}/caf`), Buffer.of(0xe9)]), new Uint8Array(512));
    const store = await storage.open('/caf\u00e9', OPTIONS);
    expect(store.size).toBe(512n);
    await store.close();
  });

  it('waits with closing until nothing is in flight', async () => {
    const store = await storage.open('/disk.img', OPTIONS);
    const buffer = new Uint8Array(SIZE);
    const reading = read(store, buffer, 0);
    await store.close();
    expect(await reading).toBe('done');
    expect(buffer.every((byte) => byte === 0xa5)).toBe(true);
  });
});

describe('state files', () => {
  const path = '/var/lib/scst/pr/disk0';

  it('come back as they were written, in a directory made for them', async () => {
    expect(await storage.readState(path)).toBeUndefined();
    await storage.writeState(path, Uint8Array.of(1, 2, 3));
    expect(await storage.readState(path)).toEqual(Uint8Array.of(1, 2, 3));
    await storage.removeState(path);
    await storage.removeState(path);
    expect(await storage.readState(path)).toBeUndefined();
  });

  it('are for their owner alone, in directories that nobody else can change, whatever the umask', async () => {
    const umask = process.umask(0);
    try {
      await storage.writeState('/var/lib/scst/pr/disk', Uint8Array.of(1));
      const modeOf = async (path: string): Promise<number> => (await fs.stat(join(root, path))).mode & 0o777;
      expect([await modeOf('var/lib/scst/pr/disk'), await modeOf('var/lib/scst/pr'), await modeOf('var/lib')]).toEqual([0o600, 0o755, 0o755]);
    } finally {
      process.umask(umask);
    }
  });

  it('are written one after the other, and leave nothing beside them', async () => {
    const writes = Array.from({ length: 20 }, (_, index) => storage.writeState(path, new Uint8Array(100).fill(index)));
    await Promise.all(writes);
    expect(await storage.readState(path)).toEqual(new Uint8Array(100).fill(19));
    expect(await fs.readdir(join(root, 'var/lib/scst/pr'))).toEqual(['disk0']);
  });

  it('are written by two storages at once, and beside what a killed process of the same number has left', async () => {
    const directory = join(root, 'var/lib/scst/pr');
    await fs.mkdir(directory, { recursive: true });
    await fs.writeFile(join(directory, `disk0.${process.pid}-0.new`), 'half');
    const other = new NodeStorage({ root });
    const writes = Array.from({ length: 10 }, (_, index) => [storage, other].map((one) => one.writeState(path, new Uint8Array(100).fill(index))));
    await Promise.all(writes.flat());
    expect(await storage.readState(path)).toEqual(new Uint8Array(100).fill(9));
    expect(await fs.readdir(directory)).toHaveLength(2);
  });

  it('that a killed process has left half written are swept, and nothing else', async () => {
    const directory = join(root, 'var/lib/scst');
    const names = (): Promise<string[]> => fs.readdir(join(directory, 'pr')).then((found) => found.sort());
    await storage.writeState(path, Uint8Array.of(1, 2, 3));
    await fs.writeFile(join(root, temporaryName(path)), 'half');
    await fs.mkdir(join(directory, 'pr/disk1.0123456789ab.new'));
    for (const name of ['disk0.1', 'disk0.new', 'disk0.123-0.new', 'disk0.0123456789ab.new.old']) await fs.writeFile(join(directory, 'pr', name), '');
    await fs.writeFile(join(directory, 'mine.0123456789ab.new'), '');
    expect(await sweepStateFiles(directory)).toEqual([expect.stringMatching(/\/pr\/disk0\.[0-9a-f]{12}\.new$/u)]);
    expect(await names()).toEqual(['disk0', 'disk0.0123456789ab.new.old', 'disk0.1', 'disk0.123-0.new', 'disk0.new', 'disk1.0123456789ab.new']);
    expect(await fs.readdir(directory)).toContain('mine.0123456789ab.new');
    expect(await storage.readState(path)).toEqual(Uint8Array.of(1, 2, 3));
    expect(await sweepStateFiles(join(root, 'nowhere'))).toEqual([]);
  });

  it('are first saved by many at once, in directories made for them', async () => {
    const paths = ['pr/a', 'pr/b', 'vdev_mode_pages/a', 'vdev_mode_pages/b'].map((name) => `/var/lib/scst/${name}`);
    await Promise.all(paths.map((one) => storage.writeState(one, Uint8Array.of(7))));
    for (const one of paths) expect(await storage.readState(one)).toEqual(Uint8Array.of(7));
  });

  it('take the place of files alone, not of a node that leads to a device', async () => {
    execFileSync('mkfifo', [join(root, 'node')]);
    await expect(storage.writeState('/node', Uint8Array.of(1))).rejects.toMatchObject({ code: 'EINVAL' });
    expect((await fs.lstat(join(root, 'node'))).isFIFO()).toBe(true);
    expect((await fs.readdir(root)).sort()).toEqual(['disk.img', 'node']);
  });

  it('stay as they are when they cannot be replaced', async () => {
    await expect(storage.writeState('/elsewhere/file', Uint8Array.of(1))).rejects.toMatchObject({ code: 'ENOENT' });
    await storage.writeState('/plain', Uint8Array.of(1));
    await fs.mkdir(join(root, 'blocked'));
    await expect(storage.writeState('/blocked', Uint8Array.of(2))).rejects.toThrow();
    expect((await fs.readdir(root)).sort()).toEqual(['blocked', 'disk.img', 'plain']);
  });
});
