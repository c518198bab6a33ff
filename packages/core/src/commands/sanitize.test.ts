import { decodeLbaStatus, STATUS, tryDecodeSense } from '@scst/scsi';
import { describe, expect, it } from 'vitest';
import { Fixture, type FixtureOptions, hex, toHex, UnrulyStore } from '../nexus/fixture.js';
import { MemoryStore } from '../store/memory-store.js';

const BLOCK = 512;
const BLOCKS = 64;

function world(options: FixtureOptions = {}): Fixture {
  const store = new MemoryStore(new Uint8Array(BLOCKS * BLOCK).fill(0x61));
  return new Fixture({ profile: 't10', sessions: 2, ...options, device: { store, thinProvisioned: true, ...options.device } }).clearAttentions();
}

const code = (sense: Uint8Array): string => {
  const decoded = tryDecodeSense(sense);
  return decoded === undefined ? '' : toHex(Uint8Array.of(decoded.senseKey, decoded.additionalSenseCode, decoded.additionalSenseCodeQualifier));
};

/** An overwrite with a pattern, which may be changed before it is sent. */
function overwriteList(pattern: Uint8Array, count = 1): Uint8Array {
  const list = new Uint8Array(4 + pattern.length);
  list.set([count, 0, pattern.length >> 8, pattern.length & 0xff]);
  list.set(pattern, 4);
  return list;
}

const overwriteCdb = (list: Uint8Array, flags = 0): Uint8Array => Uint8Array.of(0x48, 0x01 | flags, 0, 0, 0, 0, 0, list.length >> 8, list.length & 0xff, 0);
const READ = `88 00 ${'00'.repeat(8)} 000000${BLOCKS.toString(16)} 00 00`;
const BLOCK_ERASE = '48 02 00 00 00 00 00 0000 00';
const EXIT_FAILURE_MODE = '48 1f 00 00 00 00 00 0000 00';

