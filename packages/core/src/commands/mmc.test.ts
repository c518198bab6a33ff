import { STATUS } from '@scst/scsi';
import { describe, expect, it } from 'vitest';
import { Fixture, toHex } from '../nexus/fixture.js';
import { MemoryStore } from '../store/memory-store.js';

const BLOCKS = 64;

function drive(options: { empty?: boolean; sessions?: number } = {}): Fixture {
  const medium = new Uint8Array(BLOCKS * 2048).map((_, at) => (at >> 11) + 1);
  const store = options.empty === true ? null : new MemoryStore(medium);
  return new Fixture({
    profile: 'recorded',
    sessions: options.sessions ?? 1,
    readOnly: true,
    device: { kind: 'cdrom', type: 5, blockSize: 2048, removable: true, store, size: store?.size ?? 0n },
  }).clearAttentions();
}

async function send(fixture: Fixture, cdb: string, options: { in?: number; out?: Uint8Array; session?: number } = {}): Promise<string> {
  const { status, sense } = await fixture.run(cdb, options);
  return status === STATUS.CHECK_CONDITION ? `${sense[2]}/${toHex(sense.subarray(12, 14))}` : status.toString(16).padStart(2, '0');
}

const TEST_UNIT_READY = '00 00 00 00 00 00';

describe('a drive without a medium', () => {
  it('has INQUIRY and REPORT LUNS, and says of everything else that gets so far that there is none', async () => {
    const fixture = drive({ empty: true });
    expect(await send(fixture, '12 00 00 00 24 00', { in: 36 })).toBe('00');
    expect(await send(fixture, 'a0 00 00 00 00 00 00 00 00 40 00 00', { in: 64 })).toBe('00');
    for (const cdb of [TEST_UNIT_READY, '1e 00 00 00 01 00', '1b 00 00 00 03 00', '43 00 00 00 00 00 00 00 00 00', 'a4 00 00 00 00 00 00 00 00 00 00 00']) {
      expect(await send(fixture, cdb)).toBe('2/3a00');
    }
    expect(await send(fixture, '03 00 00 00 12 00', { in: 18 })).toBe('2/3a00');
    expect(fixture.server.mediumRemovalPrevented).toBe(false);
  });
  it('knows what it cannot do, and what writes', async () => {
    const fixture = drive({ empty: true });
    expect(await send(fixture, 'ff 00 00 00 00 00')).toBe('5/2000');
    expect(await send(fixture, '58 00 00 00 00 00 00 00 00 00')).toBe('7/0000');
  });
});

describe('a changed medium', () => {
  it('is reported by the first command to get to it, and left for the others to report', async () => {
    const fixture = drive({ sessions: 3 });
    fixture.server.mediumChanged();
    expect(toHex((await fixture.run('03 00 00 00 12 00', { in: 18 })).dataIn.subarray(2, 3))).toBe('00');
    expect(await send(fixture, TEST_UNIT_READY, { session: 1 })).toBe('6/2800');
    for (const session of [0, 2]) expect(await send(fixture, TEST_UNIT_READY, { session })).toBe('6/2800');
    for (const session of [0, 1, 2]) expect(await send(fixture, TEST_UNIT_READY, { session })).toBe('00');
  });
  it('comes behind what a nexus has to report already', async () => {
    const fixture = drive();
    await fixture.unit().reset('lun');
    fixture.server.mediumChanged();
    expect(await send(fixture, TEST_UNIT_READY)).toBe('6/2900');
    expect(await send(fixture, TEST_UNIT_READY)).toBe('6/2800');
  });
  it('passes INQUIRY and REQUEST SENSE by', async () => {
    const fixture = drive();
    fixture.server.mediumChanged();
    expect(await send(fixture, '12 00 00 00 24 00', { in: 36 })).toBe('00');
    expect(await send(fixture, '03 00 00 00 12 00', { in: 18 })).toBe('00');
    expect(await send(fixture, TEST_UNIT_READY)).toBe('6/2800');
  });
});

describe('READ TOC', () => {
  const toc = async (cdb: string, length = 20): Promise<string> => {
    const { status, sense, dataIn } = await drive().run(cdb, { in: length });
    return toHex(status === STATUS.GOOD ? dataIn : sense.subarray(12, 18));
  };
  const HEADER = '0101';
  const TRACK = '0014010000000000';
  const LEAD_OUT = `0014aa00000000${BLOCKS.toString(16)}`;

  it('has one data track and the lead-out', async () => {
    expect(await toc('43 00 00 00 00 00 00 00 14 00')).toBe(`0012${HEADER}${TRACK}${LEAD_OUT}`);
    expect(await toc('43 00 00 00 00 00 01 00 14 00')).toBe(`0012${HEADER}${TRACK}${LEAD_OUT}`);
    expect(await toc('43 00 00 00 00 00 aa 00 14 00')).toBe(`000a${HEADER}${LEAD_OUT}`);
  });
  it('has one session', async () => {
    expect(await toc('43 00 01 00 00 00 00 00 14 00')).toBe(`000a${HEADER}${TRACK}`);
  });
  it('knows no other formats and tracks', async () => {
    for (const format of ['02', '03', '04', '05', '08', '0e']) expect(await toc(`43 00 ${format} 00 00 00 00 00 14 00`)).toBe('240000cd0002');
    for (const from of ['02', 'a9', 'ff']) expect(await toc(`43 00 00 00 00 00 ${from} 00 14 00`)).toBe('240000c00006');
    expect(await toc('43 00 01 00 00 00 01 00 14 00')).toBe('240000c00006');
  });
  it('is cut at the allocation length', async () => {
    expect(await toc('43 00 00 00 00 00 00 00 05 00', 5)).toBe(`0012${HEADER}00`);
  });
});

it('READ (6) takes its address for a length, and reads from the beginning', async () => {
  const { status, dataIn, residual } = await drive().run('08 00 00 00 02 00', { in: 4096 });
  expect(status).toBe(STATUS.GOOD);
  expect([dataIn[0], dataIn[2048], residual]).toEqual([1, 2, 0]);
  const cut = await drive().run('08 00 00 3f 01 00', { in: 2048 });
  expect([cut.status, cut.dataIn[0], cut.residual]).toEqual([STATUS.GOOD, 1, 2048 - 0x3f01 * 2048]);
});

it('SEND KEY and REPORT KEY stand where disks have MAINTENANCE IN and OUT', async () => {
  expect(await send(drive(), 'a3 0c 00 00 00 00 00 00 20 00 00 00', { in: 64 })).toBe('5/4900');
  expect(await send(drive(), 'a3 0c 00 00 00 00 00 00 00 00 00 00')).toBe('4/4400');
  expect(await send(drive(), 'a4 00 00 00 00 00 00 00 00 40 00 00', { in: 64 })).toBe('4/4400');
});
