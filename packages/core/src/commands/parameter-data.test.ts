import { describe, expect, it } from 'vitest';
import { Fixture, hex, toHex, UnrulyStore } from '../nexus/fixture.js';
import type { LunObject } from '../nexus/objects.js';

describe('INQUIRY', () => {
  it('shows long vendor-specific data behind the version descriptors', async () => {
    const fixture = new Fixture({ device: { inqVendSpecific: 'x'.repeat(30) } });
    const { dataIn } = await fixture.run('12 00 00 00 ff 00', { in: 255 });
    expect(dataIn).toHaveLength(126);
    expect(dataIn[4]).toBe(121);
    expect(toHex(dataIn.subarray(58, 66))).toBe('008b0be0046304c0');
    expect(Buffer.from(dataIn.subarray(96)).toString()).toBe('x'.repeat(30));
  });

  it('shows the physical transport where one is set', async () => {
    const fixture = new Fixture();
    fixture.target.physTransportVersion = 0x0dc0;
    expect(toHex((await fixture.run('12 00 00 00 ff 00', { in: 255 })).dataIn.subarray(58))).toBe('008b0dc00be0046304c0');
  });

  it('lists EUI-64 and NAA designators, or the compatibility one without them', async () => {
    const fixture = new Fixture({ device: { eui64Id: hex('0011223344556677'), naaId: hex('5001122334455667'), deviceName: 'iqn.a' } });
    const page = toHex((await fixture.run('12 01 83 00 ff 00', { in: 255 })).dataIn);
    expect(page).toContain('0328000869716e2e61000000');
    expect(page.endsWith('01020008001122334455667701030008500112233445566 7'.replaceAll(' ', ''))).toBe(true);
    const plain = new Fixture();
    expect(toHex((await plain.run('12 01 83 00 ff 00', { in: 255 })).dataIn).endsWith(`01020008${toHex(Buffer.from('ab5f2545'))}`)).toBe(true);
  });
});

describe('READ CAPACITY', () => {
  it('counts whole blocks of any size', async () => {
    for (const [size, blockSize, ten, sixteen] of [
      [0n, 512, 'ffffffff00000200', 'ffffffffffffffff00000200'],
      [511n, 512, 'ffffffff00000200', 'ffffffffffffffff00000200'],
      [5120n, 512, '0000000900000200', '000000000000000900000200'],
      [(1n << 32n) * 4096n, 4096, 'ffffffff00001000', '00000000ffffffff00001000'],
      [((1n << 32n) + 1n) * 4096n, 4096, 'ffffffff00001000', '000000010000000000001000'],
      [1n << 62n, 512, 'ffffffff00000200', '001fffffffffffff00000200'],
    ] as const) {
      const fixture = new Fixture({ device: { kind: 'nullio', store: null, size, blockSize } }).clearAttentions();
      expect(toHex((await fixture.run('25 00 00 00 00 00 00 00 00 00', { in: 8 })).dataIn)).toBe(ten);
      expect(toHex((await fixture.run('9e 10 0000000000000000 00000020 00 00', { in: 32 })).dataIn.subarray(0, 12))).toBe(sixteen);
    }
  });
});

describe('range checks', () => {
  const read16 = (lba: string, blocks: string): string => `88 00 ${lba} ${blocks} 00 00`;
  const outcome = async (fixture: Fixture, cdb: string): Promise<string> => {
    const { status, sense } = await fixture.run(cdb, { in: 512 });
    return status === 0 ? 'good' : toHex(sense.subarray(12, 13));
  };

  it('are exact beyond 2^53 bytes', async () => {
    const size = (1n << 62n) + 512n;
    const fixture = new Fixture({ device: { kind: 'nullio', store: null, size } }).clearAttentions();
    const last = (size / 512n - 1n).toString(16).padStart(16, '0');
    const behind = (size / 512n).toString(16).padStart(16, '0');
    expect(await outcome(fixture, read16(last, '00000001'))).toBe('good');
    expect(await outcome(fixture, read16(last, '00000002'))).toBe('21');
    expect(await outcome(fixture, read16(behind, '00000001'))).toBe('21');
  });

  it('let a sum through that overflows 63 bits, to fail at the store', async () => {
    const fixture = new Fixture().clearAttentions();
    expect(await outcome(fixture, read16('003fffffffffffff', '00000001'))).toBe('11');
    expect(await outcome(fixture, read16('003ffffffffffffe', '00000001'))).toBe('21');
    expect(await outcome(fixture, read16('0040000000000000', '00000001'))).toBe('21');
  });
});