describe('SANITIZE', () => {
  it('overwrites every block with the pattern, from its beginning in each', async () => {
    const fixture = world();
    const list = overwriteList(hex('010203'));
    expect((await fixture.run(overwriteCdb(list), { out: list })).status).toBe(STATUS.GOOD);
    const data = (await fixture.run(READ, { in: BLOCKS * BLOCK })).dataIn;
    for (let lba = 0; lba < BLOCKS; lba++) expect(toHex(data.subarray(lba * BLOCK, lba * BLOCK + 4))).toBe('01020301');
  });

  it('inverts the pattern from pass to pass where asked to', async () => {
    const store = new UnrulyStore(BLOCKS * BLOCK);
    const fixture = world({ device: { store } });
    const list = overwriteList(hex('0f'), 0x82);
    await fixture.run(overwriteCdb(list), { out: list });
    expect(store.log).toEqual([`write 0+${BLOCKS * BLOCK}`, `write 0+${BLOCKS * BLOCK}`, 'flush']);
    expect((await fixture.run(READ, { in: BLOCKS * BLOCK })).dataIn).toEqual(new Uint8Array(BLOCKS * BLOCK).fill(0xf0));
  });

  it('points at what is wrong with an overwrite', async () => {
    const fixture = world();
    const full = overwriteList(new Uint8Array(BLOCK));
    const wrong = (change: (list: Uint8Array) => void): Uint8Array => {
      const list = Uint8Array.from(full);
      change(list);
      return list;
    };
    const field = async (list: Uint8Array): Promise<unknown> => {
      const result = await fixture.run(overwriteCdb(list), list.length === 0 ? {} : { out: list });
      return tryDecodeSense(result.sense)?.senseKeySpecific;
    };
    for (const length of [0, 1, 4, BLOCK + 5]) expect(await field(new Uint8Array(length).fill(1))).toMatchObject({ inCdb: true, fieldPointer: 7 });
    expect(await field(wrong((list) => list.fill(0, 0, 1)))).toMatchObject({ inCdb: false, fieldPointer: 0, bitPointer: 4 });
    expect(await field(wrong((list) => list.fill(0x21, 0, 1)))).toMatchObject({ inCdb: false, fieldPointer: 0, bitPointer: 6 });
    expect(await field(wrong((list) => list.fill(0, 2, 4)))).toMatchObject({ inCdb: false, fieldPointer: 2 });
    expect(await field(wrong((list) => { list.set([0x02, 0x04], 2); }))).toMatchObject({ inCdb: false, fieldPointer: 2 });
    expect((await fixture.run(READ, { in: BLOCKS * BLOCK })).dataIn[0]).toBe(0x61);
  });

  it('erases a thin device: everything is freed and can be read', async () => {
    const fixture = world();
    expect((await fixture.run(BLOCK_ERASE)).status).toBe(STATUS.GOOD);
    expect((await fixture.run(READ, { in: BLOCKS * BLOCK })).dataIn).toEqual(new Uint8Array(BLOCKS * BLOCK));
    const { descriptors } = decodeLbaStatus((await fixture.run(`9e 12 ${'00'.repeat(8)} 00000100 00 00`, { in: 256 })).dataIn);
    expect(descriptors).toMatchObject([{ numberOfLogicalBlocks: BLOCKS, provisioningStatus: 1 }]);
    expect((await fixture.run('12 01 b1 00 40 00', { in: 64 })).dataIn[7]).toBe(0x40);
    expect((await world({ profile: 'scst' }).run('12 01 b1 00 40 00', { in: 64 })).dataIn[7]).toBe(0);
  });

  it('has no block erase on a thick device, no cryptographic erase, and lists what it has', async () => {
    const listed = async (fixture: Fixture, action: string): Promise<boolean> =>
      toHex((await fixture.run(`a3 0c 02 48 00${action} 00000040 00 00`, { in: 64 })).dataIn).startsWith('0003');
    const thick = world({ device: { thinProvisioned: false } });
    expect(code((await thick.run(BLOCK_ERASE)).sense)).toBe('052400');
    expect(await listed(thick, '02')).toBe(false);
    for (const action of ['01', '02', '1f']) expect(await listed(world(), action)).toBe(true);
    for (const action of ['00', '03', '04', '1e']) {
      expect(await listed(world(), action)).toBe(false);
      expect(code((await world().run(`48 ${action} 00 00 00 00 00 0000 00`)).sense)).toBe('052400');
    }
  });

  it('refuses reserved fields, and parameters where there are none', async () => {
    const fixture = world();
    for (let at = 1; at < 7; at++) {
      const cdb = hex(BLOCK_ERASE);
      cdb[at] = at === 1 ? 0x42 : at;
      expect(tryDecodeSense((await fixture.run(cdb)).sense)?.senseKeySpecific).toMatchObject({ inCdb: true, fieldPointer: at });
    }
    for (const action of ['02', '1f']) expect(code((await fixture.run(`48 ${action} 00 00 00 00 00 0008 00`, { out: new Uint8Array(8) })).sense)).toBe('052400');
  });

  it('keeps to reservations and write protection', async () => {
    const fixture = world();
    await fixture.run('16 00 00 00 00 00', { session: 1 });
    expect((await fixture.run(BLOCK_ERASE)).status).toBe(STATUS.RESERVATION_CONFLICT);
    expect(code((await world({ readOnly: true }).run(BLOCK_ERASE)).sense)).toBe('072700');
  });

  it('tells others that it is at work and how far, and goes on whatever becomes of its command', async () => {
    const store = new UnrulyStore(new Uint8Array(BLOCKS * BLOCK).fill(0x61));
    const fixture = world({ device: { store } });
    store.holds = true;
    const list = overwriteList(hex('00'), 2);
    const aborted = fixture.run(overwriteCdb(list), { out: list }).catch((error: unknown) => error);
    store.release();
    await new Promise((resolve) => setImmediate(resolve));
    const refused = await fixture.run('00 00 00 00 00 00', { session: 1 });
    expect(tryDecodeSense(refused.sense)).toMatchObject({ senseKey: 2, additionalSenseCode: 0x04, additionalSenseCodeQualifier: 0x1b, senseKeySpecific: { progress: 0x8000 } });
    expect(code((await fixture.run(BLOCK_ERASE, { session: 1 })).sense)).toBe('02041b');
    expect((await fixture.run('12 00 00 00 24 00', { in: 36 })).status).toBe(STATUS.GOOD);
    expect(toHex((await fixture.run('03 01 00 00 fc 00', { in: 252, session: 1 })).dataIn)).toMatch(/^7202041b/);
    const reset = fixture.server.reset('lun', fixture.nexus(1));
    store.holds = false;
    store.release();
    await reset;
    expect(await aborted).toMatchObject({ code: 'ABORTED' });
    fixture.clearAttentions();
    await until(async () => (await fixture.run('00 00 00 00 00 00')).status === STATUS.GOOD);
    expect((await fixture.run(READ, { in: BLOCKS * BLOCK })).dataIn).toEqual(new Uint8Array(BLOCKS * BLOCK));
  });

  it('gives status at once with IMMED', async () => {
    const store = new UnrulyStore(BLOCKS * BLOCK);
    store.holds = true;
    const fixture = world({ device: { store } });
    expect((await fixture.run('48 82 00 00 00 00 00 0000 00')).status).toBe(STATUS.GOOD);
    expect(code((await fixture.run('00 00 00 00 00 00')).sense)).toBe('02041b');
    store.holds = false;
    store.release();
    await until(async () => (await fixture.run('00 00 00 00 00 00')).status === STATUS.GOOD);
  });

  it('leaves a failure behind that EXIT FAILURE MODE ends if it was allowed to, and else another SANITIZE', async () => {
    const store = new UnrulyStore(BLOCKS * BLOCK);
    const fixture = world({ device: { store } });
    store.fails = { unmap: 'EIO' };
    expect(code((await fixture.run(BLOCK_ERASE)).sense)).toBe('033103');
    expect(code((await fixture.run(READ, { in: BLOCKS * BLOCK })).sense)).toBe('033103');
    expect(code((await fixture.run(EXIT_FAILURE_MODE)).sense)).toBe('052400');
    expect(code((await fixture.run('48 22 00 00 00 00 00 0000 00')).sense)).toBe('033103');
    expect((await fixture.run(EXIT_FAILURE_MODE)).status).toBe(STATUS.GOOD);
    expect((await fixture.run(READ, { in: BLOCKS * BLOCK })).status).toBe(STATUS.GOOD);
    expect(code((await fixture.run(BLOCK_ERASE)).sense)).toBe('033103');
    store.fails = {};
    expect((await fixture.run(BLOCK_ERASE)).status).toBe(STATUS.GOOD);
    expect((await fixture.run('00 00 00 00 00 00')).status).toBe(STATUS.GOOD);
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('it never came to hold');
}
