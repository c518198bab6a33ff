import assert from 'node:assert/strict';
import { cdb } from '../cdb/cdb.js';
import { decodeReportLuns } from '../data/report-luns.js';
import { STATUS } from '../logical-unit.js';
import { isCondition, SENSE_CONDITION } from '../sense/sense-condition.js';
import { expectSense, good, guardedView, type Rule } from './rule.js';

/** An operation code that is in no group with a length and that no disk knows. */
const UNKNOWN_CDB = Uint8Array.of(0xff, 0, 0, 0, 0, 0);

/** What a result says: status, sense, residual and the data-in. */
export const resultRules: readonly Rule[] = [
  {
    name: 'it says what it is',
    run: ({ lu }) => {
      assert.ok(lu.description.length > 0);
      return Promise.resolve();
    },
  },
  {
    name: 'a command without data ends with GOOD, no sense, no residual and no data-in',
    run: async ({ lu }) => {
      const result = await good(lu, { cdb: cdb.testUnitReady() });
      assert.deepEqual([result.residual, result.dataIn.length], [0, 0]);
    },
  },
  {
    name: 'empty buffers are the same as none',
    run: async ({ lu }) => {
      await good(lu, { cdb: cdb.testUnitReady(), dataIn: new Uint8Array(0) });
      await good(lu, { cdb: cdb.testUnitReady(), dataOut: new Uint8Array(0) });
    },
  },
  {
    name: 'data-in is filled in place; the result has a view on what was filled, and the rest is residual',
    run: async ({ lu }) => {
      const { view, check } = guardedView(1024);
      const { dataIn, residual } = await good(lu, { cdb: cdb.inquiry({ allocationLength: 96 }), dataIn: view });
      assert.ok(dataIn.length >= 36 && dataIn.length <= 96, `standard INQUIRY data of ${dataIn.length} bytes`);
      assert.equal(residual, view.length - dataIn.length);
      assert.ok(dataIn.buffer === view.buffer && dataIn.byteOffset === view.byteOffset, 'dataIn is a view on the buffer offered');
      assert.ok(view.subarray(dataIn.length).every((byte) => byte === 0xa5), 'bytes beyond the data were written');
      check();
    },
  },
  {
    name: 'a buffer smaller than the data is filled, with no residual',
    run: async ({ lu }) => {
      const whole = await good(lu, { cdb: cdb.inquiry({ allocationLength: 36 }), dataIn: new Uint8Array(36) });
      const { view, check } = guardedView(16);
      const part = await good(lu, { cdb: cdb.inquiry({ allocationLength: 36 }), dataIn: view });
      assert.equal(part.residual, 0);
      assert.deepEqual([...part.dataIn], [...whole.dataIn.subarray(0, 16)]);
      check();
    },
  },
  {
    name: 'an allocation length of zero moves nothing',
    run: async ({ lu }) => {
      const without = await good(lu, { cdb: cdb.inquiry({ allocationLength: 0 }) });
      assert.deepEqual([without.residual, without.dataIn.length], [0, 0]);
    },
  },
  {
    name: 'CHECK CONDITION is a result: it comes with its whole sense data, no data-in and the whole buffer as residual',
    run: async ({ lu, blockLength, blockCount }) => {
      const { view, check } = guardedView(blockLength);
      const result = await lu.execute({ cdb: cdb.read16({ lba: blockCount + 1, transferLength: 1 }), dataIn: view });
      const sense = expectSense(result);
      assert.ok(isCondition(sense, SENSE_CONDITION.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE), JSON.stringify([sense.senseKey, sense.additionalSenseCode]));
      assert.deepEqual([result.residual, result.dataIn.length], [view.length, 0]);
      check();
    },
  },
  {
    name: 'an operation code nobody knows is an ILLEGAL REQUEST, and the next command works',
    run: async ({ lu }) => {
      const sense = expectSense(await lu.execute({ cdb: UNKNOWN_CDB }));
      assert.ok(isCondition(sense, SENSE_CONDITION.INVALID_COMMAND_OPERATION_CODE));
      await good(lu, { cdb: cdb.testUnitReady() });
    },
  },
  {
    name: 'the sense data of a result stays as it is when other commands follow',
    run: async ({ lu, blockCount }) => {
      const first = await lu.execute({ cdb: UNKNOWN_CDB });
      const before = first.sense.slice();
      await lu.execute({ cdb: cdb.read16({ lba: blockCount + 1, transferLength: 1 }), dataIn: new Uint8Array(8) });
      assert.deepEqual([...first.sense], [...before]);
    },
  },
  {
    name: 'the CDB may be a view on a larger buffer, and is not written to',
    run: async ({ lu }) => {
      const command = cdb.inquiry({ allocationLength: 36 });
      const { view, check } = guardedView(command.length, command);
      const { dataIn } = await good(lu, { cdb: view, dataIn: new Uint8Array(36) });
      assert.equal(dataIn.length, 36);
      assert.deepEqual([...view], [...command]);
      check();
    },
  },
  {
    name: 'the task attributes of a normal command and a timeout are accepted',
    run: async ({ lu }) => {
      for (const attribute of ['simple', 'ordered', 'head-of-queue'] as const) await good(lu, { cdb: cdb.testUnitReady(), attribute, timeout: 60_000 });
    },
  },
  {
    name: 'REPORT LUNS gives whole LUNs, at least one',
    run: async ({ lu }) => {
      const { dataIn, status } = await lu.execute({ cdb: cdb.reportLuns({ allocationLength: 4096 }), dataIn: new Uint8Array(4096) });
      assert.equal(status, STATUS.GOOD);
      const { luns, lunListLength } = decodeReportLuns(dataIn);
      assert.ok(luns.length > 0 && lunListLength % 8 === 0 && lunListLength >= 8 * luns.length, `${luns.length} LUNs in a list of ${lunListLength} bytes`);
    },
  },
];
