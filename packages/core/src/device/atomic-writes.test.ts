import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FixtureStorage } from '../nexus/fixture.js';
import { type BlockStore, type StoreCallback, StoreError } from '../store/block-store.js';
import { MemoryStore } from '../store/memory-store.js';
import { decodeIntent, encodeIntent, SECTOR, sectorSums } from './atomic-intent.js';
import { AtomicWrites } from './atomic-writes.js';

const SECTORS = 8;
const FILE = '/srv/disk';
const filled = (byte: number): Uint8Array => new Uint8Array(SECTORS * SECTOR).fill(byte);

class Killed extends Error {}

/** A machine that stops after so many steps: a sector written, a file of state written or removed, a flush. */
class Machine {
  /** What a power loss leaves. */
  disk: Uint8Array;
  /** What a process sees. */
  cache: Uint8Array;
  readonly storage = new FixtureStorage();
  left: number;

  constructor(content: Uint8Array, steps: number) {
    this.disk = content.slice();
    this.cache = content.slice();
    this.left = steps;
    const { storage } = this;
    const [write, remove] = [storage.writeState.bind(storage), storage.removeState.bind(storage)];
    storage.writeState = async (path, data) => {
      this.step();
      await write(path, data);
      this.step();
    };
    storage.removeState = async (path) => {
      this.step();
      await remove(path);
      this.step();
    };
  }

  step(): void {
    if (this.left-- <= 0) throw new Killed();
  }

  /** A file whose sectors are written one by one, in an order of the machine's own. */
  file(order: readonly number[] = [...new Array(SECTORS).keys()]): BlockStore {
    const { geometry } = new MemoryStore(0);
    const perform = (done: StoreCallback, work: () => void): void => {
      // A process that was killed hears of nothing any more.
      try {
        work();
      } catch (error) {
        if (error instanceof Killed) return;
        throw error;
      }
      done(null);
    };
    return {
      size: BigInt(this.cache.length),
      geometry,
      identity: 'the file',
      read: (buffer, position, done) => {
        perform(done, () => { buffer.set(this.cache.subarray(position, position + buffer.length)); });
      },
      write: (buffer, position, done) => {
        perform(done, () => {
          for (const sector of order) {
            this.step();
            this.cache.set(buffer.subarray(sector * SECTOR, (sector + 1) * SECTOR), position + sector * SECTOR);
          }
        });
      },
      flush: (done) => {
        perform(done, () => {
          this.step();
          this.disk = this.cache.slice();
        });
      },
      refresh: () => Promise.resolve(BigInt(this.cache.length)),
      close: () => Promise.resolve(),
    };
  }

  /** Starts anew. After a loss of power, any of the sectors that were not flushed may be there. */
  restart(kept?: readonly boolean[]): void {
    if (kept !== undefined) {
      for (let sector = 0; sector < SECTORS; sector++) {
        const [from, to] = [sector * SECTOR, (sector + 1) * SECTOR];
        if (kept[sector] !== true) this.cache.set(this.disk.subarray(from, to), from);
      }
      this.disk = this.cache.slice();
    }
    this.left = Infinity;
  }
}

const isAll = (bytes: Uint8Array, byte: number): boolean => bytes.every((each) => each === byte);

/** Resolves when the work has ended, or hangs because the machine has stopped. */
const settle = async (work: Promise<void>): Promise<'done' | 'stopped'> =>
  await Promise.race([
    work.then(() => 'done' as const, () => 'stopped' as const),
    new Promise<'stopped'>((resolve) => setTimeout(() => { resolve('stopped'); }, 5)),
  ]);

const recover = async (machine: Machine): Promise<void> => {
  await new AtomicWrites(machine.storage, '/state').recover(FILE, () => Promise.resolve(machine.file()));
};

