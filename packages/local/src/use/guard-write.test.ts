import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Scst } from '../scst.js';
import { type Target } from '../target.js';
import { guardWrite } from './guard-write.js';

const SESSION = 'scst_local_tgt/scst_local_host';

/** A target whose one session sees disk1 as LUN 3, and has it open. */
let scst: Scst;
let target: Target;
let directory: string;
let unit: { close(): Promise<void> };
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scst-guard-'));
  scst = await Scst.open({ connect: 'embedded' });
  const filename = join(directory, 'disk1.img');
  await writeFile(filename, new Uint8Array(1 << 20));
  await scst.handler('vdisk_fileio').add('disk1', { filename });
  await scst.handler('vdisk_nullio').add('disk2');
  target = scst.driver().target('scst_local_tgt');
  await target.luns.add('disk1', 3);
  unit = await target.session('scst_local_host').open(3);
});
afterEach(async () => {
  await scst.close();
  await rm(directory, { recursive: true });
});

/** Whether a write is let through, and did nothing if not. */
const isLet = async (path: string, data: string): Promise<boolean> => {
  let done = false;
  const work = (): Promise<void> => {
    done = true;
    return Promise.resolve();
  };
  try {
    await guardWrite(scst.connection, { path, data }, work);
  } catch (error) {
    expect(error).toMatchObject({ code: 'IN_USE', message: expect.stringContaining(`session ${SESSION}: LUN 3 is open`) as string });
    expect(done).toBe(false);
    return false;
  }
  expect(done).toBe(true);
  return true;
};

const [T, D, G] = ['targets/scst_local/scst_local_tgt', 'devices/disk1', 'device_groups/g/target_groups/p'];

describe('guardWrite', () => {
  it.each([
    ['targets/scst_local/mgmt', 'del_target scst_local_tgt'],
    ['targets/scst_local/mgmt', 'del_session scst_local_tgt scst_local_host'],
    ['targets/scst_local/enabled', '0'],
    [`${T}/enabled`, '0\n'],
    [`${T}/black_hole`, '1'],
    [`${T}/rel_tgt_id`, '77'],
    [`${T}/luns/mgmt`, 'del 3'],
    [`${T}/luns/mgmt`, 'del 0x3'],
    [`${T}/luns/mgmt`, 'clear'],
    [`${T}/luns/mgmt`, 'replace disk2 3'],
    [`${T}/luns/mgmt`, 'replace_no_ua disk2 3 read_only=1'],
    [`${T}/sessions/scst_local_host/force_close`, '1'],
    [`${T}/sessions/scst_local_host/transport_id`, '\u0006'],
    ['handlers/vdisk_fileio/mgmt', 'del_device disk1'],
    [`${D}/active`, '0'],
    [`${D}/filename`, '/srv/other.img'],
    [`${D}/size`, '512'],
    [`${D}/size_mb`, '0'],
    [`${D}/usn`, 'another'],
    [`${D}/t10_dev_id`, 'another'],
    [`${D}/naa_id`, '0x3000000000000001'],
  ])('refuses, of a device that is in use, %s ← %s', async (path, data) => {
    expect(await isLet(path, data)).toBe(false);
    await unit.close();
    expect(await isLet(path, data)).toBe(true);
  });

  it.each([
    ['targets/scst_local/mgmt', 'add_target scst_local_tgt'],
    ['targets/scst_local/mgmt', 'del_target other'],
    ['targets/scst_local/mgmt', 'del_session scst_local_tgt other'],
    [`${T}/enabled`, '1'],
    [`${T}/black_hole`, '0'],
    [`${T}/rel_tgt_id`, '0'],
    [`${T}/comment`, 'text'],
    [`${T}/luns/mgmt`, 'del 4'],
    [`${T}/luns/mgmt`, 'del x'],
    [`${T}/luns/mgmt`, 'add disk2 5'],
    [`${T}/luns/mgmt`, 'replace disk2 4'],
    ['handlers/vdisk_fileio/mgmt', 'add_device disk1'],
    ['handlers/vdisk_nullio/mgmt', 'del_device disk2'],
    [`${D}/active`, '1'],
    [`${D}/size`, '2097152'],
    [`${D}/size_mb`, '1'],
    [`${D}/threads_num`, '4'],
    ['devices/disk2/active', '0'],
    ['trace_level', 'all'],
  ])('lets through what takes nothing from anybody: %s ← %s', async (path, data) => {
    expect(await isLet(path, data)).toBe(true);
  });

  it('lets a device grow with its file, but not shrink', async () => {
    await truncate(join(directory, 'disk1.img'), 2 << 20);
    expect(await isLet(`${D}/resync_size`, '1')).toBe(true);
    await truncate(join(directory, 'disk1.img'), 4096);
    expect(await isLet(`${D}/resync_size`, '1')).toBe(false);
    await rm(join(directory, 'disk1.img'));
    expect(await isLet(`${D}/resync_size`, '1')).toBe(false);
    await writeFile(join(directory, 'disk1.img'), '');
  });

  it('knows the states of ALUA that give no access', async () => {
    const group = await scst.addDeviceGroup('g');
    const ports = await group.addTargetGroup('p');
    expect(await isLet(`${G}/state`, 'offline')).toBe(true);
    await group.addDevice('disk1');
    expect(await isLet(`${G}/state`, 'offline')).toBe(true);
    await ports.attributes.set('state', 'standby');
    expect(await isLet(`${G}/mgmt`, 'add scst_local_tgt')).toBe(false);
    await group.removeDevice('disk1');
    await ports.addTarget('scst_local_tgt');
    await expect(group.addDevice('disk1', { unlessUsed: true })).rejects.toMatchObject({ code: 'IN_USE' });
    await ports.attributes.set('state', 'active');
    await group.addDevice('disk1', { unlessUsed: true });
    await expect(ports.attributes.set('state', 'unavailable', { unlessUsed: true })).rejects.toMatchObject({ code: 'IN_USE' });
    expect(await isLet(`${G}/state`, 'nonoptimized')).toBe(true);
    expect(await isLet(`${G}/mgmt`, 'del scst_local_tgt')).toBe(true);
  });

  it('is what handles do with unlessUsed', async () => {
    const refused = { code: 'IN_USE' };
    await expect(target.luns.replace('disk2', 3, { unlessUsed: true })).rejects.toMatchObject(refused);
    await expect(target.session('scst_local_host').setTransportId(new Uint8Array(24), { unlessUsed: true })).rejects.toMatchObject(refused);
    await expect(scst.device('disk1').attributes.set('active', false, { unlessUsed: true })).rejects.toMatchObject(refused);
    expect(await scst.device('disk1').attributes.get('active')).toBe('1');
    await unit.close();
    await target.luns.replace('disk2', 3, { unlessUsed: true });
    expect(await target.luns.list()).toMatchObject([{ number: 3, device: 'disk2' }]);
  });
});

