import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { cdb } from '../cdb/cdb.js';
import type { CommandResult, LogicalUnit } from '../logical-unit.js';
import { STATUS } from '../logical-unit.js';
import { SENSE_KEY } from '../sense/sense-key.js';
import { becomeReady, type Disk, expectGood, expectSense, expectSettled, expectTransportError, good, pattern, type Rule } from './rule.js';

/** Commands started without awaiting. */
const MANY = 64;

function startReads({ lu, blockLength }: Disk, signal?: AbortSignal): Promise<CommandResult>[] {
  return Array.from({ length: MANY }, (_, index) =>
    lu.execute({ cdb: cdb.read10({ lba: index, transferLength: 1 }), dataIn: new Uint8Array(blockLength), signal }),
  );
}

/** Resets, and checks that what follows is at most the unit attention that tells of it. */
async function resetAndCheck(lu: LogicalUnit, kind: 'lun' | 'target'): Promise<void> {
  await lu.reset(kind);
  const result = await lu.execute({ cdb: cdb.testUnitReady() });
  // A host that knows of the reset may have taken the unit attention itself.
  if (result.status !== STATUS.GOOD) {
    const sense = expectSense(result);
    assert.deepEqual([sense.senseKey, sense.additionalSenseCode], [SENSE_KEY.UNIT_ATTENTION, 0x29], 'a reset is reported as 6/29');
  }
  await becomeReady(lu);
}

/** Many commands at a time, aborts, resets and the end. */
export const lifeRules: readonly Rule[] = [
  {
    name: `${MANY} commands started without awaiting all complete, each with its own data`,
    run: async ({ lu, blockLength }) => {
      const blocks = Array.from({ length: MANY }, (_, index) => pattern(blockLength, index));
      const writes = blocks.map((dataOut, lba) => lu.execute({ cdb: cdb.write10({ lba, transferLength: 1 }), dataOut }));
      (await Promise.all(writes)).forEach(expectGood);
      const reads = blocks.map((_, lba) => lu.execute({ cdb: cdb.read10({ lba, transferLength: 1 }), dataIn: new Uint8Array(blockLength) }));
      for (const [lba, result] of (await Promise.all(reads)).entries()) {
        expectGood(result);
        assert.deepEqual(Buffer.from(result.dataIn), Buffer.from(blocks[lba] ?? []), `block ${lba}`);
      }
    },
  },
  {
    name: 'good and failing commands at a time do not disturb each other',
    run: async ({ lu, blockLength, blockCount }) => {
      const results = await Promise.all(
        Array.from({ length: MANY }, (_, index) =>
          lu.execute({ cdb: cdb.read16({ lba: index % 2 === 0 ? 0 : blockCount + 1, transferLength: 1 }), dataIn: new Uint8Array(blockLength) }),
        ),
      );
      for (const [index, result] of results.entries()) {
        if (index % 2 === 0) expectGood(result);
        else assert.equal(expectSense(result).senseKey, SENSE_KEY.ILLEGAL_REQUEST);
      }
    },
  },
  {
    name: 'a command whose signal was aborted before is not executed: it rejects with ABORTED',
    run: async ({ lu, blockLength }) => {
      const before = await good(lu, { cdb: cdb.read10({ lba: 0, transferLength: 1 }), dataIn: new Uint8Array(blockLength) });
      const other = before.dataIn.map((byte) => byte ^ 0xff);
      const request = { cdb: cdb.write10({ lba: 0, transferLength: 1 }), dataOut: other, signal: AbortSignal.abort() };
      await expectTransportError(lu.execute(request), 'ABORTED');
      const after = await good(lu, { cdb: cdb.read10({ lba: 0, transferLength: 1 }), dataIn: new Uint8Array(blockLength) });
      assert.deepEqual(Buffer.from(after.dataIn), Buffer.from(before.dataIn));
    },
  },
  {
    name: 'commands aborted in flight complete or reject with ABORTED, and the logical unit goes on',
    run: async (disk) => {
      const controller = new AbortController();
      // One signal for many commands is what this rule is about, not a leak.
      setMaxListeners(0, controller.signal);
      const reads = startReads(disk, controller.signal);
      controller.abort();
      for (const outcome of await Promise.allSettled(reads)) {
        if (outcome.status === 'rejected') await expectTransportError(Promise.reject(outcome.reason as Error), 'ABORTED');
      }
      await becomeReady(disk.lu);
    },
  },
  {
    name: 'a signal that is aborted after the command has completed does nothing',
    run: async ({ lu }) => {
      const controller = new AbortController();
      await good(lu, { cdb: cdb.testUnitReady(), signal: controller.signal });
      controller.abort();
      await good(lu, { cdb: cdb.testUnitReady() });
    },
  },
  { name: 'a LUN reset succeeds and is told of by a unit attention at most', run: ({ lu }) => resetAndCheck(lu, 'lun') },
  { name: 'a target reset succeeds and is told of by a unit attention at most', feature: 'target-reset', run: ({ lu }) => resetAndCheck(lu, 'target') },
  {
    name: 'commands in flight at a reset all settle, and the logical unit goes on',
    run: async (disk) => {
      const reads = startReads(disk);
      const [, ...outcomes] = await Promise.all([disk.lu.reset('lun'), ...reads.map(async (read) => (await Promise.allSettled([read]))[0])]);
      expectSettled(outcomes);
      await becomeReady(disk.lu);
    },
  },
  {
    name: 'closing lets commands in flight settle; after it nothing is executed, and closing again is fine',
    run: async (disk) => {
      const settled = Promise.allSettled(startReads(disk));
      await disk.lu.close();
      expectSettled(await settled);
      await expectTransportError(disk.lu.execute({ cdb: cdb.testUnitReady() }), 'CLOSED');
      await expectTransportError(disk.lu.reset('lun'), 'CLOSED');
      await disk.lu.close();
    },
  },
  {
    name: 'disposing of it closes it',
    run: async ({ lu }) => {
      await lu[Symbol.asyncDispose]();
      await expectTransportError(lu.execute({ cdb: cdb.testUnitReady() }), 'CLOSED');
    },
  },
];
