import { STATUS } from '@scst/scsi';
import { describe, expect, it, vi } from 'vitest';
import { Fixture, type FixtureOptions, FixtureStorage, hex, toHex } from '../nexus/fixture.js';
import { encodeStateFile } from './state-file.js';
import { parameterList, type OutOptions } from './testing.js';

const PATH = '/var/lib/scst/pr/disk0';
const CONFLICT = '18';

function world(options: FixtureOptions = {}): Fixture {
  return new Fixture({ profile: 'recorded', sessions: 3, ...options }).clearAttentions();
}

/** A command without data in one word: its status, or its sense key and code. */
async function send(fixture: Fixture, session: number, cdb: string, out?: Uint8Array): Promise<string> {
  const { status, sense } = await fixture.run(cdb, { session, ...(out !== undefined && { out }) });
  if (status !== STATUS.CHECK_CONDITION) return status.toString(16).padStart(2, '0');
  return `${sense[2]!.toString(16)}/${toHex(sense.subarray(12, 14))}`;
}

async function reserveOut(fixture: Fixture, session: number, action: number, options: OutOptions = {}): Promise<string> {
  const cdb = `5f ${action.toString(16).padStart(2, '0')} 0${options.type ?? 0} 00 00 00 00 00 18 00`;
  return await send(fixture, session, cdb, parameterList(options));
}

async function keys(fixture: Fixture, session = 0): Promise<string> {
  const { dataIn } = await fixture.run('5e 00 00 00 00 00 00 04 00 00', { session, in: 64 });
  return toHex(dataIn);
}

describe('RESERVE and RELEASE', () => {
  for (const [reserve, release] of [
    ['16 00 00 00 00 00', '17 00 00 00 00 00'],
    ['56 00 00 00 00 00 00 00 00 00', '57 00 00 00 00 00 00 00 00 00'],
  ] as const) {
    it(`${reserve.slice(0, 2)}h keeps other sessions out until ${release.slice(0, 2)}h of its own`, async () => {
      const fixture = world();
      expect(await send(fixture, 0, reserve)).toBe('00');
      expect(await send(fixture, 0, reserve)).toBe('00');
      expect(await send(fixture, 1, reserve)).toBe(CONFLICT);
      expect((await fixture.run('28 00 00 00 00 00 00 00 01 00', { session: 1, in: 512 })).status).toBe(STATUS.RESERVATION_CONFLICT);
      expect(await send(fixture, 1, release)).toBe('00');
      expect(await send(fixture, 1, '1b 00 00 00 00 00')).toBe(CONFLICT);
      expect(await send(fixture, 0, release)).toBe('00');
      expect(await send(fixture, 1, '1b 00 00 00 00 00')).toBe('00');
    });
  }
  it('does not know third parties', async () => {
    expect(await send(world(), 0, '56 00 10 00 00 00 00 00 00 00')).toBe('5/2400');
  });
  it('ends with a reset, and with the session', async () => {
    const fixture = world();
    await send(fixture, 0, '16 00 00 00 00 00');
    await fixture.unit(1).reset('lun');
    fixture.clearAttentions();
    expect(await send(fixture, 1, '16 00 00 00 00 00')).toBe('00');
    await fixture.nexus(1).close();
    expect(await send(fixture, 0, '1b 00 00 00 00 00')).toBe('00');
  });
  it('shuts the commands of persistent reservations out, its holder’s too', async () => {
    const fixture = world();
    await send(fixture, 0, '16 00 00 00 00 00');
    expect((await fixture.run('5e 00 00 00 00 00 00 00 40 00', { session: 0, in: 64 })).status).toBe(STATUS.RESERVATION_CONFLICT);
    expect(await reserveOut(fixture, 0, 0, { actionKey: 1n })).toBe(CONFLICT);
  });
  it('does nothing while somebody is registered: good for those with rights, else a conflict', async () => {
    const fixture = world();
    await reserveOut(fixture, 0, 0, { actionKey: 1n });
    await reserveOut(fixture, 1, 0, { actionKey: 2n });
    for (const session of [0, 1, 2]) expect(await send(fixture, session, '16 00 00 00 00 00')).toBe(CONFLICT);
    await reserveOut(fixture, 0, 1, { type: 5, key: 1n });
    for (const [session, expected] of [[0, '00'], [1, '00'], [2, CONFLICT]] as const) {
      expect(await send(fixture, session, '16 00 00 00 00 00')).toBe(expected);
      expect(await send(fixture, session, '17 00 00 00 00 00')).toBe(expected);
    }
    expect(fixture.server.reservations.spc2.holder).toBeNull();
  });
  it('takes the reservation of a drive without a medium, and then says that there is none', async () => {
    const fixture = world({ device: { kind: 'cdrom', type: 5, store: null, size: 0n, blockSize: 2048 } });
    expect(await send(fixture, 0, '16 00 00 00 00 00')).toBe('2/3a00');
    expect(await send(fixture, 1, '16 00 00 00 00 00')).toBe(CONFLICT);
    expect(await send(fixture, 0, '17 00 00 00 00 00')).toBe('2/3a00');
    expect(await send(fixture, 1, '16 00 00 00 00 00')).toBe('2/3a00');
  });
});

