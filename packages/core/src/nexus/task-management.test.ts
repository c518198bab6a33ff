import { describe, expect, it } from 'vitest';
import { Fixture, hex, UnrulyStore } from './fixture.js';

const READ = '28 00 00 00 00 00 00 00 01 00';
const TEST_UNIT_READY = '00 00 00 00 00 00';
const RESET_ATTENTION = hex('700006000000000a00000000290000000000');
const CLEARED_ATTENTION = hex('700006000000000a000000002f0000000000');

function slow(options: { tst?: 0 | 1; sessions?: number } = {}): { fixture: Fixture; store: UnrulyStore } {
  const store = new UnrulyStore(1024 * 1024);
  const fixture = new Fixture({ device: { store, size: store.size, tst: options.tst ?? 1 }, sessions: options.sessions ?? 2 }).clearAttentions();
  store.holds = true;
  return { fixture, store };
}

/** Control mode page with TAS. */
async function reportAborted(fixture: Fixture): Promise<void> {
  const result = await fixture.run('15 10 00 00 10 00', { out: hex('000000000a0a2010 0040 00000000024b') });
  expect(result.status).toBe(0);
  fixture.clearAttentions();
}

describe('task management', () => {
  it('ends a running command as aborted when its signal is aborted, once the store has let go of its buffer', async () => {
    const { fixture, store } = slow();
    const controller = new AbortController();
    const running = fixture.unit().execute({ cdb: hex(READ), dataIn: new Uint8Array(512), signal: controller.signal });
    const outcome = expect(running).rejects.toMatchObject({ code: 'ABORTED' });
    controller.abort();
    expect(fixture.nexus().activeCommands).toBe(1);
    store.release();
    await outcome;
    expect(fixture.nexus().activeCommands).toBe(0);
    expect(fixture.core.localStats.aborts).toBe(1);
  });

  it('gives up a command after its timeout', async () => {
    const { fixture, store } = slow();
    const running = fixture.unit().execute({ cdb: hex(READ), dataIn: new Uint8Array(512), timeout: 5 });
    setTimeout(() => {
      store.release();
    }, 20);
    await expect(running).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  it('ends commands of all nexuses at a LUN reset, and tells every nexus', async () => {
    const { fixture, store } = slow();
    const mine = fixture.run(READ, { in: 512 });
    const other = fixture.run(READ, { in: 512, session: 1 });
    const ends = Promise.allSettled([mine, other]);
    const reset = fixture.unit().reset('lun');
    let resetEnded = false;
    void reset.then(() => (resetEnded = true));
    await Promise.resolve();
    expect(resetEnded).toBe(false);
    store.release();
    await reset;
    for (const end of await ends) expect(end).toMatchObject({ status: 'rejected', reason: { code: 'ABORTED' } });
    store.holds = false;
    for (const session of [0, 1]) {
      expect((await fixture.run(TEST_UNIT_READY, { session })).sense).toEqual(RESET_ATTENTION);
      expect((await fixture.run(TEST_UNIT_READY, { session })).status).toBe(0);
    }
    expect(fixture.core.localStats.deviceResets).toBe(1);
  });

  it('ends commands of other nexuses with TASK ABORTED while TAS is 1', async () => {
    const { fixture, store } = slow();
    store.holds = false;
    await reportAborted(fixture);
    store.holds = true;
    const mine = fixture.run(READ, { in: 512 });
    const other = fixture.run(READ, { in: 512, session: 1 });
    const ends = Promise.allSettled([mine, other]);
    const reset = fixture.unit().reset('target');
    store.release();
    await reset;
    expect(await ends).toMatchObject([
      { status: 'rejected', reason: { code: 'ABORTED' } },
      { status: 'fulfilled', value: { status: 0x40, residual: 512 } },
    ]);
  });

  it('resets what the target shows to the access group, and no device of another group', async () => {
    const fixture = new Fixture({ sessions: 2 }).clearAttentions();
    const other = new Fixture().clearAttentions();
    fixture.sessions.push(...other.sessions);
    await fixture.unit().reset('target');
    for (const session of [0, 1]) expect((await fixture.run(TEST_UNIT_READY, { session })).sense).toEqual(RESET_ATTENTION);
    expect((await other.run(TEST_UNIT_READY)).status).toBe(0);
  });

  it('aborts the task set of one nexus only', async () => {
    const { fixture, store } = slow({ tst: 0 });
    const mine = fixture.run(READ, { in: 512 });
    const other = fixture.run(READ, { in: 512, session: 1 });
    const ends = Promise.allSettled([mine, other]);
    const aborted = fixture.unit().abortTaskSet();
    store.release();
    await aborted;
    expect(await ends).toMatchObject([{ status: 'rejected' }, { status: 'fulfilled', value: { status: 0 } }]);
  });

  it('clears a task set that nexuses share, and tells the others', async () => {
    const { fixture, store } = slow({ tst: 0 });
    const ends = Promise.allSettled([fixture.run(READ, { in: 512 }), fixture.run(READ, { in: 512, session: 1 })]);
    const cleared = fixture.unit().clearTaskSet();
    store.release();
    await cleared;
    expect(await ends).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    store.holds = false;
    expect((await fixture.run(TEST_UNIT_READY)).status).toBe(0);
    expect((await fixture.run(TEST_UNIT_READY, { session: 1 })).sense).toEqual(CLEARED_ATTENTION);
  });

  it('ends queued commands at once, and those behind them go on', async () => {
    const { fixture, store } = slow();
    const first = fixture.run(READ, { in: 512 });
    const controller = new AbortController();
    const ordered = fixture.unit().execute({ cdb: hex(READ), dataIn: new Uint8Array(512), attribute: 'ordered', signal: controller.signal });
    const last = fixture.run(READ, { in: 512 });
    expect(store.held).toBe(1);
    controller.abort();
    await expect(ordered).rejects.toMatchObject({ code: 'ABORTED' });
    expect(store.held).toBe(2);
    store.release();
    expect((await first).status).toBe(0);
    expect((await last).status).toBe(0);
  });

  it('ends everything when the nexus is closed', async () => {
    const { fixture, store } = slow();
    const ends = Promise.allSettled([fixture.run(READ, { in: 512 }), fixture.run(READ, { in: 512, attribute: 'ordered' })]);
    const closed = fixture.nexus().close();
    store.release();
    await closed;
    expect(await ends).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    await expect(fixture.run(READ, { in: 512 })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(fixture.sessions[0]!.activeCommands).toBe(0);
  });

  it('holds commands of a suspended SCST back, and lets them be aborted there', async () => {
    const { fixture, store } = slow();
    store.holds = false;
    const resumed: (() => void)[] = [];
    fixture.core.suspended = true;
    fixture.core.onResume = (callback) => resumed.push(callback);
    const controller = new AbortController();
    const unit = fixture.unit();
    const aborted = unit.execute({ cdb: hex(TEST_UNIT_READY), signal: controller.signal });
    const kept = unit.execute({ cdb: hex(TEST_UNIT_READY) });
    controller.abort();
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
    fixture.core.suspended = false;
    for (const resume of resumed) resume();
    expect((await kept).status).toBe(0);
  });

  it('holds commands of a blocked device back', async () => {
    const { fixture, store } = slow();
    const running = fixture.run(READ, { in: 512 });
    const blocked = fixture.server.block();
    const waiting = fixture.run(READ, { in: 512 });
    expect(store.held).toBe(1);
    store.release();
    await blocked;
    expect((await running).status).toBe(0);
    expect(store.held).toBe(0);
    fixture.server.unblock();
    expect(store.held).toBe(1);
    store.release();
    expect((await waiting).status).toBe(0);
  });

  it('swallows commands and management of a black hole', async () => {
    const { fixture, store } = slow();
    store.holds = false;
    const set = fixture.lun.set as { blackHole: number };
    set.blackHole = 3;
    await expect(fixture.run(READ, { in: 512 })).rejects.toMatchObject({ code: 'ABORTED' });
    expect((await fixture.run(TEST_UNIT_READY)).status).toBe(0);
    await fixture.unit().reset('lun');
    set.blackHole = 2;
    await expect(fixture.run(TEST_UNIT_READY)).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(fixture.unit().reset('lun')).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  it('refuses more commands of a nexus than the device takes', async () => {
    const { fixture, store } = slow();
    fixture.device.maxTgtDevCommands = 2;
    const running = [fixture.run(READ, { in: 512 }), fixture.run(READ, { in: 512 })];
    expect(await fixture.run(READ, { in: 512 })).toMatchObject({ status: 0x28, residual: 512 });
    store.release();
    for (const each of running) expect((await each).status).toBe(0);
    fixture.device.maxTgtDevCommands = 0;
    expect(await fixture.run(TEST_UNIT_READY)).toMatchObject({ status: 0x08 });
  });

  it('aborts other commands at a CHECK CONDITION as QERR asks', async () => {
    const { fixture, store } = slow();
    store.holds = false;
    // QERR 11b: the commands of the same nexus.
    expect((await fixture.run('15 10 00 00 10 00', { out: hex('000000000a0a2016 0000 00000000024b') })).status).toBe(0);
    fixture.clearAttentions();
    store.holds = true;
    const ends = Promise.allSettled([fixture.run(READ, { in: 512 }), fixture.run(READ, { in: 512, session: 1 })]);
    expect((await fixture.run('12 00 05 00 ff 00', { in: 255 })).status).toBe(2);
    store.release();
    expect(await ends).toMatchObject([{ status: 'rejected' }, { status: 'fulfilled', value: { status: 0 } }]);
  });
});

describe('auto contingent allegiance', () => {
  const BAD_WITH_NACA = '12 00 05 00 ff 04';

  it('shuts the faulted nexus out until it is cleared', async () => {
    const { fixture, store } = slow();
    store.holds = false;
    expect((await fixture.run(BAD_WITH_NACA, { in: 255 })).status).toBe(2);
    for (const cdb of [TEST_UNIT_READY, '12 00 00 00 24 00', '03 00 00 00 12 00']) {
      expect(await fixture.run(cdb, { in: cdb === TEST_UNIT_READY ? 0 : 18 })).toMatchObject({ status: 0x30 });
    }
    expect((await fixture.run(TEST_UNIT_READY, { session: 1 })).status).toBe(0);
    expect((await fixture.run(TEST_UNIT_READY, { attribute: 'aca' })).status).toBe(0);
    fixture.unit().clearAca();
    expect((await fixture.run(TEST_UNIT_READY)).status).toBe(0);
    expect(await fixture.run(TEST_UNIT_READY, { attribute: 'aca' })).toMatchObject({ status: 2, sense: hex('700005000000000a00000000490000000000') });
  });

  it('is not established by an operation code that nobody knows, for its CONTROL byte is not known either', async () => {
    const { fixture } = slow();
    expect(await fixture.run('02 00 00 00 00 04')).toMatchObject({ status: 2, sense: hex('700005000000000a00000000200000000000') });
    expect((await fixture.run(TEST_UNIT_READY)).status).toBe(0);
  });

  it('holds back the status of commands at work, and other nexuses of a shared task set', async () => {
    const { fixture, store } = slow({ tst: 0 });
    let ended = false;
    const running = fixture.run(READ, { in: 512 }).then((result) => {
      ended = true;
      return result;
    });
    expect((await fixture.run(BAD_WITH_NACA, { in: 255 })).status).toBe(2);
    store.release();
    await new Promise(setImmediate);
    expect(ended).toBe(false);
    expect((await fixture.run(TEST_UNIT_READY, { session: 1 })).status).toBe(0x08);
    fixture.unit().clearAca();
    expect((await running).status).toBe(0);
  });

  it('goes with a reset', async () => {
    const { fixture, store } = slow();
    store.holds = false;
    await fixture.run(BAD_WITH_NACA, { in: 255 });
    await fixture.unit().reset('lun');
    expect((await fixture.run(TEST_UNIT_READY)).sense).toEqual(RESET_ATTENTION);
    expect((await fixture.run(TEST_UNIT_READY)).status).toBe(0);
  });
});
