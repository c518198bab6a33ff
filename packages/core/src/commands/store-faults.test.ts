import { describe, expect, it } from 'vitest';
import { Fixture, type FixtureDevice, UnrulyStore } from '../nexus/fixture.js';

const SIZE = 1024 * 1024;

function unruly(device: Partial<FixtureDevice> = {}): { fixture: Fixture; store: UnrulyStore } {
  const store = new UnrulyStore(SIZE);
  const fixture = new Fixture({ device: { store, size: BigInt(SIZE), ...device } }).clearAttentions();
  return { fixture, store };
}

const READ = '28 00 00 00 00 00 00 00 01 00';
const WRITE = '2a 00 00 00 00 00 00 00 01 00';
const WRITE_FUA = '2a 08 00 00 00 00 00 00 01 00';
const block = new Uint8Array(512);
const sense = (key: string, asc: string): string => `7000${key}000000000a00000000${asc}00000000`;

describe('what a store fails with', () => {
  it.each([
    ['EIO', READ, 'read', sense('03', '1100')],
    ['SHORT', READ, 'read', sense('03', '1100')],
    ['EIO', WRITE, 'write', sense('03', '0300')],
    ['EROFS', WRITE, 'write', sense('03', '0300')],
    ['ENOSPC', WRITE, 'write', sense('07', '2707')],
    ['EIO', WRITE_FUA, 'flush', sense('03', '0300')],
    ['EIO', '35 00 00 00 00 00 00 00 00 00', 'flush', sense('03', '0300')],
    ['EIO', '2f 00 00 00 00 00 00 00 01 00', 'read', sense('03', '1100')],
    ['EIO', '2f 00 00 00 00 00 00 00 01 00', 'flush', sense('03', '0300')],
    ['EIO', '41 00 00 00 00 00 00 00 01 00', 'write', sense('03', '0300')],
    ['EIO', '89 00 00000000 00000000 000000 01 00 00', 'read', sense('03', '1100')],
    ['ENOSPC', '89 00 00000000 00000000 000000 01 00 00', 'write', sense('07', '2707')],
    ['EIO', '2e 00 00 00 00 00 00 00 01 00', 'read', sense('03', '1100')],
  ] as const)('%s turns %s into its sense (%s)', async (code, cdb, operation, expected) => {
    const { fixture, store } = unruly();
    store.fails = { [operation]: code };
    const out = cdb === READ || cdb.startsWith('35') || cdb.startsWith('2f') ? undefined : new Uint8Array(cdb.startsWith('89') ? 1024 : 512);
    const result = await fixture.run(cdb, { ...(out === undefined ? {} : { out }), ...(cdb === READ ? { in: 512 } : {}) });
    expect(result.status).toBe(2);
    expect(Buffer.from(result.sense).toString('hex')).toBe(expected);
    store.fails = {};
    expect((await fixture.run(READ, { in: 512 })).status).toBe(0);
  });

  it('makes the initiator come back when it is short of something for the moment', async () => {
    const { fixture, store } = unruly();
    store.fails = { read: 'EAGAIN' };
    expect((await fixture.run(READ, { in: 512 })).status).toBe(0x08);
  });

  it('as recorded: block devices take no part of a sector, while the profiles without defects move what the CDB says', async () => {
    const [read, written] = [{ in: 64 }, { out: new Uint8Array(1000) }];
    const recorded = new Fixture({ profile: 'recorded', device: { kind: 'blockio' } }).clearAttentions();
    expect(await recorded.run(READ, read)).toMatchObject({ status: 2, sense: Uint8Array.from(Buffer.from(sense('04', '4400'), 'hex')), residual: 64 });
    expect(await recorded.run(WRITE, written)).toMatchObject({ status: 2, residual: 1000 - 512 });
    expect(await recorded.run(READ, { in: 512 })).toMatchObject({ status: 0, residual: 0 });
    const file = new Fixture({ profile: 'recorded' }).clearAttentions();
    expect(await file.run(READ, read)).toMatchObject({ status: 0, residual: 64 - 512 });
    const corrected = new Fixture({ profile: 't10', device: { kind: 'blockio' } }).clearAttentions();
    expect(await corrected.run(READ, read)).toMatchObject({ status: 0 });
    expect(await corrected.run(WRITE, written)).toMatchObject({ status: 0 });
  });

  it('is told of a device whose file is not open', async () => {
    const { fixture } = unruly();
    fixture.device.store = null;
    expect(Buffer.from((await fixture.run(READ, { in: 512 })).sense).toString('hex')).toBe(sense('02', '3a00'));
    expect((await fixture.run('00 00 00 00 00 00')).status).toBe(0);
    expect((await fixture.run('25 00 00 00 00 00 00 00 00 00', { in: 8 })).status).toBe(0);
  });
});