describe('PERSISTENT RESERVE IN', () => {
  it('answers by the initiator’s buffer, and cuts at the allocation length', async () => {
    const fixture = world();
    await reserveOut(fixture, 0, 0, { actionKey: 1n });
    const { dataIn, residual } = await fixture.run('5e 00 00 00 00 00 00 00 04 00', { in: 64 });
    expect(toHex(dataIn)).toBe('00000001');
    expect(residual).toBe(60);
    expect((await fixture.run('5e 00 00 00 00 00 00 00 40 00', { in: 7 })).dataIn.length).toBe(0);
  });
  it('without an allocation length is good, whatever it asks for', async () => {
    expect((await world().run('5e 1f 00 00 00 00 00 00 00 00', { in: 64 })).status).toBe(STATUS.GOOD);
    expect(await send(world(), 0, '5e 1f 00 00 00 00 00 00 00 00')).toBe('00');
  });
});

describe('PERSISTENT RESERVE OUT', () => {
  it('tells the others, once', async () => {
    const fixture = world();
    await reserveOut(fixture, 0, 0, { actionKey: 1n });
    await reserveOut(fixture, 1, 0, { actionKey: 2n });
    expect(await reserveOut(fixture, 0, 3, { key: 1n })).toBe('00');
    expect(await send(fixture, 1, '00 00 00 00 00 00')).toBe('6/2a03');
    expect(await send(fixture, 1, '00 00 00 00 00 00')).toBe('00');
  });
  it('PREEMPT AND ABORT tells of the cleared commands first, and lets the medium go', async () => {
    const fixture = world();
    await reserveOut(fixture, 0, 0, { actionKey: 1n });
    await reserveOut(fixture, 1, 0, { actionKey: 2n });
    await send(fixture, 1, '1e 00 00 00 01 00');
    expect(await reserveOut(fixture, 0, 5, { type: 1, key: 1n, actionKey: 2n })).toBe('00');
    expect(await send(fixture, 1, '00 00 00 00 00 00')).toBe('6/2f00');
    expect(await send(fixture, 1, '00 00 00 00 00 00')).toBe('6/2a05');
    expect(fixture.server.mediumRemovalPrevented).toBe(false);
  });
  it('counts bytes of the buffer, not of the CDB', async () => {
    const fixture = world();
    expect((await fixture.run('5f 00 00 00 00 00 00 00 18 00', { out: new Uint8Array(32) })).sense[12]).toBe(0x1a);
    expect((await fixture.run('5f 00 00 00 00 00 00 00 18 00', { out: new Uint8Array(16) })).residual).toBe(-8);
    expect(await send(fixture, 0, '5f 00 00 00 00 00 00 00 00 00')).toBe('00');
  });
});

