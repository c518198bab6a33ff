import { readU32, writeU32 } from '@scst/scsi';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fixture, UnrulyStore } from '../nexus/fixture.js';

const BLOCKS = 64;
const BLOCK = 512;

type Operation =
  | { op: 'read' | 'verify' | 'unmap'; form: 10 | 16; lba: number; blocks: number }
  | { op: 'write' | 'write and verify' | 'verify bytes'; form: 10 | 12 | 16; lba: number; blocks: number; seed: number }
  | { op: 'write same'; form: 10 | 16; lba: number; blocks: number; seed: number }
  | { op: 'compare and write'; lba: number; blocks: number; seed: number; matches: boolean };

const lba = fc.nat({ max: BLOCKS + 2 });
const blocks = fc.nat({ max: 12 });
const seed = fc.nat({ max: 255 });
const operations: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ op: fc.constantFrom('read' as const, 'verify' as const, 'unmap' as const), form: fc.constantFrom(10 as const, 16 as const), lba, blocks }),
  fc.record({
    op: fc.constantFrom('write' as const, 'write and verify' as const, 'verify bytes' as const),
    form: fc.constantFrom(10 as const, 12 as const, 16 as const),
    lba,
    blocks,
    seed,
  }),
  fc.record({ op: fc.constant('write same' as const), form: fc.constantFrom(10 as const, 16 as const), lba, blocks, seed }),
  fc.record({ op: fc.constant('compare and write' as const), lba, blocks, seed, matches: fc.boolean() }),
);

const OPCODES = {
  read: { 10: 0x28, 12: 0xa8, 16: 0x88 },
  write: { 10: 0x2a, 12: 0xaa, 16: 0x8a },
  'write and verify': { 10: 0x2e, 12: 0xae, 16: 0x8e },
  verify: { 10: 0x2f, 12: 0xaf, 16: 0x8f },
  'verify bytes': { 10: 0x2f, 12: 0xaf, 16: 0x8f },
  'write same': { 10: 0x41, 12: 0, 16: 0x93 },
} as const;

function cdbOf(opcode: number, form: 10 | 12 | 16, { lba: at, blocks: count }: { lba: number; blocks: number }, flags = 0): Uint8Array {
  const cdb = new Uint8Array(form);
  cdb[0] = opcode;
  cdb[1] = flags;
  writeU32(cdb, form === 16 ? 6 : 2, at);
  if (form === 10) cdb[8] = count;
  else writeU32(cdb, form === 16 ? 10 : 6, count);
  return cdb;
}

function pattern(count: number, start: number): Uint8Array {
  return new Uint8Array(count * BLOCK).map((_, index) => start + index + (index >> 9));
}

const OUT_OF_RANGE = 0x21;
const MISCOMPARE = 0x1d;

/** The medium as a plain array, and what a command does to it. Returns the additional sense code expected, 0 for GOOD. */
class Model {
  readonly bytes = new Uint8Array(BLOCKS * BLOCK);

  range({ lba: at, blocks: count }: { lba: number; blocks: number }): Uint8Array | undefined {
    return at + count > BLOCKS ? undefined : this.bytes.subarray(at * BLOCK, (at + count) * BLOCK);
  }
}

