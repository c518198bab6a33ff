import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { FileIoError, NEVER_CACHED } from './file-io.js';
import { nativePart } from './native.js';
import { NativeFileIo } from './native-file-io.js';
import { loopDevice, TestFile } from './testing.js';

const MIB = 1024 * 1024;
const BLOCK = 4096;
const native = nativePart();
const why = native.functions === null ? native.reason : '';
const io = native.functions === null ? null : new NativeFileIo(native.functions);

describe.skipIf(io === null)(`the native part${why === '' ? '' : `: skipped, ${why}`}`, () => {
  if (io === null) return;

  it('reads what is cached, and says nothing of the rest', async ({ skip }) => {
    await using file = await TestFile.make(8 * BLOCK);
    await file.handle.write(Uint8Array.of(1, 2, 3), 0, 3, BLOCK);
    const buffer = new Uint8Array(2 * BLOCK);
    const count = io.readCached(file.fd, buffer, BLOCK);
    if (count === NEVER_CACHED) skip('the file system has no reads that do not wait');
    expect(count).toBe(2 * BLOCK);
    expect([...buffer.subarray(0, 4)]).toEqual([1, 2, 3, 0xa5]);
    expect(io.readCached(file.fd, buffer, 7 * BLOCK)).toBe(BLOCK);
    expect(io.readCached(file.fd, buffer, 8 * BLOCK)).toBe(0);
    expect(io.readCached(file.fd, buffer, 2 ** 52)).toBe(0);
    expect(io.readCached(-1, buffer, 0)).toBe(0);
    expect(io.readCached(file.fd, new Uint8Array(), 0)).toBe(0);
  });

  it('does not wait for what is on the disk alone', async ({ skip }) => {
    await using file = await TestFile.make(4 * MIB);
    await file.handle.sync();
    const dropped = await promisify(execFile)('dd', [`of=${file.path}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], { encoding: 'utf8' }).then(
      () => true,
      () => false,
    );
    if (!dropped) skip('dd cannot drop a cache here');
    const buffer = new Uint8Array(BLOCK);
    const first = io.readCached(file.fd, buffer, 3 * MIB);
    if (first !== 0) skip('the file system keeps its pages');
    await file.handle.read(buffer, 0, BLOCK, 3 * MIB);
    expect(io.readCached(file.fd, buffer, 3 * MIB)).toBe(BLOCK);
    expect(buffer.every((byte) => byte === 0xa5)).toBe(true);
  });

  it('refuses arguments that are none', () => {
    expect(() => io.readCached(0, 'text' as unknown as Uint8Array, 0)).toThrow(TypeError);
    expect(() => io.readCached(0, new Uint16Array(4) as unknown as Uint8Array, 0)).toThrow(TypeError);
  });

  it('knows that some files have no such reads', async () => {
    const reader = await fs.open('/proc/self/status', 'r');
    expect(io.readCached(reader.fd, new Uint8Array(16), 0)).toBe(NEVER_CACHED);
    await reader.close();
  });

  it('punches holes of any length, which read as zeros and are seen as holes', async ({ skip }) => {
    await using file = await TestFile.make(2 * MIB);
    const before = await file.allocated();
    const punched = await io.punchHole(file.fd, 10 * BLOCK - 100, 20 * BLOCK + 200);
    if (!punched) skip('the file system has no holes');
    const bytes = await fs.readFile(file.path);
    expect(bytes).toHaveLength(2 * MIB);
    const [from, to] = [10 * BLOCK - 100, 30 * BLOCK + 100];
    bytes.forEach((byte, at) => {
      if (byte !== (at >= from && at < to ? 0 : 0xa5)) throw new Error(`byte ${at} is ${byte}`);
    });
    expect(before - (await file.allocated())).toBeGreaterThanOrEqual(20 * BLOCK);
    expect(await io.extents(file.fd, 0, 2 * MIB)).toEqual([
      { position: 0, length: 10 * BLOCK, kind: 'data' },
      { position: 10 * BLOCK, length: 20 * BLOCK, kind: 'hole' },
      { position: 30 * BLOCK, length: 2 * MIB - 30 * BLOCK, kind: 'data' },
    ]);
    expect(await io.extents(file.fd, 9 * BLOCK, 4 * BLOCK, 1)).toEqual([{ position: 9 * BLOCK, length: BLOCK, kind: 'data' }]);
    expect(await io.extents(file.fd, 20 * BLOCK, BLOCK)).toEqual([{ position: 20 * BLOCK, length: BLOCK, kind: 'hole' }]);
    expect(await io.extents(file.fd, 20 * BLOCK, 0)).toEqual([]);
    // Behind the end there is nothing.
    expect(await io.extents(file.fd, 2 * MIB - BLOCK, 3 * BLOCK)).toEqual([
      { position: 2 * MIB - BLOCK, length: BLOCK, kind: 'data' },
      { position: 2 * MIB, length: 2 * BLOCK, kind: 'hole' },
    ]);
  });

  it('finds more extents than it asks for at a time', async ({ skip }) => {
    await using file = await TestFile.make(0);
    const count = 2500;
    await file.handle.truncate(2 * count * BLOCK);
    for (let index = 0; index < count; index++) await file.handle.write(Uint8Array.of(1), 0, 1, (2 * index + 1) * BLOCK);
    const extents = await io.extents(file.fd, 0, 2 * count * BLOCK);
    if (extents?.length === 1) skip('the file system has no holes');
    expect(extents).toHaveLength(2 * count);
    extents?.forEach((extent, index) => {
      expect(extent).toEqual({ position: index * BLOCK, length: BLOCK, kind: index % 2 === 0 ? 'hole' : 'data' });
    });
  });

  it('zeros a range and keeps its space', async ({ skip }) => {
    await using file = await TestFile.make(MIB);
    const before = await file.allocated();
    if (!(await io.zeroRange(file.fd, BLOCK, 64 * BLOCK))) skip('the file system cannot, as tmpfs');
    const bytes = await fs.readFile(file.path);
    expect(bytes.subarray(0, BLOCK).every((byte) => byte === 0xa5)).toBe(true);
    expect(bytes.subarray(BLOCK, 65 * BLOCK).every((byte) => byte === 0)).toBe(true);
    expect(bytes.subarray(65 * BLOCK).every((byte) => byte === 0xa5)).toBe(true);
    expect(await file.allocated()).toBe(before);
  });

  it('never makes a file longer', async () => {
    await using file = await TestFile.make(BLOCK);
    await io.punchHole(file.fd, 0, MIB);
    await io.zeroRange(file.fd, 0, MIB);
    expect((await file.handle.stat()).size).toBe(BLOCK);
  });

  it('locks a file against everybody else, until it is closed', async ({ skip }) => {
    await using file = await TestFile.make(0);
    const first = await io.lock(file.fd);
    if (first === 'impossible') skip('the file system has no locks');
    const other = await fs.open(file.path, 'r+');
    expect([first, await io.lock(file.fd), await io.lock(other.fd)]).toEqual(['locked', 'locked', 'taken']);
    // Unlike a POSIX lock, which goes with any descriptor of the file.
    await other.close();
    await using third = await fs.open(file.path, 'r+');
    expect(await io.lock(third.fd)).toBe('taken');
    await file.handle.close();
    expect(await io.lock(third.fd)).toBe('locked');
    await expect(io.lock(-1)).rejects.toMatchObject({ code: 'EBADF', syscall: 'flock' });
  });

  it('fails with the errno of the system', async () => {
    const read = await fs.open('/proc/self/exe', constants.O_RDONLY);
    await expect(io.punchHole(read.fd, 0, BLOCK)).rejects.toMatchObject({ name: 'FileIoError', code: 'EBADF', errno: 9, syscall: 'fallocate' });
    await read.close();
    await expect(io.extents(-1, 0, BLOCK)).rejects.toBeInstanceOf(FileIoError);
    await expect(io.punchHole(-1, -1, BLOCK)).rejects.toBeInstanceOf(RangeError);
    await expect(io.zeroRange(-1, 2 ** 53, 1)).rejects.toBeInstanceOf(RangeError);
    await expect(io.extents(-1, 0, 0.5)).rejects.toBeInstanceOf(RangeError);
    await expect(io.discard(-1, Number.MAX_SAFE_INTEGER, 1)).rejects.toBeInstanceOf(RangeError);
  });

  it('says that a file cannot be discarded', async () => {
    await using file = await TestFile.make(BLOCK);
    expect(await io.discard(file.fd, 0, BLOCK)).toBe(false);
    expect(await io.zeroOut(file.fd, 0, BLOCK)).toBe(false);
    expect(await io.discard(file.fd, 0, 0)).toBe(true);
  });

  it('discards and zeros a block device, whose extents cannot be told', async ({ skip }) => {
    await using file = await TestFile.make(2 * MIB);
    const loop = await loopDevice(file.path);
    if (typeof loop === 'string') {
      skip(loop);
      return; // for the compiler
    }
    try {
      const handle = await fs.open(loop.device, 'r+');
      try {
        expect(await io.discard(handle.fd, 0, 64 * BLOCK)).toBe(true);
        expect(await io.zeroOut(handle.fd, 128 * BLOCK, 64 * BLOCK)).toBe(true);
        expect(await io.punchHole(handle.fd, 256 * BLOCK, 64 * BLOCK)).toBe(true);
        expect(await io.extents(handle.fd, 0, MIB)).toBeUndefined();
        await expect(io.discard(handle.fd, 1, 511)).rejects.toMatchObject({ code: 'EINVAL' });
        await handle.sync();
        const bytes = new Uint8Array(2 * MIB);
        await handle.read(bytes, 0, bytes.length, 0);
        const zeros = (first: number): boolean => bytes.subarray(first * BLOCK, (first + 64) * BLOCK).every((byte) => byte === 0);
        expect([0, 128, 256, 64, 192, 320].map(zeros)).toEqual([true, true, true, false, false, false]);
      } finally {
        await handle.close();
      }
    } finally {
      await loop.detach();
    }
  });
});
