import { STATUS } from '@scst/scsi';
import { describe, expect, it } from 'vitest';
import { Fixture, type FixtureOptions, hex, toHex } from '../nexus/fixture.js';
import { MemoryStore } from '../store/memory-store.js';

// Sentences of the description of SCST that few or no recordings show, one test each.

const BLOCK = 512;
const BLOCKS = 64;
const TUR = '00 00 00 00 00 00';

const world = (options: FixtureOptions = {}): Fixture =>
  new Fixture({ profile: 'recorded', sessions: 2, ...options, device: { store: new MemoryStore(BLOCKS * BLOCK), thinProvisioned: true, ...options.device } }).clearAttentions();

/** Status 00, or sense key, codes and the sense-key specific bytes. */
const send = async (fixture: Fixture, cdb: string, options: { out?: Uint8Array; in?: number; session?: number } = {}): Promise<string> => {
  const { status, sense } = await fixture.run(cdb, options);
  if (status !== STATUS.CHECK_CONDITION) return status.toString(16).padStart(2, '0');
  const specific = toHex(sense.subarray(15, 18));
  return `${(sense[2] ?? 0).toString(16)}/${toHex(sense.subarray(12, 14))}${specific === '000000' ? '' : ` ${specific}`}`;
};

const zeros = (count: number): Uint8Array => new Uint8Array(count);
const descriptor = (lba: number, blocks: number): string => `${lba.toString(16).padStart(16, '0')}${blocks.toString(16).padStart(8, '0')}00000000`;
const unmapList = (...descriptors: readonly string[]): Uint8Array => {
  const length = (descriptors.length * 16).toString(16).padStart(4, '0');
  return hex(`0000${length}00000000${descriptors.join('')}`);
};
const unmap = (list: Uint8Array): string => `42 00 00 00 00 00 00 00 ${list.length.toString(16).padStart(2, '0')} 00`;

describe('UNMAP', () => {
  it('skips a descriptor of no blocks, wherever it points, and has freed those before one that is out of range', async () => {
    const fixture = world();
    await fixture.run('2a 00 00000000 00 0040 00', { out: zeros(BLOCKS * BLOCK).fill(5) });
    const nowhere = unmapList(descriptor(2 ** 40, 0));
    expect(await send(fixture, unmap(nowhere), { out: nowhere })).toBe('00');
    const half = unmapList(descriptor(2, 1), descriptor(BLOCKS - 1, 2), descriptor(4, 1));
    expect(await send(fixture, unmap(half), { out: half })).toBe('5/2100');
    const { dataIn } = await fixture.run('28 00 00000000 00 0006 00', { in: 6 * BLOCK });
    expect([0, 1, 2, 3, 4, 5].map((block) => dataIn[block * BLOCK])).toEqual([5, 5, 0, 5, 5, 5]);
  });

  it('ignores UNMAP DATA LENGTH, and points at the length of the descriptors where that is odd or too long', async () => {
    const fixture = world();
    const list = unmapList(descriptor(0, 1));
    list.set([0xff, 0xff]);
    expect(await send(fixture, unmap(list), { out: list })).toBe('00');
    list[3] = 15;
    expect(await send(fixture, unmap(list), { out: list })).toBe('5/2600 800002');
    list[3] = 32;
    expect(await send(fixture, unmap(list), { out: list })).toBe('5/2600 800002');
    expect(await send(fixture, '42 01 00 00 00 00 00 00 18 00', { out: unmapList(descriptor(0, 1)) })).toBe('5/2400 c80001');
  });
});

describe('WRITE SAME and COMPARE AND WRITE', () => {
  it('check the range before the count, and each length in its own way', async () => {
    const fixture = world();
    const same = (lba: number, count: number): Promise<string> => send(fixture, `41 00 ${lba.toString(16).padStart(8, '0')} 00 ${count.toString(16).padStart(4, '0')} 00`, { out: zeros(BLOCK) });
    expect(await same(0, 0)).toBe('5/2400 c00007');
    expect(await same(BLOCKS, 0)).toBe('5/2400 c00007');
    expect(await same(BLOCKS + 1, 0)).toBe('5/2100');
    const compare = (length: number): Promise<string> => send(fixture, '89 00 0000000000000000 000000 01 00 00', { out: zeros(length) });
    expect(await compare(2 * BLOCK)).toBe('00');
    expect(await compare(3 * BLOCK)).toBe('5/2400 c0000d');
    expect(await compare(BLOCK + 100)).toBe('5/0e03');
    expect(await send(fixture, '89 00 0000000000000000 000000 00 00 00', { out: zeros(BLOCK) })).toBe('00');
  });
});

