import assert from 'node:assert/strict';
import { cdb } from '../cdb/cdb.js';
import { readCapacity } from '../commands/capacity.js';
import type { CommandRequest, CommandResult, LogicalUnit } from '../logical-unit.js';
import { STATUS, TransportError } from '../logical-unit.js';
import { decodeSense } from '../sense/decode-sense.js';
import { SENSE_KEY } from '../sense/sense-key.js';
import type { Sense } from '../sense/sense.js';
import { statusName } from '../status.js';

/**
 * What an implementation may be unable to do.
 * `target-reset`: `reset('target')`; `data-out-residual`: a residual other than zero where more or less data-out was sent than the CDB says.
 */
export type ComplianceFeature = 'target-reset' | 'data-out-residual';

/** One rule of the contract. */
export interface Rule {
  readonly name: string;
  /** Left out where the implementation cannot do this. */
  readonly feature?: ComplianceFeature | undefined;
  readonly run: (disk: Disk) => Promise<void>;
}

/** The logical unit of a case, ready and measured. */
export interface Disk {
  readonly lu: LogicalUnit;
  readonly blockLength: number;
  /** At least 1 MiB worth. */
  readonly blockCount: number;
}

/** More unit attentions than a new nexus has pending. */
const MOST_UNIT_ATTENTIONS = 32;

/** Reports what unit attentions there are until the logical unit is ready. */
export async function becomeReady(lu: LogicalUnit): Promise<void> {
  for (let attempt = 0; attempt < MOST_UNIT_ATTENTIONS; attempt++) {
    const result = await lu.execute({ cdb: cdb.testUnitReady() });
    if (result.status === STATUS.GOOD) return;
    const sense = expectSense(result);
    assert.equal(sense.senseKey, SENSE_KEY.UNIT_ATTENTION, 'a disk that is not ready cannot be tested');
  }
  assert.fail(`still reporting unit attentions after ${MOST_UNIT_ATTENTIONS} of them`);
}

export async function measure(lu: LogicalUnit): Promise<Disk> {
  await becomeReady(lu);
  const { blockLength, blockCount } = await readCapacity(lu);
  assert.ok(blockCount * BigInt(blockLength) >= 0x10_0000n, 'the tests need a disk of at least 1 MiB');
  return { lu, blockLength, blockCount: Number(blockCount) };
}

export function expectGood(result: CommandResult): CommandResult {
  assert.equal(statusName(result.status), 'GOOD');
  assert.equal(result.sense.length, 0, 'GOOD comes without sense data');
  return result;
}

export async function good(lu: LogicalUnit, request: CommandRequest): Promise<CommandResult> {
  return expectGood(await lu.execute(request));
}

/** Fails unless the result is CHECK CONDITION with sense data that is whole. */
export function expectSense(result: CommandResult): Sense {
  assert.equal(statusName(result.status), 'CHECK CONDITION');
  assert.ok(result.sense.length >= 8, `sense data of ${result.sense.length} bytes`);
  assert.equal(result.sense.length, 8 + (result.sense[7] ?? 0), 'sense data is as long as its ADDITIONAL SENSE LENGTH says');
  return decodeSense(result.sense);
}

/** Fails unless the promise rejects with a TransportError of the code. */
export async function expectTransportError(promise: Promise<unknown>, code: TransportError['code']): Promise<void> {
  const outcome: unknown = await promise.then(
    () => 'a result',
    (error: unknown) => error,
  );
  assert.ok(outcome instanceof TransportError, `expected a TransportError ${code}, got ${String(outcome)}`);
  assert.equal(outcome.code, code, outcome.message);
}

/** Fails unless each settled with a result or a TransportError. */
export function expectSettled(outcomes: readonly PromiseSettledResult<CommandResult>[]): void {
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') assert.ok(outcome.reason instanceof TransportError, `rejected with ${String(outcome.reason)}`);
  }
}

/** Bytes that differ from place to place and from seed to seed. */
export function pattern(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + (at >>> 8) * 17 + seed * 101) & 0xff);
}

/** A view of `length` bytes at an odd offset of a larger buffer, with a check that nothing around it has changed. */
export function guardedView(length: number, content?: Uint8Array): { readonly view: Uint8Array; readonly check: () => void } {
  const margin = 37;
  const whole = new Uint8Array(length + 2 * margin).fill(0xa5);
  const view = whole.subarray(margin, margin + length);
  if (content !== undefined) view.set(content);
  return {
    view,
    check: () => {
      const around = [...whole.subarray(0, margin), ...whole.subarray(margin + length)];
      assert.ok(around.every((byte) => byte === 0xa5), 'bytes outside the view were written');
    },
  };
}
