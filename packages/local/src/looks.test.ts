import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { read, write } from '@scst/scsi';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCore, ratesBetween, Scst, type ScstEvent, serveCore } from './index.js';
import { readState } from './watch/read-state.js';
import { isSample, isStateList } from './wire.js';

/** An SCST of this process, over a socket. */
interface World {
  readonly remote: Scst;
  close(): Promise<void>;
}

const open = async (): Promise<World> => {
  const directory = await mkdtemp(join(tmpdir(), 'scst-looks-'));
  const core = createCore({ stateDirectory: join(directory, 'state') });
  for (const module of ['scst', 'scst_vdisk', 'scst_local']) await core.modules.load(module, {});
  const server = await serveCore(core, { socket: join(directory, 'socket') });
  const remote = await Scst.open({ connect: server.socket });
  return {
    remote,
    close: async () => {
      await remote.close();
      await server.close();
      await core.close();
      await rm(directory, { recursive: true });
    },
  };
};

let world: World;
beforeEach(async () => {
  world = await open();
});
afterEach(async () => {
  await world.close();
});

const key = (event: ScstEvent): string => (event.type === 'ready' ? 'ready' : `${event.type} ${event.object.kind} ${event.object.path}${event.type === 'changed' ? ` ${event.changes.join(',')}` : ''}`);

describe('events of an SCST', () => {
  it('are those of its objects, over a socket', async () => {
    const { remote: scst } = world;
    const controller = new AbortController();
    const seen: string[] = [];
    const waiting: { wanted: string; resolve: () => void }[] = [];
    const watching = (async () => {
      for await (const event of scst.events({ signal: controller.signal, interval: 10, initial: true })) {
        seen.push(key(event));
        for (const one of waiting) if (one.wanted === key(event)) one.resolve();
      }
    })();
    const saw = (wanted: string): Promise<void> => (seen.includes(wanted) ? Promise.resolve() : new Promise((resolve) => waiting.push({ wanted, resolve })));
    await saw('ready');
    expect(seen).toEqual(['added target targets/scst_local/scst_local_tgt', 'added session targets/scst_local/scst_local_tgt/sessions/scst_local_host', 'ready']);

    const target = scst.driver().target('scst_local_tgt');
    await scst.handler('vdisk_nullio').add('a', { size_mb: 1 });
    await saw('added device devices/a');
    await scst.handler('vdisk_nullio').add('b', { size_mb: 1 });
    await target.luns.add('a', 0);
    await saw('added lun targets/scst_local/scst_local_tgt/luns/0');
    await target.luns.replace('b', 0, { readOnly: true });
    await saw('changed lun targets/scst_local/scst_local_tgt/luns/0 device,readOnly');
    await scst.device('a').attributes.set('size_mb', 2);
    await saw('changed device devices/a size');
    const group = await target.addGroup('g');
    await group.initiators.add('scst_local_host');
    await saw('changed session targets/scst_local/scst_local_tgt/sessions/scst_local_host group');
    await saw('added initiator targets/scst_local/scst_local_tgt/ini_groups/g/initiators/scst_local_host');
    await target.addSession('second');
    await saw('added session targets/scst_local/scst_local_tgt/sessions/second');
    await target.session('second').close();
    await saw('removed session targets/scst_local/scst_local_tgt/sessions/second');

    const devices = await scst.addDeviceGroup('dg');
    await devices.addDevice('a');
    const paths = await devices.addTargetGroup('tg');
    await saw('added target-group device_groups/dg/target_groups/tg');
    await paths.attributes.set('state', 'standby');
    await saw('changed target-group device_groups/dg/target_groups/tg state');

    await target.remove();
    await saw('removed target targets/scst_local/scst_local_tgt');
    expect(seen.indexOf('removed group targets/scst_local/scst_local_tgt/ini_groups/g')).toBeLessThan(seen.indexOf('removed target targets/scst_local/scst_local_tgt'));
    controller.abort();
    await watching;
  });

  it('come of the same state, in one request or attribute by attribute', async () => {
    const { remote: scst } = world;
    await scst.handler('vdisk_nullio').add('a', { size_mb: 1 });
    await scst.driver().target('scst_local_tgt').luns.add('a', 3);
    const plain = (objects: Iterable<unknown>): unknown => JSON.parse(JSON.stringify([...objects]));
    expect(plain((await scst.state()).values())).toEqual(plain((await readState(scst.tree)).values()));
  });

  it('fail when the server has gone', async () => {
    const { remote: scst } = world;
    const events = scst.events({ interval: 10, initial: true });
    await events.next();
    await world.close();
    await expect(
      (async () => {
        for await (const event of events) expect(event.type).not.toBe('removed');
      })(),
    ).rejects.toThrow();
    world = await open();
  });
});

describe('statistics of an SCST', () => {
  it('are of sessions and of LUNs, with latency once it is measured', async () => {
    const { remote: scst } = world;
    await scst.handler('vdisk_nullio').add('a', { size_mb: 1 });
    await scst.handler('vdisk_nullio').add('b', { size_mb: 1 });
    const target = scst.driver().target('scst_local_tgt');
    await target.luns.add('a', 0);
    await target.luns.add('b', 1);
    const [session] = await target.sessions();
    if (session === undefined) throw new Error('no session');
    await using lun = await session.open(1);
    await lun.execute({ cdb: new Uint8Array(6) });
    const before = await scst.statistics();
    expect(before.measuresLatency).toBe(false);
    for (let block = 0; block < 8; block++) await read(lun, { lba: BigInt(block), blocks: 1, blockLength: 512 });
    await write(lun, { lba: 0n, data: new Uint8Array(4096), blockLength: 512 });
    const after = await scst.statistics();
    const [rates] = ratesBetween(before, after).sessions;
    const count = (perSecond = Number.NaN): number => Math.round((perSecond * (after.at - before.at)) / 1000);
    expect([count(rates?.io.read.commands), count(rates?.io.read.bytes), count(rates?.io.write.commands), count(rates?.io.write.bytes)]).toEqual([8, 4096, 1, 4096]);
    expect(rates?.luns.map(({ device, io }) => [device, count(io?.total.commands)])).toEqual([['a', 0], ['b', 9]]);
    expect(rates?.io.latency).toBeUndefined();

    await scst.attributes.set('measure_latency', 1);
    const measured = await scst.statistics();
    for (let block = 0; block < 8; block++) await read(lun, { lba: BigInt(block), blocks: 1, blockLength: 512 });
    const [timed] = ratesBetween(measured, await scst.statistics()).sessions;
    expect(timed?.io.latency).toBeGreaterThan(0);
    expect(timed?.luns.map(({ io }) => io?.latency !== undefined)).toEqual([false, true]);
  });
});

describe('what comes over a socket', () => {
  it('is looked at before it is believed', () => {
    expect(isStateList([{ kind: 'lun', path: 'p', driver: 'd', target: 't', lun: 0, device: 'x', readOnly: true }])).toBe(true);
    for (const bad of [undefined, {}, [1], [{ kind: 'toString', path: 'p' }], [{ kind: 'lun', path: 'p', driver: 'd', target: 't', lun: '0', device: 'x', readOnly: true }]]) expect(isStateList(bad)).toBe(false);
    expect(isSample({ at: 1, measuresLatency: true, sessions: [] })).toBe(true);
    for (const bad of [null, [], { at: 1, sessions: [] }, { at: 1, measuresLatency: true, sessions: [{}] }]) expect(isSample(bad)).toBe(false);
  });
});
