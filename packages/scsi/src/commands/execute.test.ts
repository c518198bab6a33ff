import { describe, expect, it } from 'vitest';
import { cdb } from '../cdb/cdb.js';
import { STATUS } from '../logical-unit.js';
import { encodeSense } from '../sense/encode-sense.js';
import { SENSE_CONDITION } from '../sense/sense-condition.js';
import type { Sense, SenseInput } from '../sense/sense.js';
import { hex } from '../testing/arbitraries.js';
import { ScriptedUnit } from '../testing/scripted-unit.js';
import { execute } from './execute.js';
import { ScsiError } from './scsi-error.js';
import { testUnitReady } from './unit.js';

const TUR = '000000000000';
const sense = (input: SenseInput): string => hex(encodeSense(input));
const unitAttention = sense(SENSE_CONDITION.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED);

async function errorOf(promise: Promise<unknown>): Promise<ScsiError> {
  const error: unknown = await promise.then(() => undefined, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(ScsiError);
  return error as ScsiError;
}

describe('unit attentions', () => {
  it('are passed over once by default, and told of', async () => {
    const seen: Sense[] = [];
    const lu = new ScriptedUnit({ cdb: TUR, sense: unitAttention }, { cdb: TUR });
    await testUnitReady(lu, { onUnitAttention: (told) => seen.push(told) });
    lu.done();
    expect(seen).toMatchObject([SENSE_CONDITION.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED]);
  });
  it('a second one is an error', async () => {
    const lu = new ScriptedUnit({ cdb: TUR, sense: unitAttention }, { cdb: TUR, sense: unitAttention });
    expect((await errorOf(testUnitReady(lu))).is(SENSE_CONDITION.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED)).toBe(true);
    lu.done();
  });
  it('are passed over as often as asked, or never', async () => {
    const patient = new ScriptedUnit({ cdb: TUR, sense: unitAttention }, { cdb: TUR, sense: unitAttention }, { cdb: TUR });
    await testUnitReady(patient, { unitAttentionRetries: 2 });
    patient.done();
    const strict = new ScriptedUnit({ cdb: TUR, sense: unitAttention });
    await errorOf(testUnitReady(strict, { unitAttentionRetries: 0 }));
    strict.done();
  });
  it('a deferred error is never passed over: it is of another command', async () => {
    const lu = new ScriptedUnit({ cdb: TUR, sense: sense({ ...SENSE_CONDITION.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED, deferred: true }) });
    expect((await errorOf(testUnitReady(lu))).message).toBe(
      'TEST UNIT READY: CHECK CONDITION, deferred UNIT ATTENTION, POWER ON, RESET, OR BUS DEVICE RESET OCCURRED (6/29/00)',
    );
  });
});

describe('what counts as success', () => {
  it('CONDITION MET, and RECOVERED ERROR', async () => {
    const recovered = sense({ senseKey: 1, additionalSenseCode: 0x17, additionalSenseCodeQualifier: 1 });
    const lu = new ScriptedUnit({ cdb: TUR, status: STATUS.CONDITION_MET }, { cdb: TUR, sense: recovered });
    await testUnitReady(lu);
    await testUnitReady(lu);
    lu.done();
  });
});

describe('errors', () => {
  it('name command, place, status and sense', async () => {
    const command = cdb.write10({ lba: 5, transferLength: 1 });
    const lu = new ScriptedUnit({ cdb: hex(command), sense: sense(SENSE_CONDITION.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE), residual: 512, out: '00' });
    const error = await errorOf(execute(lu, { cdb: command, dataOut: new Uint8Array(1) }));
    expect(error.message).toBe('WRITE(10) at LBA 5: CHECK CONDITION, ILLEGAL REQUEST, LOGICAL BLOCK ADDRESS OUT OF RANGE (5/21/00)');
    expect(error).toMatchObject({ code: 'CHECK_CONDITION', status: 2, commandName: 'WRITE(10)', residual: 512, cdb: command, name: 'ScsiError' });
    expect(error.decodedSense).toMatchObject(SENSE_CONDITION.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
    expect(error.is(SENSE_CONDITION.INVALID_FIELD_IN_CDB)).toBe(false);
  });
  it('name the field that a field pointer means', async () => {
    const command = cdb.read16({ lba: 2n ** 60n, transferLength: 1, rdprotect: 1 });
    const pointed = sense({ ...SENSE_CONDITION.INVALID_FIELD_IN_CDB, senseKeySpecific: { kind: 'field-pointer', inCdb: true, bitPointer: 5, fieldPointer: 1 } });
    const error = await errorOf(execute(new ScriptedUnit({ cdb: hex(command), sense: pointed }), { cdb: command }));
    expect(error.message).toBe(
      'READ(16) at LBA 1152921504606846976: CHECK CONDITION, ILLEGAL REQUEST, INVALID FIELD IN CDB (5/24/00); CDB byte 1 bit 5: RDPROTECT is 1',
    );
  });
  it.each([
    [STATUS.RESERVATION_CONFLICT, 'RESERVATION_CONFLICT', 'TEST UNIT READY: RESERVATION CONFLICT'],
    [STATUS.BUSY, 'BUSY', 'TEST UNIT READY: BUSY'],
    [STATUS.TASK_SET_FULL, 'TASK_SET_FULL', 'TEST UNIT READY: TASK SET FULL'],
    [STATUS.ACA_ACTIVE, 'ACA_ACTIVE', 'TEST UNIT READY: ACA ACTIVE'],
    [STATUS.TASK_ABORTED, 'TASK_ABORTED', 'TEST UNIT READY: TASK ABORTED'],
    [0x22, 'UNKNOWN_STATUS', 'TEST UNIT READY: STATUS 22h'],
    [STATUS.CHECK_CONDITION, 'CHECK_CONDITION', 'TEST UNIT READY: CHECK CONDITION'],
  ])('status %i has the code %s', async (status, code, message) => {
    const error = await errorOf(testUnitReady(new ScriptedUnit({ cdb: TUR, status })));
    expect(error).toMatchObject({ code, message, status });
    expect(error.decodedSense).toBeUndefined();
  });
});

it('signal, timeout and attribute reach the logical unit', async () => {
  const lu = new ScriptedUnit({ cdb: TUR });
  const { signal } = new AbortController();
  await testUnitReady(lu, { signal, timeout: 5, attribute: 'ordered' });
  expect(lu.requests[0]).toMatchObject({ signal, timeout: 5, attribute: 'ordered' });
});
