import { describe, expect, it } from 'vitest';
import { Scst } from '../scst.js';
import { inUse } from './in-use.js';
import { refuseWhileInUse } from './refuse.js';
import { type ScsiDeviceUse, type Use } from './use.js';

const reasons = (uses: readonly Use[]): string[] => uses.map(({ session, reason }) => `${session}: ${reason}`);

describe('uses', () => {
  it('are the LUNs that are open, and none once they are closed', async () => {
    await using scst = await Scst.open({ connect: 'embedded' });
    await scst.handler('vdisk_nullio').add('disk1');
    const target = scst.driver().target('scst_local_tgt');
    await target.luns.add('disk1', 3);
    const session = target.session('scst_local_host');
    expect(await session.uses()).toEqual([]);
    const [first, second] = [await session.open(3), await session.open(3)];
    expect(reasons(await session.uses())).toEqual(['scst_local_tgt/scst_local_host: LUN 3 is open 2 times']);
    await first.close();
    await first.close();
    expect(await session.uses()).toEqual([{ kind: 'open', lun: 3, session: 'scst_local_tgt/scst_local_host', reason: 'LUN 3 is open' }]);
    await second.close();
    expect(await session.uses()).toEqual([]);
  });

  it('are told of a target, of its LUNs and of its devices, and of nothing else', async () => {
    await using scst = await Scst.open({ connect: 'embedded' });
    for (const name of ['disk1', 'disk2']) await scst.handler('vdisk_nullio').add(name);
    const target = scst.driver().target('scst_local_tgt');
    const group = await target.addGroup('g');
    await group.initiators.add('host2');
    await group.luns.add('disk1', 5);
    await target.luns.add('disk1', 3);
    await target.luns.add('disk2', 4);
    const other = await target.addSession('host2');
    const open = await other.open(5);
    const used = ['scst_local_tgt/host2: LUN 5 is open'];
    expect(reasons(await target.uses())).toEqual(used);
    expect(reasons(await group.luns.uses())).toEqual(used);
    expect(reasons(await group.luns.uses(5))).toEqual(used);
    expect(reasons(await scst.device('disk1').uses())).toEqual(used);
    expect(await target.luns.uses(3)).toEqual([]);
    expect(await target.luns.uses()).toEqual([]);
    expect(await scst.device('disk2').uses()).toEqual([]);
    const ask = inUse(scst);
    expect(await ask({ kind: 'device', device: 'disk1' })).toBe('LUN 5 is open');
    const session = { kind: 'session', driver: 'scst_local', target: 'scst_local_tgt', session: 'host2' } as const;
    expect(await ask({ ...session, lun: undefined })).toBe('LUN 5 is open');
    expect(await ask({ ...session, lun: 5 })).toBe('LUN 5 is open');
    expect(await ask({ ...session, lun: 3 })).toBe(false);
    await open.close();
    expect(await ask({ kind: 'device', device: 'disk1' })).toBe(false);
  });

  it('are none of what is not there', async () => {
    await using scst = await Scst.open({ connect: 'embedded' });
    const target = scst.driver().target('gone');
    expect(await target.uses()).toEqual([]);
    expect(await target.luns.uses(1)).toEqual([]);
    expect(await target.session('gone').uses()).toEqual([]);
  });

  it('are none of a session that is no SCSI host', async () => {
    await using scst = await Scst.open({ connect: 'embedded' });
    const [session] = await scst.driver('copy_manager').target('copy_manager_tgt').sessions();
    expect(await session?.uses()).toEqual([]);
  });
});

