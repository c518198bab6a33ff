import { STATUS, tryDecodeSense } from '@scst/scsi';
import { describe, expect, it } from 'vitest';
import { Fixture, hex, toHex } from '../nexus/fixture.js';

const world = (): Fixture => new Fixture({ profile: 't10', sessions: 2 }).clearAttentions();
const wrongField = async (fixture: Fixture, cdb: string): Promise<unknown> => tryDecodeSense((await fixture.run(cdb, { in: 64 })).sense)?.senseKeySpecific;

describe('LOG SENSE', () => {
  const page = async (code: string, subpage = '00'): Promise<string> => toHex((await world().run(`4d 00 ${code} ${subpage} 00 0000 0040 00`, { in: 64 })).dataIn);

  it('lists its pages, and says that there are no exceptions', async () => {
    expect(await page('40')).toBe('00000002002f');
    expect(await page('40', 'ff')).toBe('40ff0006000000ff2f00');
    expect(await page('6f')).toBe('2f00000800000304' + '0000ff00');
  });

  it('points at the page, the subpage, the pointer or the bit that is wrong', async () => {
    const fixture = world();
    expect(await wrongField(fixture, '4d 00 4d 00 00 0000 0040 00')).toMatchObject({ inCdb: true, fieldPointer: 2, bitPointer: 5 });
    expect(await wrongField(fixture, '4d 00 6f 01 00 0000 0040 00')).toMatchObject({ inCdb: true, fieldPointer: 3 });
    expect(await wrongField(fixture, '4d 00 6f 00 00 0001 0040 00')).toMatchObject({ inCdb: true, fieldPointer: 5 });
    expect(await wrongField(fixture, '4d 01 6f 00 00 0000 0040 00')).toMatchObject({ inCdb: true, fieldPointer: 1, bitPointer: 0 });
  });
});

describe('the echo buffer', () => {
  const READ = '3c 0a 00 000000 000010 00';

  it('gives each nexus back what it wrote, and nothing before', async () => {
    const fixture = world();
    expect(tryDecodeSense((await fixture.run(READ, { in: 16 })).sense)).toMatchObject({ senseKey: 5, additionalSenseCode: 0x2c });
    expect((await fixture.run('3b 0a 00 000000 000004 00', { out: hex('01020304') })).status).toBe(STATUS.GOOD);
    await fixture.run('3b 0a 00 000000 000002 00', { out: hex('0506'), session: 1 });
    expect(toHex((await fixture.run(READ, { in: 16 })).dataIn)).toBe('01020304');
    expect(toHex((await fixture.run(READ, { in: 16, session: 1 })).dataIn)).toBe('0506');
  });

  it('describes itself, and is the only buffer there is', async () => {
    const fixture = world();
    expect(toHex((await fixture.run('3c 0b 00 000000 000004 00', { in: 4 })).dataIn)).toBe('01001000');
    expect(await wrongField(fixture, '3c 02 00 000000 000010 00')).toMatchObject({ inCdb: true, fieldPointer: 1, bitPointer: 4 });
    const tooLong = await fixture.run('3b 0a 00 000000 001001 00', { out: new Uint8Array(4097) });
    expect(tryDecodeSense(tooLong.sense)?.senseKeySpecific).toMatchObject({ inCdb: true, fieldPointer: 6 });
  });
});

describe('REPORT SUPPORTED OPERATION CODES', () => {
  it('lists nothing that then turns out not to be an operation code', async () => {
    const fixture = world();
    const { dataIn } = await fixture.run('a3 0c 00 00 0000 00001000 00 00', { in: 4096 });
    for (let at = 4; at < dataIn.length; at += 8) {
      const cdb = new Uint8Array(16);
      cdb.set([dataIn[at] ?? 0, dataIn[at + 3] ?? 0]);
      const sense = tryDecodeSense((await fixture.run(cdb)).sense);
      expect(`${toHex(cdb.subarray(0, 2))} ${sense?.additionalSenseCode ?? 0}`).not.toMatch(/ 32$/);
    }
  });
});
