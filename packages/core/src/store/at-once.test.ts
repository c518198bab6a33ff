import { type FileIo, NEVER_CACHED, PlainFileIo } from '@scst/file-io';
import { openSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlockStore, StoreGeometry } from './block-store.js';
import { NodeStore } from './node-store.js';

const KIB = 1024;
const SIZE = 1024 * KIB;

let root: string;
let content: Uint8Array;

beforeEach(async () => {
  root = await fs.mkdtemp(join(tmpdir(), 'scst-cached-'));
  content = Uint8Array.from({ length: SIZE }, (_, index) => index % 251);
  await fs.writeFile(join(root, 'disk.img'), content);
});

afterEach(async () => {
  await fs.rm(root, { recursive: true, force: true });
});

/** A page cache that holds what `cached` says: the number of bytes from a position. */
class Cache extends PlainFileIo {
  asked = 0;
  readonly #cached: (position: number, length: number) => number;

  constructor(cached: (position: number, length: number) => number) {
    super();
    this.#cached = cached;
  }

  override readCached(_descriptor: number, buffer: Uint8Array, position: number): number {
    this.asked++;
    const count = this.#cached(position, buffer.length);
    if (count > 0) buffer.set(content.subarray(position, position + count));
    return count;
  }
}

const GEOMETRY: StoreGeometry = { kind: 'file', logicalBlockSize: 512, physicalBlockSize: 512, discardGranularity: 0, discardMaxBytes: 0, discardZeroes: false, rotational: false };

/** Whether the file is in memory is told by the test, not by where its temporary directory is. */
const open = (io: FileIo, isInMemory = false, flags = 'r+'): BlockStore => {
  const descriptor = openSync(join(root, 'disk.img'), flags);
  const measure = async (): Promise<bigint> => await Promise.resolve(BigInt(SIZE));
  return new NodeStore({ descriptor, name: 'disk.img', identity: 'disk', geometry: GEOMETRY, measure, isReplaced: () => Promise.resolve(false), io, isInMemory, writeThrough: false }, BigInt(SIZE));
};

/** Writes, and says whether it was done before the call returned. */
const write = async (store: BlockStore, position: number, bytes: Uint8Array): Promise<{ atOnce: boolean }> =>
  await new Promise((resolve, reject) => {
    let returned = false;
    store.write(bytes, position, (error) => {
      if (error === null) resolve({ atOnce: !returned });
      else reject(error);
    });
    returned = true;
  });

/** Reads, and says whether it was done before the call returned. */
const read = async (store: BlockStore, position: number, length: number): Promise<{ bytes: Uint8Array; atOnce: boolean }> =>
  await new Promise((resolve, reject) => {
    const bytes = new Uint8Array(length);
    let returned = false;
    store.read(bytes, position, (error) => {
      if (error === null) resolve({ bytes, atOnce: !returned });
      else reject(error);
    });
    returned = true;
  });

const isContent = (bytes: Uint8Array, position: number): boolean => Buffer.compare(bytes, content.subarray(position, position + bytes.length)) === 0;

describe('reads of a file', () => {
  it('are done at once where the bytes are cached, and by a thread where they are not', async () => {
    const store = open(new Cache((position, length) => (position < SIZE / 2 ? length : 0)));
    for (const position of [0, 4096, SIZE / 2, SIZE - 4096]) {
      const { bytes, atOnce } = await read(store, position, 4096);
      expect(isContent(bytes, position)).toBe(true);
      expect(atOnce).toBe(position < SIZE / 2);
    }
    await store.close();
  });

  it('take what is cached and wait for the rest', async () => {
    const store = open(new Cache((_, length) => Math.min(length, 1000)));
    const results = await Promise.all(Array.from({ length: 40 }, (_, index) => read(store, index * 8192, 8192)));
    results.forEach(({ bytes, atOnce }, index) => {
      expect(isContent(bytes, index * 8192)).toBe(true);
      expect(atOnce).toBe(false);
    });
    await store.close();
  });

  it('do not ask again where the file system has no such reads', async () => {
    const cache = new Cache(() => NEVER_CACHED);
    const store = open(cache);
    for (let index = 0; index < 10; index++) expect(isContent((await read(store, index * 512, 512)).bytes, index * 512)).toBe(true);
    expect(cache.asked).toBe(1);
    await store.close();
  });

  it('leave long ones to a thread, and do not keep the event loop from others', async () => {
    const store = open(new Cache((_, length) => length));
    expect((await read(store, 0, 256 * KIB)).atOnce).toBe(true);
    expect((await read(store, 0, 256 * KIB + 512)).atOnce).toBe(false);
    let others = 0;
    setImmediate(() => {
      others++;
    });
    let readsBefore = 0;
    await new Promise<void>((resolve) => {
      let left = 10_000;
      const buffer = new Uint8Array(512);
      const next = (): void => {
        if (others === 0) readsBefore++;
        if (--left === 0) resolve();
        else store.read(buffer, 0, next);
      };
      next();
    });
    expect(readsBefore).toBeLessThan(1000);
    await store.close();
  });

  it('that wait for the next turn hold up closing, and come back right', async () => {
    const store = open(new Cache((_, length) => length));
    const all = Array.from({ length: 600 }, (_, index) => read(store, (index % 256) * 4096, 4096));
    await store.close();
    const results = await Promise.all(all);
    results.forEach(({ bytes }, index) => {
      expect(isContent(bytes, (index % 256) * 4096)).toBe(true);
    });
    expect(results.some(({ atOnce }) => !atOnce)).toBe(true);
  });
});

describe('a file in memory', () => {
  it('is read and written at once, without the cache being asked', async () => {
    const cache = new Cache(() => NEVER_CACHED);
    const store = open(cache, true);
    const bytes = new Uint8Array(4096).fill(0x5a);
    expect((await write(store, 8192, bytes)).atOnce).toBe(true);
    const found = await read(store, 4096, 12_288);
    expect(found.atOnce).toBe(true);
    content.set(bytes, 8192);
    expect(isContent(found.bytes, 4096)).toBe(true);
    expect(cache.asked).toBe(0);
    await store.close();
  });

  it('keeps what came together in its order when a turn has moved enough', async () => {
    const store = open(new PlainFileIo(), true);
    const writes = Array.from({ length: 600 }, (_, index) => write(store, 0, new Uint8Array(4096).fill(index % 256)));
    const last = read(store, 0, 4096);
    const done = await Promise.all(writes);
    expect(done[0]?.atOnce).toBe(true);
    expect(done[599]?.atOnce).toBe(false);
    const { bytes, atOnce } = await last;
    expect(atOnce).toBe(false);
    expect(bytes.every((byte) => byte === 599 % 256)).toBe(true);
    await store.close();
  });

  it('leaves long ones to a thread', async () => {
    const store = open(new PlainFileIo(), true);
    expect((await write(store, 0, new Uint8Array(256 * KIB))).atOnce).toBe(true);
    expect((await write(store, 0, new Uint8Array(256 * KIB + 512))).atOnce).toBe(false);
    expect((await read(store, 0, 256 * KIB + 512)).atOnce).toBe(false);
    await store.close();
  });

  it('tells of a write that fails, and of a read behind its end', async () => {
    const store = open(new PlainFileIo(), true, 'r');
    await expect(write(store, 0, new Uint8Array(512))).rejects.toMatchObject({ code: 'EBADF' });
    await fs.truncate(join(root, 'disk.img'), 4096);
    await expect(read(store, 0, 8192)).rejects.toMatchObject({ code: 'SHORT' });
    await store.close();
  });
});