describe('initiator names', () => {
  const refused = { code: 'IN_USE', message: expect.stringContaining('LUN 3 is open') as string };

  it('are not added where a session that matches would lose a LUN in use, but where the group shows the same', async () => {
    const group = await target.addGroup('g');
    await expect(group.initiators.add('scst_*', { unlessUsed: true })).rejects.toMatchObject(refused);
    await group.initiators.add('other?', { unlessUsed: true });
    await group.luns.add('disk2', 3);
    await expect(group.initiators.add('*', { unlessUsed: true })).rejects.toMatchObject(refused);
    await group.luns.replace('disk1', 3, { readOnly: true });
    await expect(group.initiators.add('*', { unlessUsed: true })).rejects.toMatchObject(refused);
    await group.luns.replace('disk1', 3);
    await group.initiators.add('*', { unlessUsed: true });
    expect(await target.session('scst_local_host').group()).toBe('g');
  });

  it('are not removed, moved or cleared from under a session, but while another name of the group fits', async () => {
    await unit.close();
    const [group, other] = [await target.addGroup('g'), await target.addGroup('h')];
    await group.luns.add('disk1', 3);
    for (const name of ['scst_*', '!x']) await group.initiators.add(name);
    const session = target.session('scst_local_host');
    expect(await session.group()).toBe('g');
    await target.luns.clear();
    unit = await session.open(3);
    await expect(group.initiators.clear({ unlessUsed: true })).rejects.toMatchObject(refused);
    await group.initiators.remove('!x', { unlessUsed: true });
    await expect(group.initiators.remove('scst_*', { unlessUsed: true })).rejects.toMatchObject(refused);
    await expect(group.initiators.move('scst_*', 'h', { unlessUsed: true })).rejects.toMatchObject(refused);
    await other.luns.add('disk1', 3);
    await group.initiators.move('scst_*', 'h', { unlessUsed: true });
    expect(await session.group()).toBe('h');
    await target.luns.add('disk1', 3);
    await other.initiators.clear({ unlessUsed: true });
    expect(await session.group()).toBeUndefined();
  });

  it('cannot take a session from the group it is in by a name of a later one; which is later the tree does not tell', async () => {
    await unit.close();
    const [first, second] = [await target.addGroup('a'), await target.addGroup('b')];
    await first.luns.add('disk1', 3);
    await first.initiators.add('*');
    unit = await target.session('scst_local_host').open(3);
    await expect(second.initiators.add('*', { unlessUsed: true })).rejects.toMatchObject(refused);
    await second.luns.add('disk1', 3);
    await second.initiators.add('*', { unlessUsed: true });
    expect(await target.session('scst_local_host').group()).toBe('a');
  });

  it('are themselves, also with a slash, which the name of a file cannot have', async () => {
    const group = await target.addGroup('g');
    for (const name of ['scst/*', '!x']) await group.initiators.add(name);
    expect((await group.initiators.list()).sort()).toEqual(['!x', 'scst/*']);
    await group.initiators.remove('scst/*', { unlessUsed: true });
    expect(await group.initiators.list()).toEqual(['!x']);
  });
});
