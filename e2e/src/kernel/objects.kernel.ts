// @scst/local's objects on the kernel's SCST.
import { LocalError } from '@scst/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KernelSandbox } from './sandbox.js';

let sandbox: KernelSandbox;
beforeAll(async () => {
  sandbox = await KernelSandbox.open();
});
afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

describe('the kernel’s SCST', () => {
  it('tells what it is', async () => {
    const { scst } = sandbox;
    expect(scst.kind).toBe('kernel');
    expect(await scst.attributes.get('version')).toMatch(/SCST version/u);
    expect((await scst.modules.list()).map(({ name }) => name)).toEqual(expect.arrayContaining(['scst', 'scst_local', 'scst_vdisk']));
    expect((await scst.handlers()).map(({ name }) => name)).toEqual(expect.arrayContaining(['vdisk_fileio', 'vdisk_blockio', 'vdisk_nullio', 'vcdrom']));
    expect((await scst.drivers()).map(({ name }) => name)).toEqual(expect.arrayContaining(['copy_manager', 'scst_local']));
  });

  it('adds and removes targets, with sessions from the start', async () => {
    const names = [sandbox.name('a'), sandbox.name('b')];
    const target = await sandbox.target({ sessions: names });
    expect((await target.sessions()).map(({ name }) => name).sort()).toEqual([...names].sort());
    await expect(sandbox.scst.driver().addTarget(target.name)).rejects.toMatchObject({ code: 'EFAULT' });
    expect((await sandbox.scst.driver().targets()).map(({ name }) => name)).toContain(target.name);
    await target.remove();
    expect((await sandbox.scst.driver().targets()).map(({ name }) => name)).not.toContain(target.name);
  });

  it('adds sessions of one name twice, and closes each of them', async () => {
    const target = await sandbox.target();
    const first = await sandbox.session(target);
    const second = await target.addSession(first.name);
    expect(second.name).toBe(`${first.name}_1`);
    expect(await second.initiatorName()).toBe(first.name);
    expect(await first.hostNumber()).not.toBe(await second.hostNumber());
    await second.close();
    await first.close();
    await expect.poll(async () => (await target.sessions()).length, { timeout: 20_000 }).toBe(0);
  });

  it('has devices of every virtual handler', async () => {
    const { device: disk, file } = await sandbox.disk({ blocksize: 4096 });
    const nullio = await sandbox.device('vdisk_nullio', { size_mb: 8 });
    const cd = await sandbox.device('vcdrom');
    expect([await disk.handler(), await disk.size(), await disk.attributes.get('blocksize')]).toEqual(['vdisk_fileio', 16n << 20n, '4096']);
    expect((await disk.attributes.get('filename'))).toBe(file);
    expect([await nullio.handler(), await nullio.size()]).toEqual(['vdisk_nullio', 8n << 20n]);
    expect([await cd.handler(), await cd.attributes.get('type')]).toEqual(['vcdrom', '5 - CD-ROM device']);
    await expect(sandbox.scst.handler('vdisk_nullio').add(nullio.name)).rejects.toMatchObject({ code: 'EEXIST' });
    expect((await sandbox.scst.handler('vdisk_fileio').devices()).map(({ name }) => name)).toContain(disk.name);
    expect(await sandbox.scst.handler('vdisk_fileio').parameters()).toContain('filename');
  });

  it('adds, replaces and removes LUNs, and tells where devices are exported', async () => {
    const target = await sandbox.target();
    const [one, two] = [await sandbox.device('vdisk_nullio', { size_mb: 8 }), await sandbox.device('vdisk_nullio', { size_mb: 8 })];
    await target.luns.add(one.name, 0);
    await target.luns.add(two.name, 5, { readOnly: true });
    expect(await target.luns.list()).toEqual([{ number: 0, device: one.name, readOnly: false }, { number: 5, device: two.name, readOnly: true }]);
    expect(await two.exports()).toEqual([{ driver: 'scst_local', target: target.name, group: undefined, lun: 5 }]);
    await expect(one.remove()).rejects.toBeInstanceOf(LocalError);
    await target.luns.replace(two.name, 0);
    expect((await target.luns.list())[0]?.device).toBe(two.name);
    await target.luns.remove(0);
    await target.luns.clear();
    expect(await target.luns.list()).toEqual([]);
    await expect(target.luns.remove(0)).rejects.toMatchObject({ code: 'EINVAL' });
  });

  it('moves sessions to the groups that name their initiators', async () => {
    const target = await sandbox.target();
    const session = await sandbox.session(target);
    const device = await sandbox.device('vdisk_nullio', { size_mb: 8 });
    const group = await target.addGroup('g1');
    await group.luns.add(device.name, 3);
    await group.initiators.add(`${session.name}*`);
    expect(await session.group()).toBe('g1');
    expect(await group.initiators.list()).toEqual([`${session.name}*`]);
    await expect(group.remove()).rejects.toMatchObject({ code: 'EBUSY' });
    await group.initiators.clear();
    await session.close();
    await expect.poll(async () => (await target.sessions()).length, { timeout: 20_000 }).toBe(0);
    await group.remove();
    expect(await target.groups()).toEqual([]);
  });

  it('reads, writes and marks attributes', async () => {
    const target = await sandbox.target();
    expect(await target.attributes.describe('comment')).toMatchObject({ value: '', key: false });
    await target.attributes.set('comment', 'a comment');
    expect(await target.attributes.describe('comment')).toMatchObject({ value: 'a comment', key: true });
    await target.attributes.set('comment', '');
    expect((await target.attributes.all()).get('rel_tgt_id')).toMatchObject({ value: '0', key: false });
    await expect(target.attributes.set('rel_tgt_id', 'x')).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(target.attributes.get('no_such')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('keeps device groups and target groups', async () => {
    const target = await sandbox.target();
    const device = await sandbox.device('vdisk_nullio', { size_mb: 8 });
    const group = await sandbox.scst.addDeviceGroup(sandbox.name('dg'));
    sandbox.atEnd(() => group.remove());
    await group.addDevice(device.name);
    const ports = await group.addTargetGroup('ports');
    await ports.addTarget(target.name);
    await ports.attributes.set('group_id', 7);
    await ports.attributes.set('state', 'nonoptimized');
    expect(await ports.attributes.get('state')).toBe('nonoptimized');
    expect(await group.devices()).toEqual([device.name]);
    expect((await group.targetGroups()).map(({ name }) => name)).toEqual(['ports']);
    await ports.removeTarget(target.name);
    await group.removeTargetGroup('ports');
    await group.removeDevice(device.name);
  });
});