describe('WRITE AND VERIFY', () => {
  it('with more data than the CDB says, at the last block, compares what found its place', async () => {
    const last = (BLOCKS - 1).toString(16).padStart(2, '0');
    expect(await send(world(), `2e 00 00 00 00 ${last} 00 00 01 00`, { out: new Uint8Array(2 * BLOCK).fill(7) })).toBe('00');
  });
});

describe('unit attentions', () => {
  it('are told one a command, oldest first, and none twice; a reset adds to them', async () => {
    const fixture = world();
    const select = (): Promise<string> => send(fixture, '15 10 00 00 00 00', { session: 0 });
    expect(await select()).toBe('00');
    expect(await select()).toBe('00');
    await fixture.unit(0).reset('lun');
    expect(await send(fixture, TUR, { session: 1 })).toBe('6/2a01');
    expect(await send(fixture, TUR, { session: 1 })).toBe('6/2900');
    expect(await send(fixture, TUR, { session: 1 })).toBe('00');
    expect(await send(fixture, TUR, { session: 0 })).toBe('6/2900');
    expect(await send(fixture, TUR, { session: 0 })).toBe('00');
  });

  it('are cleared by a REQUEST SENSE, however little of it is asked for, unless nothing is', async () => {
    const fixture = world();
    await send(fixture, '15 10 00 00 00 00');
    expect(await send(fixture, '03 00 00 00 00 00', { session: 1 })).toBe('00');
    expect(toHex((await fixture.run('03 00 00 00 04 00', { session: 1, in: 4 })).dataIn)).toBe('70000600');
    expect(await send(fixture, TUR, { session: 1 })).toBe('00');
  });
});

describe('a LUN reset', () => {
  it('gives the write cache its default back, whatever was saved, lets the medium go and drops RESERVE', async () => {
    const fixture = world({ device: { removable: true } });
    const page = (await fixture.run('1a 08 08 00 ff 00', { in: 255 })).dataIn.slice();
    expect(page[4]! & 0x3f).toBe(0x08);
    page.set([0, 0, 0]);
    page[4]! &= 0x3f;
    page[6]! &= ~0x04; // WCE
    expect(await send(fixture, `15 11 00 00 ${page.length.toString(16).padStart(2, '0')} 00`, { out: page })).toBe('00');
    await send(fixture, '1e 00 00 00 01 00');
    await send(fixture, '16 00 00 00 00 00');
    expect(fixture.server.mediumRemovalPrevented).toBe(true);
    expect(fixture.server.modes.writeCacheEnabled).toBe(false);
    await fixture.unit(1).reset('lun');
    fixture.clearAttentions();
    expect(fixture.server.mediumRemovalPrevented).toBe(false);
    expect(fixture.server.modes.writeCacheEnabled).toBe(true);
    expect(await send(fixture, '16 00 00 00 00 00', { session: 1 })).toBe('00');
  });
});

describe('parameter lengths', () => {
  it('of REPORT LUNS and of reports of target port groups', async () => {
    const fixture = world();
    const reportLuns = (length: number, select = 0): Promise<string> => send(fixture, `a0 00 0${select} 000000 ${length.toString(16).padStart(8, '0')} 00 00`, { in: length });
    for (const length of [1, 8, 15]) expect(await reportLuns(length)).toBe('5/2400 c00006');
    expect(await reportLuns(16)).toBe('00');
    expect(await reportLuns(16, 2)).toBe('00');
    for (const select of [1, 3, 4]) expect(await reportLuns(16, select)).toBe('5/2400 c00002');
    for (const format of ['4', '6', 'e']) expect(await send(fixture, `a3 ${format}a 00 00 00 00 00 00 00 40 00 00`, { in: 64 })).toBe('5/2400');
  });
});