describe('the medium', () => {
  it('holds what the commands of all sessions left on it, whatever they ask', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(operations, fc.nat({ max: 2 })), { minLength: 1, maxLength: 40 }), fc.constantFrom('fileio' as const, 'blockio' as const), async (steps, kind) => {
        const store = new UnrulyStore(BLOCKS * BLOCK);
        const fixture = new Fixture({ device: { store, size: store.size, kind, thinProvisioned: true }, sessions: 3 }).clearAttentions();
        const model = new Model();
        for (const [step, session] of steps) {
          const { asc, data } = await perform(fixture, model, step, session);
          expect({ step, asc, data }).toEqual({ step, ...expected(model, step, kind) });
        }
        const content = await fixture.run(cdbOf(0x28, 10, { lba: 0, blocks: BLOCKS }), { in: BLOCKS * BLOCK });
        expect(Buffer.compare(content.dataIn, model.bytes)).toBe(0);
      }),
    );
  });

  it('lets one COMPARE AND WRITE through at a time: no increment is lost', async () => {
    const store = new UnrulyStore(BLOCKS * BLOCK);
    const fixture = new Fixture({ device: { store, size: store.size }, sessions: 4 }).clearAttentions();
    store.holds = true;
    let working = 4;
    let successes = 0;
    const increment = async (session: number): Promise<void> => {
      for (let round = 0; round < 25; ) {
        const before = await fixture.run(cdbOf(0x28, 10, { lba: 3, blocks: 1 }), { in: BLOCK, session });
        const data = new Uint8Array(2 * BLOCK);
        data.set(before.dataIn);
        data.set(before.dataIn, BLOCK);
        writeU32(data, BLOCK, readU32(before.dataIn, 0) + 1);
        const result = await fixture.run(compareAndWriteCdb({ lba: 3, blocks: 1 }), { out: data, session });
        if (result.status !== 0) continue;
        round++;
        successes++;
      }
    };
    const workers = [0, 1, 2, 3].map(async (session) => {
      await increment(session);
      working--;
    });
    while (working > 0) {
      store.release(1);
      await new Promise(setImmediate);
    }
    await Promise.all(workers);
    store.holds = false;
    const counter = await fixture.run(cdbOf(0x28, 10, { lba: 3, blocks: 1 }), { in: BLOCK });
    expect(successes).toBe(100);
    expect(readU32(counter.dataIn, 0)).toBe(100);
  });

  it('lets writes beside a COMPARE AND WRITE go on, and those on its blocks wait', async () => {
    const store = new UnrulyStore(BLOCKS * BLOCK);
    const fixture = new Fixture({ device: { store, size: store.size }, sessions: 2 }).clearAttentions();
    store.holds = true;
    const compare = fixture.run(compareAndWriteCdb({ lba: 8, blocks: 2 }), { out: new Uint8Array(4 * BLOCK) });
    const beside = fixture.run(cdbOf(0x2a, 10, { lba: 10, blocks: 1 }), { out: new Uint8Array(BLOCK), session: 1 });
    const onIt = fixture.run(cdbOf(0x2a, 10, { lba: 9, blocks: 1 }), { out: new Uint8Array(BLOCK), session: 1 });
    expect(store.log).toEqual(['read 4096+1024', 'write 5120+512']);
    store.release();
    expect(store.log).toEqual(['read 4096+1024', 'write 5120+512', 'write 4096+1024']);
    store.release();
    expect(store.log.at(-1)).toBe('write 4608+512');
    store.release();
    for (const each of [compare, beside, onIt]) expect((await each).status).toBe(0);
  });

  it('does not hold anything up when a COMPARE AND WRITE fails before it gets to the medium', async () => {
    const store = new UnrulyStore(BLOCKS * BLOCK);
    const fixture = new Fixture({ device: { store, size: store.size } });
    expect((await fixture.run(compareAndWriteCdb({ lba: 8, blocks: 1 }), { out: new Uint8Array(2 * BLOCK) })).status).toBe(2);
    expect((await fixture.run(compareAndWriteCdb({ lba: BLOCKS, blocks: 1 }), { out: new Uint8Array(2 * BLOCK) })).status).toBe(2);
    store.holds = true;
    const first = fixture.run(compareAndWriteCdb({ lba: 8, blocks: 1 }), { out: new Uint8Array(2 * BLOCK) });
    const second = fixture.run(cdbOf(0x28, 10, { lba: 8, blocks: 1 }), { in: BLOCK });
    expect(store.held).toBe(1);
    store.release();
    store.release();
    store.release();
    expect((await first).status).toBe(0);
    expect((await second).status).toBe(0);
  });
});

function compareAndWriteCdb({ lba: at, blocks: count }: { lba: number; blocks: number }): Uint8Array {
  const cdb = new Uint8Array(16);
  cdb[0] = 0x89;
  writeU32(cdb, 6, at);
  cdb[13] = count;
  return cdb;
}

