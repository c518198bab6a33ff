import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findUsers } from './kernel-users.js';
import { Scst } from './scst.js';

describe('Session.users', () => {
  it('names the LUNs that are open, and nobody once they are closed', async () => {
    await using scst = await Scst.open({ connect: 'embedded' });
    await scst.handler('vdisk_nullio').add('disk1');
    const target = scst.driver().target('scst_local_tgt');
    await target.luns.add('disk1', 3);
    const session = target.session('scst_local_host');
    expect(await session.users()).toEqual([]);
    const [first, second] = [await session.open(3), await session.open(3)];
    expect(await session.users()).toEqual(['LUN 3 is open 2 times']);
    await first.close();
    await first.close();
    expect(await session.users()).toEqual(['LUN 3 is open']);
    await second.close();
    expect(await session.users()).toEqual([]);
  });

  it('asks nothing of a session that is no SCSI host', async () => {
    await using scst = await Scst.open({ connect: 'embedded' });
    const [session] = await scst.driver('copy_manager').target('copy_manager_tgt').sessions();
    expect(await session?.users()).toEqual([]);
  });
});

describe('findUsers', () => {
  it('finds the processes that have a node open, and passes over those it may not see', async () => {
    const proc = await mkdtemp(join(tmpdir(), 'scst-proc-'));
    try {
      await mkdir(join(proc, '17', 'fd'), { recursive: true });
      await writeFile(join(proc, '17', 'comm'), 'dd\n');
      await symlink('/dev/sdb', join(proc, '17', 'fd', '3'));
      await symlink('/dev/sdb', join(proc, '17', 'fd', '4'));
      await symlink('/dev/null', join(proc, '17', 'fd', '1'));
      await mkdir(join(proc, '18'));
      await mkdir(join(proc, 'self'));
      expect(await findUsers(['/dev/sdb', '/dev/sg1'], proc)).toEqual(['process 17 (dd) has /dev/sdb open']);
      expect(await findUsers([], proc)).toEqual([]);
    } finally {
      await rm(proc, { recursive: true });
    }
  });
});
