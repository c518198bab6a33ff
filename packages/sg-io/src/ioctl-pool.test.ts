import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readdirSync, readlinkSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SLOT } from './binding.js';
import { IoctlPool } from './ioctl-pool.js';

/** Gives how many bytes wait in a FIFO: an ioctl that needs no device. */
const FIONREAD = 0x541b;
const [EBADF, ENOTTY] = [9, 25];

const hasNativePart = ((): boolean => {
  try {
    IoctlPool.get();
    return true;
  } catch (error) {
    process.stderr.write(`IoctlPool: skipped, since ${(error as Error).message}\n`);
    return false;
  }
})();

describe.runIf(hasNativePart)('IoctlPool', () => {
  let directory = '';
  let fifo = -1;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'scst-pool-'));
    execFileSync('mkfifo', [join(directory, 'fifo')]);
    fifo = openSync(join(directory, 'fifo'), constants.O_RDWR);
    writeSync(fifo, 'hello');
  });
  afterAll(() => {
    closeSync(fifo);
    rmSync(directory, { recursive: true, force: true });
  });

  const waiting = async (fd: number): Promise<number> => {
    const { errno, argument } = await IoctlPool.get().ioctl(fd, FIONREAD, new Uint8Array(4));
    return errno === 0 ? new DataView(argument.buffer).getInt32(0, true) : -errno;
  };

  it('gives what an ioctl wrote, or its errno', async () => {
    expect(await waiting(fifo)).toBe(5);
    expect(await waiting(9999)).toBe(-EBADF);
    expect(await IoctlPool.get().ioctl(fifo, 0x2285, new Uint8Array(88))).toMatchObject({ errno: ENOTTY });
  });

  it('makes more at a time than it has slots for', async () => {
    const results = await Promise.all(Array.from({ length: 3000 }, (_, index) => waiting(index % 3 === 0 ? 9999 : fifo)));
    expect(results.every((result, index) => result === (index % 3 === 0 ? -EBADF : 5))).toBe(true);
  });

  it('makes one on the calling thread', () => {
    const pool = IoctlPool.get();
    const slot = pool.acquire()!;
    expect(pool.call(slot, fifo, FIONREAD)).toBe(0);
    expect(pool.view.getInt32(slot * SLOT.SIZE, true)).toBe(5);
    expect(pool.call(slot, 9999, FIONREAD)).toBe(EBADF);
    pool.release(slot);
  });

  it('has data memory that grows with what is asked for, starts at a page and says where it is', () => {
    const pool = IoctlPool.get();
    const slot = pool.acquire()!;
    const small = pool.data(slot, 1)!;
    expect([small.bytes.length, small.address % 4096n]).toEqual([4096, 0n]);
    expect(pool.data(slot, 4096)).toBe(small);
    const large = pool.data(slot, 1 << 20)!;
    expect(large.bytes.length).toBe(1 << 20);
    expect(small.bytes.length).toBe(0);
    expect(pool.data(slot, Number.MAX_SAFE_INTEGER - 4096)).toBeUndefined();
    pool.release(slot);
  });

  it('has descriptors of its own, which outlive the one they were made of', async () => {
    const pool = IoctlPool.get();
    const other = openSync(join(directory, 'fifo'), constants.O_RDWR | constants.O_NONBLOCK);
    const own = pool.adopt(other);
    closeSync(other);
    expect(await waiting(own)).toBe(5);
    pool.close(own);
    expect(await waiting(own)).toBe(-EBADF);
    expect(pool.adopt(9999)).toBe(-EBADF);
  });

  it('leaves no thread and no descriptor behind a Worker', async () => {
    const { Worker } = await import('node:worker_threads');
    const file = join(directory, 'fifo');
    const binding = join(import.meta.dirname, '..', 'prebuilds', `${process.platform}-${process.arch}.node`);
    const open = (): number => readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === file;
      } catch {
        return false;
      }
    }).length;
    const before = open();
    for (let round = 0; round < 10; round++) {
      const worker = new Worker(`
        const { parentPort, workerData } = require('node:worker_threads');
        const loaded = { exports: {} };
        process.dlopen(loaded, workerData.binding);
        const native = loaded.exports;
        const capacity = 64;
        const memory = native.open(capacity, capacity, 1000, () => { parentPort.postMessage('done'); });
        const fd = native.adopt(require('node:fs').openSync(workerData.file, 'r+'));
        const [view, list] = [new DataView(memory), new Uint32Array(memory, capacity * ${SLOT.SIZE}, capacity)];
        for (let slot = 0; slot < capacity; slot++) {
          view.setInt32(slot * ${SLOT.SIZE} + ${SLOT.FD}, fd, true);
          view.setUint32(slot * ${SLOT.SIZE} + ${SLOT.REQUEST}, ${FIONREAD}, true);
          list[slot] = slot;
        }
        native.allocate(1 << 20);
        native.submit(capacity);
      `, { eval: true, workerData: { binding, file } });
      await new Promise((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      });
      await worker.terminate();
    }
    await expect.poll(open).toBe(before);
    // The pool of this thread is none of theirs.
    expect(await waiting(fifo)).toBe(5);
  });
});