describe('what is stable before GOOD', () => {
  const log = async (device: Partial<FixtureDevice>, cdb: string): Promise<string[]> => {
    const { fixture, store } = unruly(device);
    expect((await fixture.run(cdb, cdb.startsWith('2a') ? { out: block } : {})).status).toBe(0);
    return store.log;
  };

  it('is what FUA and SYNCHRONIZE CACHE ask for', async () => {
    expect(await log({}, WRITE)).toEqual(['write 0+512']);
    expect(await log({}, WRITE_FUA)).toEqual(['write 0+512', 'flush']);
    expect(await log({}, '35 00 00 00 00 00 00 00 00 00')).toEqual(['flush']);
    expect(await log({}, '1b 00 00 00 00 00')).toEqual(['flush']);
  });

  it('is everything without being asked where there is no volatile cache', async () => {
    expect(await log({ nvCache: true }, WRITE_FUA)).toEqual(['write 0+512']);
    expect(await log({ writeThrough: true }, WRITE_FUA)).toEqual(['write 0+512']);
  });

  it('is every write once WCE is switched off, and what was written before', async () => {
    const { fixture, store } = unruly();
    const caching = new Uint8Array(24);
    caching.set([0, 0, 0, 0, 0x08, 0x12, 0x00]);
    expect((await fixture.run('15 10 00 00 18 00', { out: caching })).status).toBe(0);
    expect(store.log).toEqual(['flush']);
    expect((await fixture.run(WRITE, { out: block })).status).toBe(0);
    expect(store.log).toEqual(['flush', 'write 0+512', 'flush']);
  });

  it('is what was freed, where there is no cache', async () => {
    const unmapOne = new Uint8Array(24);
    unmapOne.set([0, 22, 0, 16]);
    unmapOne[19] = 1;
    const { fixture, store } = unruly({ thinProvisioned: true });
    const free = async (): Promise<string[]> => {
      store.log.length = 0;
      expect((await fixture.run('42 00 00 00 00 00 00 00 18 00', { out: unmapOne })).status).toBe(0);
      expect((await fixture.run('93 08 00000000 00000000 00000001 00 00', { out: block })).status).toBe(0);
      expect((await fixture.run('04 00 00 00 00 00')).status).toBe(0);
      return store.log.map((entry) => entry.replace(/ .*/u, ''));
    };
    expect(await free()).toEqual(['unmap', 'unmap', 'unmap']);
    const caching = new Uint8Array(24);
    caching.set([0, 0, 0, 0, 0x08, 0x12, 0x00]);
    expect((await fixture.run('15 10 00 00 18 00', { out: caching })).status).toBe(0);
    expect(await free()).toEqual(['unmap', 'flush', 'unmap', 'flush', 'unmap', 'flush']);
  });

  it('is no GOOD for what was not done when the file is closed under a command', async () => {
    const closing = async (cdb: string, out: Uint8Array, operation: string, device: Partial<FixtureDevice> = {}): Promise<string> => {
      const { fixture, store } = unruly(device);
      store.holds = true;
      const running = fixture.run(cdb, { out });
      await expect.poll(() => store.log.at(-1)).toMatch(operation);
      fixture.device.store = null;
      store.release();
      const { status, sense: bytes } = await running;
      return status === 0 ? 'GOOD' : Buffer.from(bytes).toString('hex');
    };
    expect(await closing(WRITE_FUA, block, 'write')).toBe(sense('03', '0300'));
    expect(await closing(WRITE, block, 'write')).toBe('GOOD');
    expect(await closing(WRITE_FUA, block, 'write', { writeThrough: true })).toBe('GOOD');
    expect(await closing('89 00 00000000 00000000 000000 01 00 00', new Uint8Array(1024), 'read')).toBe(sense('03', '0300'));
  });
});
