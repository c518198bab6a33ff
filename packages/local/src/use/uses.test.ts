import { describe, expect, it } from 'vitest';
import { Scst } from '../scst.js';
import { inUse } from './in-use.js';
import { refuseWhileInUse } from './refuse.js';
import { type Use } from './use.js';

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