beforeEach(() => {
  vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Steps of a write that nothing comes between: the intent, eight sectors, a flush, the intent again. */
const ALL_STEPS = 2 + SECTORS + 1 + 2;

describe('an atomic write', () => {
  it('is a whole or nothing wherever the process is killed, and whole once it was acknowledged', async () => {
    for (let steps = 0; steps <= ALL_STEPS; steps++) {
      const machine = new Machine(filled(1), steps);
      const end = await settle(new AtomicWrites(machine.storage, '/state').write(FILE, machine.file([3, 0, 7, 1, 6, 2, 5, 4]), filled(2), 0));
      machine.restart();
      await recover(machine);
      expect([isAll(machine.cache, 1), isAll(machine.cache, 2)], `after ${steps} steps`).toContain(true);
      expect(end).toBe(steps >= ALL_STEPS ? 'done' : 'stopped');
      if (end === 'done') expect(isAll(machine.cache, 2)).toBe(true);
      expect(machine.storage.state.size).toBe(0);
    }
  });

  it('is so where the machine loses its power too, whatever of the unflushed sectors is kept', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: ALL_STEPS }),
        fc.array(fc.boolean(), { minLength: SECTORS, maxLength: SECTORS }),
        fc.shuffledSubarray([...new Array(SECTORS).keys()], { minLength: SECTORS }),
        async (steps, kept, order) => {
          const machine = new Machine(filled(1), steps);
          const end = await settle(new AtomicWrites(machine.storage, '/state').write(FILE, machine.file(order), filled(2), 0));
          machine.restart(kept);
          await recover(machine);
          expect([isAll(machine.disk, 1), isAll(machine.disk, 2)]).toContain(true);
          if (end === 'done') expect(isAll(machine.disk, 2)).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('that the store fails in the middle of leaves what was there', async () => {
    const machine = new Machine(filled(1), Infinity);
    const file = machine.file();
    let writes = 0;
    const torn: BlockStore = {
      ...file,
      write: (buffer, position, done) => {
        if (writes++ > 0) file.write(buffer, position, done);
        else file.write(buffer.subarray(0, 3 * SECTOR), position, () => { done(new StoreError('ENOSPC', 'full')); });
      },
    };
    await expect(new AtomicWrites(machine.storage, '/state').write(FILE, torn, filled(2), 0)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(isAll(machine.cache, 1)).toBe(true);
    expect(machine.storage.state.size).toBe(0);
  });

  it('writes nothing when it cannot be noted', async () => {
    const machine = new Machine(filled(1), Infinity);
    machine.storage.writeState = () => Promise.reject(new StoreError('ENOSPC', 'full'));
    await expect(new AtomicWrites(machine.storage, '/state').write(FILE, machine.file(), filled(2), 0)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(isAll(machine.cache, 1)).toBe(true);
  });
});

describe('what was left of one', () => {
  const left = async (change: (machine: Machine) => void): Promise<Machine> => {
    const machine = new Machine(filled(1), 2 + 4);
    await settle(new AtomicWrites(machine.storage, '/state').write(FILE, machine.file(), filled(2), 0));
    machine.restart();
    expect(machine.storage.state.size).toBe(1);
    change(machine);
    return machine;
  };

  it('is not used for another file of the name, or where something else was written since', async () => {
    const other = await left((machine) => { machine.cache.fill(9, 0, SECTOR); });
    await recover(other);
    expect(isAll(other.cache.subarray(0, SECTOR), 9)).toBe(true);
    expect(isAll(other.cache.subarray(4 * SECTOR), 1)).toBe(true);
    const replaced = await left(() => undefined);
    await new AtomicWrites(replaced.storage, '/state').recover(FILE, () => Promise.resolve({ ...replaced.file(), identity: 'another' }));
    expect(isAll(replaced.cache.subarray(4 * SECTOR), 1)).toBe(true);
    expect(replaced.storage.state.size).toBe(0);
  });

  it('is refused when it is damaged, and kept', async () => {
    const machine = await left(({ storage }) => { for (const bytes of storage.state.values()) bytes[40]! ^= 1; });
    await expect(recover(machine)).rejects.toMatchObject({ code: 'EINVAL', message: expect.stringContaining(FILE) as string });
    expect(machine.storage.state.size).toBe(1);
  });
});

describe('the note of a write', () => {
  it('comes back as it was written, and no other bytes do', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 2000 }), fc.nat(), fc.string(), fc.nat(), (data, position, identity, at) => {
        const intent = { identity: Buffer.from(identity).toString(), position, data, before: sectorSums(data.map((byte) => byte ^ 1)) };
        const bytes = encodeIntent(intent);
        expect(decodeIntent(bytes)).toEqual(intent);
        const damaged = bytes.slice();
        damaged[at % damaged.length]! ^= 0x10;
        expect(decodeIntent(damaged)).toBeUndefined();
        expect(decodeIntent(bytes.subarray(0, at % bytes.length))).toBeUndefined();
        expect(decodeIntent(data)).toBeUndefined();
      }),
    );
  });
});