describe('residuals', () => {
  it('count what was asked for, moved or not', async () => {
    const fixture = new Fixture({ profile: 'scst' }).clearAttentions();
    const read = await fixture.run('28 00 00 00 00 00 00 00 02 00', { in: 512 });
    expect([read.status, read.residual, read.dataIn.length]).toEqual([0, -512, 512]);
    const inquiry = await fixture.run('12 00 00 00 ff 00', { in: 36 });
    expect([inquiry.residual, inquiry.dataIn.length]).toEqual([0, 36]);
    const longer = await fixture.run('2a 00 00 00 00 00 00 00 01 00', { out: new Uint8Array(1024).fill(1) });
    expect([longer.status, longer.residual]).toEqual([0, 512]);
    expect((await fixture.run('28 00 00 00 00 01 00 00 01 00', { in: 512 })).dataIn.every((byte) => byte === 0)).toBe(true);
    const refused = await fixture.run('2a 20 00 00 00 00 00 00 01 00', { out: new Uint8Array(512) });
    expect([refused.status, refused.residual]).toEqual([2, 512]);
  });
});

describe('COMPARE AND WRITE', () => {
  const compare = '89 00 00000000 00000000 000000 01 00 00';
  const data = new Uint8Array(1024);
  data[300] = 1;

  it.each([
    ['recorded', '720e1d000000000c000000000000000000000000'],
    ['scst', '720e1d000000000c000a8000000000000000012c'],
  ] as const)('tells where it miscompared, in descriptor format (%s)', async (profile, expected) => {
    const fixture = new Fixture({ profile }).clearAttentions();
    await fixture.run('15 10 00 00 10 00', { out: hex('000000000a0a2410000000000000024b') });
    expect(toHex((await fixture.run(compare, { out: data })).sense)).toBe(expected);
  });
});

describe('REQUEST SENSE', () => {
  it('gives a unit attention in the format that is asked for, resets always in fixed format', async () => {
    const fixture = new Fixture().clearAttentions();
    fixture.server.capacityChanged();
    expect(toHex((await fixture.run('03 01 00 00 ff 00', { in: 255 })).dataIn)).toBe('72062a0900000000');
    fixture.server.capacityChanged();
    expect(toHex((await fixture.run('03 00 00 00 ff 00', { in: 255 })).dataIn)).toBe('700006000000000a000000002a0900000000');
    await fixture.unit().reset('lun');
    expect(toHex((await fixture.run('03 01 00 00 ff 00', { in: 255 })).dataIn)).toBe('700006000000000a00000000290000000000');
    expect(toHex((await fixture.run('03 01 00 00 ff 00', { in: 255 })).dataIn)).toBe('700000000000000a00000000000000000000');
  });

  it('counts what a change of format gives as moved although the buffer is shorter', async () => {
    const fixture = new Fixture().clearAttentions();
    await fixture.unit().reset('lun');
    expect(await fixture.run('03 01 00 00 12 00', { in: 1 })).toMatchObject({ status: 0, residual: -17 });
    fixture.server.capacityChanged();
    expect(await fixture.run('03 01 00 00 03 00', { in: 2 })).toMatchObject({ status: 0, residual: -1 });
    fixture.server.capacityChanged();
    expect(await fixture.run('03 00 00 00 12 00', { in: 1 })).toMatchObject({ status: 0, residual: 0 });
  });
});

describe('unit attentions', () => {
  it('that a driver reports as asynchronous events leave nothing', async () => {
    const fixture = new Fixture().clearAttentions();
    fixture.target.aenDisabled = false;
    fixture.server.capacityChanged();
    fixture.server.inquiryChanged();
    fixture.server.thresholdReached();
    expect(toHex((await fixture.run('00 00 00 00 00 00')).sense)).toContain('3807');
    expect((await fixture.run('00 00 00 00 00 00')).status).toBe(0);
  });
});

describe('FORMAT UNIT', () => {
  it('frees the blocks of a thin device, tells how far it is, and holds others off meanwhile', async () => {
    const store = new UnrulyStore(new Uint8Array(128 * 1024 * 1024).fill(1));
    const fixture = new Fixture({ device: { store, size: store.size, thinProvisioned: true }, sessions: 2 }).clearAttentions();
    store.holds = true;
    // FMTDATA, IMMED.
    expect((await fixture.run('04 10 00 00 00 00', { out: hex('00020000') })).status).toBe(0);
    expect(toHex((await fixture.run('28 00 00 00 00 00 00 00 01 00', { in: 512, session: 1 })).sense)).toContain('0404');
    expect(toHex((await fixture.run('03 00 00 00 ff 00', { in: 255 })).dataIn)).toBe('700002000000000a00000000040400800000');
    store.release(1);
    expect(toHex((await fixture.run('03 00 00 00 ff 00', { in: 255 })).dataIn)).toBe('700002000000000a00000000040400808000');
    store.release();
    store.holds = false;
    expect((await fixture.run('28 00 00 00 00 00 00 00 01 00', { in: 512 })).dataIn.every((byte) => byte === 0)).toBe(true);
  });

  it('with IMMED has a small device formatted before the next command', async () => {
    const store = new UnrulyStore(new Uint8Array(1024 * 1024).fill(1));
    const fixture = new Fixture({ device: { store, size: store.size, thinProvisioned: true } }).clearAttentions();
    const [format, read] = await Promise.all([fixture.run('04 10 00 00 00 00', { out: hex('00020000') }), fixture.run('28 00 00 00 00 00 00 00 01 00', { in: 512 })]);
    expect([format.status, read.status]).toEqual([0, 0]);
    expect(read.dataIn.every((byte) => byte === 0)).toBe(true);
  });

  it('leaves a thick device alone', async () => {
    const store = new UnrulyStore(1024);
    const fixture = new Fixture({ device: { store, size: 1024n } }).clearAttentions();
    expect((await fixture.run('04 00 00 00 00 00')).status).toBe(0);
    expect(store.log).toEqual([]);
  });
});

