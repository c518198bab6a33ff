import { AssertionError } from 'node:assert';
import { describe, expect, it } from 'vitest';
import { cdb } from '../cdb/cdb.js';
import { STATUS, TransportError, type CommandRequest, type CommandResult } from '../logical-unit.js';
import { logicalUnitCompliance, MemoryDisk } from './index.js';

describe('a disk in memory complies', () => {
  for (const { name, run } of logicalUnitCompliance(() => new MemoryDisk())) it(name, run);
});

describe('a slow disk of 4096-byte blocks complies', () => {
  for (const { name, run } of logicalUnitCompliance(() => new MemoryDisk({ latency: 2, blockLength: 4096, blockCount: 256 }))) it(name, run);
});

it('rules about what cannot be done are left out', () => {
  const all = logicalUnitCompliance(() => new MemoryDisk());
  const less = logicalUnitCompliance(() => new MemoryDisk(), { without: ['target-reset', 'data-out-residual'] });
  expect(all.length - less.length).toBe(3);
});

type Execute = (request: CommandRequest) => Promise<CommandResult>;

/** A disk with one fault. */
function faulty(fault: (request: CommandRequest, execute: Execute) => Promise<CommandResult>): MemoryDisk {
  return new (class extends MemoryDisk {
    override execute(request: CommandRequest): Promise<CommandResult> {
      return fault(request, (inner) => super.execute(inner));
    }
  })();
}

const faults: [string, () => MemoryDisk, RegExp][] = [
  ['rejecting for CHECK CONDITION', () => faulty(async (request, execute) => {
    const result = await execute(request);
    if (result.status === STATUS.CHECK_CONDITION) throw new TransportError('FAILED', 'check condition');
    return result;
  }), /CHECK CONDITION is a result/],
  ['sense cut to eight bytes', () => faulty(async (request, execute) => {
    const result = await execute(request);
    return { ...result, sense: result.sense.subarray(0, 8) };
  }), /CHECK CONDITION is a result/],
  ['sense with GOOD', () => faulty(async (request, execute) => {
    const result = await execute(request);
    return result.status === STATUS.GOOD ? { ...result, sense: new Uint8Array(18) } : result;
  }), /ends with GOOD, no sense/],
  ['data-in in a buffer of its own', () => faulty(async (request, execute) => {
    const result = await execute(request);
    return { ...result, dataIn: result.dataIn.slice() };
  }), /filled in place/],
  ['no residual', () => faulty(async (request, execute) => ({ ...(await execute(request)), residual: 0 })), /the rest is residual/],
  ['data-out scribbled over', () => faulty(async (request, execute) => {
    const result = await execute(request);
    request.dataOut?.fill(0);
    return result;
  }), /data-out is not written to/],
  ['writing outside the view', () => faulty(async (request, execute) => {
    const result = await execute(request);
    if (request.dataIn !== undefined && request.dataIn.byteOffset > 0) new Uint8Array(request.dataIn.buffer)[0] = 0;
    return result;
  }), /of which nothing else changes/],
  ['a lost write', () => faulty((request, execute) => execute(request.cdb[0] === 0x8a ? { cdb: cdb.testUnitReady() } : request)), /reads back/],
  ['signals ignored', () => faulty((request, execute) => execute({ ...request, signal: undefined })), /aborted before is not executed/],
  ['commands mixed up', () => {
    let held: Uint8Array | undefined;
    return faulty(async (request, execute) => {
      const result = await execute(request);
      if (request.cdb[0] === 0x28 && request.cdb[5] === 3) held = request.dataIn;
      if (request.cdb[0] === 0x28 && request.cdb[5] === 4 && held !== undefined) request.dataIn?.set(held);
      return result;
    });
  }, /each with its own data/],
  ['open after close', () => new (class extends MemoryDisk {
    override close(): Promise<void> {
      return Promise.resolve();
    }
  })(), /after it nothing is executed/],
];

describe('the suite finds', () => {
  it.each(faults)('%s', async (_, disk, rule) => {
    const cases = logicalUnitCompliance(disk).filter(({ name }) => rule.test(name));
    expect(cases).toHaveLength(1);
    await expect(cases[0]?.run()).rejects.toSatisfy((error) => error instanceof AssertionError || error instanceof TransportError);
  });
});
