import { type FileIo, NEVER_CACHED, PlainFileIo } from '@scst/file-io';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlockStore } from './block-store.js';
import { NodeStorage } from './node-storage.js';

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

const open = async (io: FileIo): Promise<BlockStore> => await new NodeStorage({ root, fileIo: io }).open('/disk.img', { readOnly: false, writeThrough: false, accept: 'file-or-block' });

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
    const store = await open(new Cache((position, length) => (position < SIZE / 2 ? length : 0)));
    for (const position of [0, 4096, SIZE / 2, SIZE - 4096]) {
      const { bytes, atOnce } = await read(store, position, 4096);
      expect(isContent(bytes, position)).toBe(true);
      expect(atOnce).toBe(position < SIZE / 2);
    }
    await store.close();
  });

  it('take what is cached and wait for the rest', async () => {
    const store = await open(new Cache((_, length) => Math.min(length, 1000)));
    const results = await Promise.all(Array.from({ length: 40 }, (_, index) => read(store, index * 8192, 8192)));
    results.forEach(({ bytes, atOnce }, index) => {
      expect(isContent(bytes, index * 8192)).toBe(true);
      expect(atOnce).toBe(false);
    });
    await store.close();
  });

  it('do not ask again where the file system has no such reads', async () => {
    const cache = new Cache(() => NEVER_CACHED);
    const store = await open(cache);
    for (let index = 0; index < 10; index++) expect(isContent((await read(store, index * 512, 512)).bytes, index * 512)).toBe(true);
    expect(cache.asked).toBe(1);
    await store.close();
  });

  it('leave long ones to a thread, and do not keep the event loop from others', async () => {
    const store = await open(new Cache((_, length) => length));
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
    const store = await open(new Cache((_, length) => length));
    const all = Array.from({ length: 600 }, (_, index) => read(store, (index % 256) * 4096, 4096));
    await store.close();
    const results = await Promise.all(all);
    results.forEach(({ bytes }, index) => {
      expect(isContent(bytes, (index % 256) * 4096)).toBe(true);
    });
    expect(results.some(({ atOnce }) => !atOnce)).toBe(true);
  });
});