describe('a removal unless used', () => {
  const make = async (): Promise<Scst> => {
    const scst = await Scst.open({ connect: 'embedded' });
    await scst.handler('vdisk_nullio').add('disk1');
    await scst.driver().target('scst_local_tgt').luns.add('disk1', 3);
    return scst;
  };

  it('is refused, whatever is to go, and done once nobody uses it', async () => {
    await using scst = await make();
    const target = scst.driver().target('scst_local_tgt');
    const session = target.session('scst_local_host');
    const unit = await session.open(3);
    const removals = {
      'session scst_local_host': () => session.close({ unlessUsed: true }),
      'LUN 3 of target scst_local_tgt': () => target.luns.remove(3, { unlessUsed: true }),
      'what target scst_local_tgt exports': () => target.luns.clear({ unlessUsed: true }),
      'device disk1': () => scst.device('disk1').remove({ force: true, unlessUsed: true }),
      'target scst_local_tgt': () => target.remove({ unlessUsed: true }),
    };
    for (const [what, remove] of Object.entries(removals)) {
      await expect(remove()).rejects.toMatchObject({ code: 'IN_USE', message: `${what} is in use: session scst_local_tgt/scst_local_host: LUN 3 is open` });
    }
    expect(await target.luns.list()).toHaveLength(1);
    await unit.close();
    await expect(scst.device('disk1').remove({ unlessUsed: true })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await target.luns.remove(3, { unlessUsed: true });
    await scst.device('disk1').remove({ unlessUsed: true });
    await session.close({ unlessUsed: true });
    await target.remove({ unlessUsed: true });
    expect(await scst.driver().targets()).toEqual([]);
  });

  it('has the disks for itself while it is done, and is refused where it cannot have them', async () => {
    await using scst = await make();
    const { connection } = scst;
    const told: string[] = [];
    const over = (refused: readonly ScsiDeviceUse[], barred: readonly string[] = []): Scst =>
      Scst.over({
        ...connection,
        claimDisks: (devices) => {
          told.push(`claims ${devices.map(({ address }) => address).join()}`);
          return Promise.resolve({
            refused,
            bar: () => {
              told.push('barred');
              return Promise.resolve(barred);
            },
            during: async (work, options) => {
              const { length } = await over([]).driver().target('scst_local_tgt').luns.list();
              const done = await work();
              told.push(`gone: ${(await options?.gone?.())?.join() ?? ''}`);
              told.push(`held, from ${length} to ${(await scst.driver().target('scst_local_tgt').luns.list()).length}`);
              return done;
            },
            [Symbol.asyncDispose]: () => {
              told.push('let go');
              return Promise.resolve();
            },
          });
        },
      });
    const taken: ScsiDeviceUse = { device: '0:0:0:3', kind: 'claim', reason: 'it is taken' };
    await expect(over([taken]).driver().target('scst_local_tgt').luns.remove(3, { unlessUsed: true })).rejects.toMatchObject({ code: 'IN_USE', message: expect.stringContaining('it is taken') as string });
    expect(told.splice(0)).toEqual(['claims 0:0:0:3', 'let go']);
    await over([]).driver().target('scst_local_tgt').luns.remove(3, { unlessUsed: true });
    expect(told).toEqual(['claims 0:0:0:3', 'barred', 'gone: 0:0:0:3', 'held, from 1 to 0', 'let go']);
  });
});

describe('a second look, once the disks are barred', () => {
  it('finds who opened one after the first look, and lets everything be as it was', async () => {
    await using scst = await Scst.open({ connect: 'embedded' });
    await scst.handler('vdisk_nullio').add('disk1');
    const { luns } = scst.driver().target('scst_local_tgt');
    await luns.add('disk1', 3);
    const told: string[] = [];
    const late: ScsiDeviceUse = { device: '0:0:0:3', kind: 'open', reason: 'process 7 (dd) has /dev/sda open' };
    const raced = Scst.over({
      ...scst.connection,
      usesOf: () => Promise.resolve(told.includes('barred') ? [late] : []),
      claimDisks: () =>
        Promise.resolve({
          refused: [],
          bar: () => {
            told.push('barred');
            return Promise.resolve(['0:0:0:3']);
          },
          during: (work) => {
            told.push('done');
            return work();
          },
          [Symbol.asyncDispose]: () => {
            told.push('let go');
            return Promise.resolve();
          },
        }),
    });
    await expect(raced.driver().target('scst_local_tgt').luns.remove(3, { unlessUsed: true })).rejects.toMatchObject({ code: 'IN_USE', message: expect.stringContaining('process 7 (dd)') as string });
    expect(told).toEqual(['barred', 'let go']);
    expect(await luns.list()).toHaveLength(1);
  });
});

describe('refuseWhileInUse', () => {
  const use = (session: string, reason: string): Use => ({ kind: 'mount', session, lun: 0, reason });

  it('lets pass what nobody uses', () => {
    expect(() => { refuseWhileInUse('target t', []); }).not.toThrow();
  });

  it('names every session and each reason once', () => {
    const uses = [use('t/a', '/dev/sda is mounted on /x (ext4)'), use('t/a', '/dev/sda is mounted on /x (ext4)'), use('t/b', '/dev/sdb is swap')];
    expect(() => { refuseWhileInUse('target t', uses); }).toThrow(
      expect.objectContaining({ code: 'IN_USE', uses, message: 'target t is in use: session t/a: /dev/sda is mounted on /x (ext4); session t/b: /dev/sdb is swap' }),
    );
  });
});