describe('a LUN without a device', () => {
  it('answers INQUIRY, REQUEST SENSE and REPORT LUNS, and refuses all else', async () => {
    const fixture = new Fixture();
    const unit = fixture.unit(0, 5);
    const run = async (cdb: string, length = 64): Promise<{ status: number; data: string; sense: string }> => {
      const { status, dataIn, sense } = await unit.execute({ cdb: hex(cdb), dataIn: new Uint8Array(length) });
      return { status, data: toHex(dataIn), sense: toHex(sense) };
    };
    expect((await run('12 00 00 00 24 00')).data.startsWith('7f00060020000000534353542020')).toBe(true);
    expect((await run('03 01 00 00 12 00')).data).toBe('7205250000000000');
    expect((await run('a0 00 00 00 00 00 00 00 02 00 00 00')).data).toBe('00000008000000000000000000000000');
    expect((await run('ff 00 00 00 00 00')).sense).toBe('700005000000000a00000000250000000000');
    expect((await run('a0 00 05 00 00 00 00 00 02 00 00 00')).sense).toBe('700005000000000a00000000240000c00002');
  });

  it('tells by its buffer what it has, and by the CDB what it has moved', async () => {
    const fixture = new Fixture();
    const unit = fixture.unit(0, 5);
    const run = async (cdb: string, length: number): Promise<[string, number]> => {
      const { dataIn, residual } = await unit.execute({ cdb: hex(cdb), dataIn: new Uint8Array(length) });
      return [toHex(dataIn), residual];
    };
    expect(await run('12 00 00 00 24 00', 16)).toEqual(['7f0006000c0000005343535420202020', 0]);
    expect(await run('12 00 00 00 14 00', 36)).toEqual([expect.stringMatching(/^7f00060020/), 16]);
    expect(await run('03 00 00 00 12 00', 1)).toEqual(['70', -17]);
    expect(await run('a0 00 00 00 00 00 00 00 00 14 00 00', 16)).toEqual(['00000008000000000000000000000000', 0]);
  });
});

describe('device identification', () => {
  it('cuts a device name that no designator has room for, so that the next one is found', async () => {
    const { dataIn } = await new Fixture({ device: { deviceName: 'n'.repeat(256) } }).run('12 01 83 04 00 00', { in: 1024 });
    expect(toHex(dataIn.subarray(4, 8))).toBe('032800fc');
    expect(toHex(dataIn.subarray(8 + 251, 8 + 252))).toBe('00');
    expect(toHex(dataIn.subarray(8 + 252, 8 + 254))).toBe('0201');
  });
});

describe('REPORT LUNS', () => {
  it('goes through 32 lists by the low bits of the LUN', async () => {
    const fixture = new Fixture();
    const session = fixture.sessions[0]!;
    const lunOf = (number: number): LunObject => ({ ...fixture.lun, number });
    const { Nexus } = await import('../nexus/nexus.js');
    for (const number of [33, 2, 1, 16383]) (session.nexuses as Map<number, InstanceType<typeof Nexus>>).set(number, new Nexus(session, lunOf(number)));
    const { dataIn } = await fixture.run('a0 00 00 00 00 00 00 00 02 00 00 00', { in: 512 });
    const numbers = [];
    for (let at = 8; at < dataIn.length; at += 8) numbers.push(toHex(dataIn.subarray(at, at + 2)));
    expect(numbers).toEqual(['0000', '0021', '0001', '0002', '3fff']);
    // What does not fit the buffer counts in the residual.
    expect(await fixture.run('a0 00 00 00 00 00 00 00 02 00 00 00', { in: 24 })).toMatchObject({ status: 0, residual: 24 - 48 });
    expect(await fixture.run('a0 00 00 00 00 00 00 00 00 18 00 00', { in: 24 })).toMatchObject({ status: 0, residual: 0 });
  });
});