describe('APTPL', () => {
  it('saves every change before the command ends, and takes the file away with the bit or the last registration', async () => {
    const fixture = world();
    await reserveOut(fixture, 0, 0, { actionKey: 1n, flags: 1 });
    const first = fixture.storage.state.get(PATH);
    expect(first).toBeDefined();
    await reserveOut(fixture, 0, 1, { type: 3, key: 1n });
    expect(fixture.storage.state.get(PATH)).not.toEqual(first);
    await reserveOut(fixture, 0, 6, { actionKey: 1n });
    expect(fixture.storage.state.has(PATH)).toBe(false);
    await reserveOut(fixture, 0, 6, { actionKey: 1n, flags: 1 });
    await reserveOut(fixture, 0, 6, { flags: 1 });
    expect(fixture.storage.state.has(PATH)).toBe(false);
  });
  it('brings registrations and reservation back, without the generation', async () => {
    const before = world();
    await reserveOut(before, 0, 0, { actionKey: 0x11n, flags: 1 });
    await reserveOut(before, 1, 0, { actionKey: 0x22n, flags: 1 });
    await reserveOut(before, 0, 1, { type: 3, key: 0x11n });
    const after = world({ storage: before.storage });
    await after.server.load();
    expect(await keys(after)).toBe('00000000000000100000000000000011' + '0000000000000022');
    expect((await after.run('5e 02 00 00 00 00 00 00 08 00', { in: 8 })).dataIn[3]).toBe(0xc1);
    expect(await send(after, 0, '1b 00 00 00 00 00')).toBe('00');
    expect(await send(after, 1, '1b 00 00 00 00 00')).toBe(CONFLICT);
  });
  it('keeps the format of the kernel’s file, and reads its backup when the file is of no use', async () => {
    const storage = new FixtureStorage();
    const transportId = Uint8Array.from([0, 0, 0, 0, 1, ...new Uint8Array(19)]);
    const kernelFile = encodeStateFile(
      { generation: 0, aptpl: true, reservation: null, registrations: [{ transportId, relativeTargetPort: 0, key: 7n, holder: false }] },
      'kernel',
    );
    storage.state.set(`${PATH}.1`, kernelFile);
    storage.state.set(PATH, kernelFile.slice(0, 30));
    const fixture = world({ storage });
    await fixture.server.load();
    expect(await keys(fixture)).toBe('00000000000000080000000000000007');
    await reserveOut(fixture, 0, 0, { key: 7n, actionKey: 8n, flags: 1 });
    expect(toHex(storage.state.get(PATH)!.subarray(0, 8))).toBe('77ddbbeeaaeeeebb');
    expect(storage.state.has(`${PATH}.1`)).toBe(false);
  });
  it('refuses a damaged file loudly, and takes nothing from it', async () => {
    const storage = new FixtureStorage();
    const file = encodeStateFile({ generation: 0, aptpl: true, reservation: null, registrations: [{ transportId: new Uint8Array(24), relativeTargetPort: 0, key: 7n, holder: false }] });
    file[30]! ^= 1;
    storage.state.set(PATH, file);
    const fixture = world({ storage });
    await expect(fixture.server.load()).rejects.toMatchObject({ code: 'EINVAL', message: expect.stringMatching(/pr\/disk0.*checksum/) as string });
    expect(await keys(fixture)).toBe('0000000000000000');
    expect(storage.state.get(PATH)).toBe(file);
  });
  it('warns when it cannot save; the reservation stands', async () => {
    const fixture = world();
    fixture.storage.failsToWrite = true;
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    expect(await reserveOut(fixture, 0, 0, { actionKey: 1n, flags: 1 })).toBe('00');
    expect(warning).toHaveBeenCalledWith(expect.stringContaining('disk0'), { code: 'SCST_RESERVATIONS_NOT_SAVED' });
    warning.mockRestore();
    expect(await keys(fixture)).toBe('00000001000000080000000000000001');
    fixture.storage.failsToWrite = false;
    await reserveOut(fixture, 0, 1, { type: 1, key: 1n });
    expect(fixture.storage.state.has(PATH)).toBe(true);
  });
});

