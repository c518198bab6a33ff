import { STATUS, tryDecodeSense } from '@scst/scsi';
import { describe, expect, it } from 'vitest';
import { Fixture, type FixtureOptions, hex, toHex } from '../nexus/fixture.js';

const world = (options: FixtureOptions = {}): Fixture => new Fixture({ profile: 't10', sessions: 2, ...options }).clearAttentions();
const removable = (): Fixture => world({ device: { removable: true } });

async function sense(fixture: Fixture, cdb: string, session = 0): Promise<string> {
  const result = await fixture.run(cdb, { session });
  const decoded = tryDecodeSense(result.sense);
  if (decoded === undefined) return result.status === STATUS.GOOD ? 'good' : `status ${result.status}`;
  return toHex(Uint8Array.of(decoded.senseKey, decoded.additionalSenseCode, decoded.additionalSenseCodeQualifier));
}

const TEST_UNIT_READY = '00 00 00 00 00 00';
const EJECT = '1b 00 00 00 02 00';
const LOAD = '1b 00 00 00 03 00';
const STOP = '1b 00 00 00 00 00';
const START = '1b 00 00 00 01 00';
const PREVENT = '1e 00 00 00 01 00';
const ALLOW = '1e 00 00 00 00 00';

describe('a removable medium', () => {
  it('is ejected and loaded, and others are told of the new one', async () => {
    const fixture = removable();
    expect(await sense(fixture, EJECT)).toBe('good');
    for (const cdb of [TEST_UNIT_READY, '25 00 00000000 0000 00 00', '28 00 00000000 00 0000 00', '35 00 00000000 00 0000 00', `9e 10 ${'00'.repeat(8)} 00000020 00 00`]) {
      expect((await fixture.run(cdb, cdb.startsWith('00') || cdb.startsWith('35') ? {} : { in: 32 })).status).toBe(STATUS.CHECK_CONDITION);
      expect(await sense(fixture, TEST_UNIT_READY)).toBe('023a00');
    }
    expect((await fixture.run('12 00 00 00 24 00', { in: 36 })).status).toBe(STATUS.GOOD);
    expect(await sense(fixture, EJECT)).toBe('good');
    expect(await sense(fixture, LOAD)).toBe('good');
    expect(await sense(fixture, TEST_UNIT_READY)).toBe('good');
    expect(await sense(fixture, TEST_UNIT_READY, 1)).toBe('062800');
    expect(await sense(fixture, TEST_UNIT_READY, 1)).toBe('good');
    expect(await sense(fixture, LOAD)).toBe('good');
    expect(await sense(fixture, TEST_UNIT_READY, 1)).toBe('good');
  });

  it('stays in while a nexus prevents its removal, whatever the others allow', async () => {
    const fixture = removable();
    expect(await sense(fixture, PREVENT, 1)).toBe('good');
    expect(await sense(fixture, PREVENT)).toBe('good');
    expect(await sense(fixture, ALLOW)).toBe('good');
    expect(fixture.server.mediumRemovalPrevented).toBe(true);
    expect(await sense(fixture, EJECT)).toBe('055302');
    expect(await sense(fixture, LOAD)).toBe('055302');
    expect(await sense(fixture, TEST_UNIT_READY)).toBe('good');
    await fixture.nexus(1).close();
    expect(fixture.server.mediumRemovalPrevented).toBe(false);
    expect(await sense(fixture, EJECT)).toBe('good');
  });

  it('can be removed after a reset', async () => {
    const fixture = removable();
    await fixture.run(PREVENT);
    await fixture.server.reset('lun', fixture.nexus(1));
    expect(await sense(fixture, TEST_UNIT_READY)).toBe('062900');
    expect(await sense(fixture, EJECT)).toBe('good');
  });

  it('stays ready when it is stopped without LOEJ, and when a power condition is asked for', async () => {
    const fixture = removable();
    for (let condition = 1; condition < 16; condition++) {
      expect(await sense(fixture, `1b 01 00 00 ${condition.toString(16)}2 00`)).toBe('good');
      expect(await sense(fixture, TEST_UNIT_READY)).toBe('good');
    }
    expect(await sense(fixture, STOP)).toBe('good');
    expect(await sense(fixture, TEST_UNIT_READY)).toBe('good');
  });

  it('refuses PREVENT values that mean nothing', async () => {
    expect(await sense(removable(), '1e 00 00 00 02 00')).toBe('052400');
  });
});

describe('a disk whose medium stays', () => {
  it('asks to be started once it is stopped', async () => {
    const fixture = world();
    expect(await sense(fixture, STOP)).toBe('good');
    expect(await sense(fixture, TEST_UNIT_READY)).toBe('020402');
    expect(tryDecodeSense((await fixture.run('2a 00 00000000 00 0001 00', { out: new Uint8Array(512) })).sense)).toMatchObject({ senseKey: 2, additionalSenseCode: 4 });
    expect((await fixture.run('1a 00 3f 00 ff 00', { in: 255 })).status).toBe(STATUS.GOOD);
    expect(await sense(fixture, START, 1)).toBe('good');
    expect(await sense(fixture, TEST_UNIT_READY)).toBe('good');
    await fixture.run(STOP);
    await fixture.server.reset('lun', fixture.nexus());
    await fixture.run(TEST_UNIT_READY);
    expect(await sense(fixture, TEST_UNIT_READY)).toBe('good');
  });

  it('has no medium to eject, nor to keep in', async () => {
    const fixture = world();
    const result = await fixture.run(EJECT);
    expect(tryDecodeSense(result.sense)).toMatchObject({ additionalSenseCode: 0x24, senseKeySpecific: { inCdb: true, fieldPointer: 4, bitPointer: 1 } });
    expect(await sense(fixture, PREVENT)).toBe('052000');
  });

  it('stays ready in the other profiles', async () => {
    const fixture = world({ profile: 'scst' });
    expect(await sense(fixture, STOP)).toBe('good');
    expect(await sense(fixture, TEST_UNIT_READY)).toBe('good');
    expect(await sense(fixture, PREVENT)).toBe('good');
  });
});

describe('REQUEST SENSE', () => {
  const ask = async (fixture: Fixture, desc = '00'): Promise<string> => toHex((await fixture.run(`03 ${desc} 00 00 fc 00`, { in: 252 })).dataIn);

  it('succeeds and tells of the state of the unit, in the format asked for', async () => {
    const fixture = removable();
    expect(await ask(fixture)).toMatch(/^700000/);
    expect(await ask(fixture, '01')).toMatch(/^7200/);
    await fixture.run(EJECT);
    expect(await ask(fixture)).toMatch(/^700002.{18}3a00/);
    expect(await ask(fixture, '01')).toMatch(/^72023a00/);
    const disk = world();
    await disk.run(STOP);
    expect(await ask(disk, '01')).toMatch(/^72020402/);
  });

  it('takes a unit attention, resets too, in the format asked for', async () => {
    const fixture = new Fixture({ profile: 't10' });
    expect(await ask(fixture, '01')).toMatch(/^72062900/);
    expect((await fixture.run(hex('030000000000'))).status).toBe(STATUS.GOOD);
  });
});
