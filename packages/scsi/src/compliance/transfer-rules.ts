import assert from 'node:assert/strict';
import { cdb } from '../cdb/cdb.js';
import { type Disk, good, guardedView, pattern, type Rule } from './rule.js';

const BLOCKS = 4;

async function writeBlocks({ lu }: Disk, lba: number, data: Uint8Array, blocks: number): Promise<void> {
  const { residual } = await good(lu, { cdb: cdb.write10({ lba, transferLength: blocks }), dataOut: data });
  assert.equal(residual, 0);
}

async function readBlocks({ lu, blockLength }: Disk, lba: number, blocks: number): Promise<Uint8Array> {
  const { residual, dataIn } = await good(lu, { cdb: cdb.read10({ lba, transferLength: blocks }), dataIn: new Uint8Array(blocks * blockLength) });
  assert.equal(residual, 0);
  return dataIn;
}

function same(actual: Uint8Array, expected: Uint8Array, what: string): void {
  // Comparing thousands of bytes one by one would bury the message.
  assert.equal(actual.length, expected.length, `${what}: length`);
  assert.equal(actual.findIndex((byte, at) => byte !== expected[at]), -1, `${what}: first byte that differs`);
}

/** Moving data to the medium and back. */
export const transferRules: readonly Rule[] = [
  {
    name: 'what was written reads back, by the 10 and the 16-byte commands, at the start and at the end',
    run: async (disk) => {
      const { lu, blockLength, blockCount } = disk;
      for (const [index, lba] of [0, blockCount - BLOCKS].entries()) {
        const data = pattern(BLOCKS * blockLength, index);
        await good(lu, { cdb: cdb.write16({ lba, transferLength: BLOCKS }), dataOut: data });
        same(await readBlocks(disk, lba, BLOCKS), data, `READ(10) at ${lba}`);
        const { dataIn } = await good(lu, { cdb: cdb.read16({ lba, transferLength: BLOCKS }), dataIn: new Uint8Array(data.length) });
        same(dataIn, data, `READ(16) at ${lba}`);
      }
    },
  },
  {
    name: 'a write changes the blocks it names and no others',
    run: async (disk) => {
      const { blockLength } = disk;
      const before = pattern(BLOCKS * blockLength, 2);
      await writeBlocks(disk, 8, before, BLOCKS);
      await writeBlocks(disk, 9, pattern(blockLength, 3), 1);
      const expected = before.slice();
      expected.set(pattern(blockLength, 3), blockLength);
      same(await readBlocks(disk, 8, BLOCKS), expected, 'blocks around the one written');
    },
  },
  {
    name: 'data-out is not written to, and may be a view at any offset of a larger buffer',
    run: async (disk) => {
      const content = pattern(BLOCKS * disk.blockLength, 4);
      const { view, check } = guardedView(content.length, content);
      await writeBlocks(disk, 16, view, BLOCKS);
      same(view, content, 'data-out after the write');
      check();
      same(await readBlocks(disk, 16, BLOCKS), content, 'blocks');
    },
  },
  {
    name: 'data-in may be a view at any offset of a larger buffer, of which nothing else changes',
    run: async (disk) => {
      const { lu, blockLength } = disk;
      const content = pattern(BLOCKS * blockLength, 5);
      await writeBlocks(disk, 24, content, BLOCKS);
      const { view, check } = guardedView(content.length + 19);
      const { dataIn, residual } = await good(lu, { cdb: cdb.read10({ lba: 24, transferLength: BLOCKS }), dataIn: view });
      assert.equal(residual, 19);
      same(dataIn, content, 'data-in');
      assert.ok(view.subarray(content.length).every((byte) => byte === 0xa5), 'bytes beyond the data were written');
      check();
    },
  },
  {
    name: 'a transfer of no blocks is GOOD, without a buffer and with one that stays as it is',
    run: async ({ lu, blockLength }) => {
      for (const command of [cdb.read10({ lba: 0, transferLength: 0 }), cdb.write10({ lba: 0, transferLength: 0 })]) {
        const { residual } = await good(lu, { cdb: command });
        assert.equal(residual, 0);
      }
      const { view, check } = guardedView(blockLength);
      const { residual, dataIn } = await good(lu, { cdb: cdb.read10({ lba: 0, transferLength: 0 }), dataIn: view });
      assert.deepEqual([residual, dataIn.length], [view.length, 0]);
      assert.ok(view.every((byte) => byte === 0xa5), 'the buffer was written');
      check();
    },
  },
  {
    name: 'data-out beyond what the CDB asks for is not used and is residual',
    feature: 'data-out-residual',
    run: async (disk) => {
      const { lu, blockLength } = disk;
      await writeBlocks(disk, 32, pattern(2 * blockLength, 6), 2);
      const { residual } = await good(lu, { cdb: cdb.write10({ lba: 32, transferLength: 1 }), dataOut: pattern(2 * blockLength, 7) });
      assert.equal(residual, blockLength);
      const expected = pattern(2 * blockLength, 6);
      expected.set(pattern(2 * blockLength, 7).subarray(0, blockLength));
      same(await readBlocks(disk, 32, 2), expected, 'blocks');
    },
  },
  {
    name: 'data-out short of what the CDB asks for gives a negative residual, and the blocks that came are written',
    feature: 'data-out-residual',
    run: async (disk) => {
      const { lu, blockLength } = disk;
      await writeBlocks(disk, 40, pattern(2 * blockLength, 8), 2);
      const { residual } = await good(lu, { cdb: cdb.write10({ lba: 40, transferLength: 2 }), dataOut: pattern(blockLength, 9) });
      assert.equal(residual, -blockLength);
      const expected = pattern(2 * blockLength, 8);
      expected.set(pattern(blockLength, 9));
      same(await readBlocks(disk, 40, 2), expected, 'blocks');
    },
  },
  {
    name: 'a transfer of 256 KiB is whole',
    run: async (disk) => {
      const blocks = 0x4_0000 / disk.blockLength;
      const data = pattern(0x4_0000, 10);
      await writeBlocks(disk, 0, data, blocks);
      same(await readBlocks(disk, 0, blocks), data, 'blocks');
    },
  },
];