describe('APTPL that cannot be saved, where that is refused', () => {
  const REGISTRATION = '5/5504';
  const RESERVATION = '5/5502';
  const quiet = async (work: () => Promise<void>): Promise<void> => {
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    try {
      await work();
      expect(warning).toHaveBeenCalledWith(expect.stringContaining('no space'), { code: 'SCST_RESERVATIONS_NOT_SAVED' });
    } finally {
      warning.mockRestore();
    }
  };

  it.each(['scst', 't10'] as const)('registers nothing, and does so once it can (%s)', async (profile) => {
    const fixture = world({ profile });
    fixture.storage.failsToWrite = true;
    await quiet(async () => {
      expect(await reserveOut(fixture, 0, 0, { actionKey: 1n, flags: 1 })).toBe(REGISTRATION);
      expect(await reserveOut(fixture, 0, 6, { actionKey: 1n, flags: 1 })).toBe(REGISTRATION);
    });
    expect(await keys(fixture)).toBe('0000000000000000');
    expect(fixture.storage.state.size).toBe(0);
    // Without APTPL nothing has to be saved.
    expect(await reserveOut(fixture, 0, 0, { actionKey: 1n })).toBe('00');
    await quiet(async () => {
      expect(await reserveOut(fixture, 0, 0, { key: 1n, actionKey: 2n, flags: 1 })).toBe(REGISTRATION);
    });
    expect(await keys(fixture)).toBe('00000001000000080000000000000001');
    fixture.storage.failsToWrite = false;
    expect(await reserveOut(fixture, 0, 0, { key: 1n, actionKey: 2n, flags: 1 })).toBe('00');
    expect(await keys(fixture)).toBe('00000002000000080000000000000002');
    expect(fixture.storage.state.has(PATH)).toBe(true);
  });

  it('reserves, releases and preempts nothing, and tells nobody', async () => {
    const fixture = world({ profile: 'scst' });
    await reserveOut(fixture, 0, 0, { actionKey: 1n, flags: 1 });
    await reserveOut(fixture, 1, 0, { actionKey: 2n, flags: 1 });
    const saved = fixture.storage.state.get(PATH);
    const reservation = async (): Promise<string> => toHex((await fixture.run('5e 01 00 00 00 00 00 00 18 00', { in: 24 })).dataIn);
    fixture.storage.failsToWrite = true;
    await quiet(async () => {
      expect(await reserveOut(fixture, 0, 1, { type: 5, key: 1n })).toBe(RESERVATION);
      expect(await reservation()).toBe('0000000200000000');
      for (const action of [4, 5]) expect(await reserveOut(fixture, 0, action, { type: 1, key: 1n, actionKey: 2n })).toBe(RESERVATION);
    });
    expect(await keys(fixture)).toBe('00000002000000100000000000000001' + '0000000000000002');
    expect(await send(fixture, 1, '00 00 00 00 00 00')).toBe('00');
    expect(fixture.storage.state.get(PATH)).toEqual(saved);
    fixture.storage.failsToWrite = false;
    expect(await reserveOut(fixture, 0, 1, { type: 5, key: 1n })).toBe('00');
    fixture.storage.failsToWrite = true;
    await quiet(async () => {
      expect(await reserveOut(fixture, 0, 2, { type: 5, key: 1n })).toBe(RESERVATION);
    });
    expect(await reservation()).toBe('000000020000001000000000000000010000000000050000');
    expect(await send(fixture, 1, '00 00 00 00 00 00')).toBe('00');
    fixture.storage.failsToWrite = false;
    expect(await reserveOut(fixture, 0, 5, { type: 1, key: 1n, actionKey: 2n })).toBe('00');
    expect(await send(fixture, 1, '00 00 00 00 00 00')).toBe('6/2f00');
    expect(await send(fixture, 1, '00 00 00 00 00 00')).toBe('6/2a05');
  });
});

describe('another file', () => {
  it('is used from then on, with what is in it', async () => {
    const fixture = world();
    await reserveOut(fixture, 0, 0, { actionKey: 1n, flags: 1 });
    const saved = fixture.storage.state.get(PATH)!;
    await fixture.server.setPrFile('/elsewhere');
    expect(await keys(fixture)).toBe('0000000100000000');
    await reserveOut(fixture, 0, 0, { actionKey: 2n, flags: 1 });
    expect(fixture.storage.state.has('/elsewhere')).toBe(true);
    expect(fixture.storage.state.get(PATH)).toBe(saved);
    await fixture.server.setPrFile(null);
    expect(await keys(fixture)).toBe('00000002000000080000000000000001');
  });
  it('that is damaged is refused, and everything stays as it was', async () => {
    const fixture = world();
    await reserveOut(fixture, 0, 0, { actionKey: 1n });
    fixture.storage.state.set('/bad', hex('00 01 02'));
    await expect(fixture.server.setPrFile('/bad')).rejects.toMatchObject({ code: 'EINVAL' });
    expect(await keys(fixture)).toBe('00000001000000080000000000000001');
    await reserveOut(fixture, 0, 6, { actionKey: 3n, flags: 1 });
    expect(fixture.storage.state.get('/bad')).toEqual(hex('00 01 02'));
  });
});