interface Outcome {
  asc: number;
  data: string;
}

/** What the command ought to end with; changes the model. */
function expected(model: Model, step: Operation, kind: 'fileio' | 'blockio'): Outcome {
  const range = model.range(step);
  const none = { asc: 0, data: '' };
  switch (step.op) {
    case 'read':
      return range === undefined ? { asc: OUT_OF_RANGE, data: '' } : { asc: 0, data: Buffer.from(range).toString('hex') };
    case 'verify':
      return range === undefined ? { asc: OUT_OF_RANGE, data: '' } : none;
    case 'unmap':
      if (step.blocks === 0) return none;
      if (range === undefined) return { asc: OUT_OF_RANGE, data: '' };
      range.fill(0);
      return none;
    case 'write':
    case 'write and verify':
      if (range === undefined) return { asc: OUT_OF_RANGE, data: '' };
      range.set(pattern(step.blocks, step.seed));
      return none;
    case 'verify bytes':
      if (range === undefined) return { asc: OUT_OF_RANGE, data: '' };
      return Buffer.compare(range, pattern(step.blocks, step.seed)) === 0 ? none : { asc: MISCOMPARE, data: '' };
    case 'write same':
      if (range === undefined) return { asc: OUT_OF_RANGE, data: '' };
      if (step.blocks === 0) return { asc: 0x24, data: '' };
      for (let at = 0; at < range.length; at += BLOCK) range.set(pattern(1, step.seed), at);
      return none;
    case 'compare and write': {
      // Only file-backed devices look at the range of a command that has nothing to do.
      if (step.blocks === 0 && (kind === 'blockio' || range !== undefined)) return none;
      if (range === undefined) return { asc: OUT_OF_RANGE, data: '' };
      if (!step.matches) return { asc: MISCOMPARE, data: '' };
      range.set(pattern(step.blocks, step.seed));
      return none;
    }
  }
}

/** Sends the command; the model has not been changed yet. */
async function perform(fixture: Fixture, model: Model, step: Operation, session: number): Promise<Outcome> {
  const result = await send(fixture, model, step, session);
  return { asc: result.status === 0 ? 0 : (result.sense[12] ?? -1), data: result.status === 0 ? Buffer.from(result.dataIn).toString('hex') : '' };
}

async function send(fixture: Fixture, model: Model, step: Operation, session: number): ReturnType<Fixture['run']> {
  switch (step.op) {
    case 'read':
      return await fixture.run(cdbOf(OPCODES.read[step.form], step.form, step), { in: step.blocks * BLOCK, session });
    case 'verify':
      return await fixture.run(cdbOf(OPCODES.verify[step.form], step.form, step), { session });
    case 'write':
    case 'write and verify':
      return await fixture.run(cdbOf(OPCODES[step.op][step.form], step.form, step), { out: pattern(step.blocks, step.seed), session });
    case 'verify bytes':
      return await fixture.run(cdbOf(OPCODES[step.op][step.form], step.form, step, 0x02), { out: pattern(step.blocks, step.seed), session });
    case 'write same':
      return await fixture.run(cdbOf(OPCODES[step.op][step.form], step.form, step), { out: pattern(1, step.seed), session });
    case 'unmap': {
      const list = new Uint8Array(24);
      list[1] = 22;
      list[3] = 16;
      writeU32(list, 12, step.lba);
      writeU32(list, 16, step.blocks);
      return await fixture.run(Uint8Array.of(0x42, 0, 0, 0, 0, 0, 0, 0, list.length, 0), { out: list, session });
    }
    case 'compare and write': {
      const data = new Uint8Array(2 * step.blocks * BLOCK);
      const found = model.range(step);
      if (found !== undefined) data.set(found);
      if (!step.matches && data.length > 0) data[step.seed % (step.blocks * BLOCK)]! ^= 0xff;
      data.set(pattern(step.blocks, step.seed), step.blocks * BLOCK);
      return await fixture.run(compareAndWriteCdb(step), { out: data, session });
    }
  }
}
