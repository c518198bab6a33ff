import { describe, expect, it } from 'vitest';
import { type ScstCore } from '../core.js';
import { outcomeOf, TestCore } from '../testing.js';
import { type Session } from './session.js';
import { type Target } from './target.js';
import { ScstLocalDriver } from './scst-local.js';

/** A target `t`, and disks `a` and `b`. */
const start = async (): Promise<{ test: TestCore; core: ScstCore; driver: ScstLocalDriver; target: Target } & AsyncDisposable> => {
  const test = await TestCore.start({}, { scst: {}, scst_vdisk: {}, scst_local: { add_default_tgt: '0' } });
  const { core } = test;
  for (const name of ['a', 'b']) await test.write('handlers/vdisk_nullio/mgmt', `add_device ${name}`);
  const driver = core.drivers.get('scst_local');
  if (!(driver instanceof ScstLocalDriver)) throw new Error('scst_local has no driver');
  return { test, core, driver, target: driver.addTarget('t'), [Symbol.asyncDispose]: () => test[Symbol.asyncDispose]() };
};

const device = (core: ScstCore, name: string) => {
  const found = core.devices.get(name);
  if (found === undefined) throw new Error(`there is no device ${name}`);
  return found;
};

const lunsOf = (session: Session): string[] => [...session.nexuses].map(([lun, nexus]) => `${lun} ${nexus.lun.device.name}`);

describe('access groups (SPEC sysfs 6.3)', () => {
  it('claim sessions in the order the groups were made', async () => {
    await using world = await start();
    const { driver, target } = world;
    const session = await driver.addSession(target, 'iqn.x');
    const second = target.createGroup('second');
    const first = target.createGroup('first');
    expect(session.group).toBe(target.defaultGroup);
    await first.addInitiator('iqn.x');
    expect(session.group).toBe(first);
    await second.addInitiator('*');
    expect(session.group).toBe(second);
    await second.clearInitiators();
    expect(session.group).toBe(first);
    await first.moveInitiator('iqn.x', 'second');
    expect(session.group).toBe(second);
    expect([first.sessions.size, second.sessions.size, target.defaultGroup.sessions.size]).toEqual([0, 1, 0]);
  });

  it('keep the LUNs that are the same in the new set', async () => {
    await using world = await start();
    const { core, driver, target } = world;
    target.defaultGroup.addLun(device(core, 'a'), 0);
    target.defaultGroup.addLun(device(core, 'b'), 1);
    target.defaultGroup.addLun(device(core, 'b'), 2);
    const session = await driver.addSession(target, 'i');
    const [kept, , changed] = [...session.nexuses.values()];
    const group = target.createGroup('g');
    group.addLun(device(core, 'a'), 0);
    group.addLun(device(core, 'b'), 2, { readOnly: true });
    group.addLun(device(core, 'a'), 3);
    await group.addInitiator('i');
    expect(lunsOf(session).sort()).toEqual(['0 a', '2 b', '3 a']);
    expect(session.nexuses.get(0)).toBe(kept);
    expect(session.nexuses.get(0)?.lun.set).toBe(group);
    expect(session.nexuses.get(2)).not.toBe(changed);
  });

  it('give sessions the LUNs that are mapped, and take away those that are not any more', async () => {
    await using world = await start();
    const { core, driver, target } = world;
    const session = await driver.addSession(target, 'i');
    const set = target.defaultGroup;
    set.addLun(device(core, 'a'), 5);
    expect(lunsOf(session)).toEqual(['5 a']);
    const [before] = [...set.luns.values()];
    await set.replaceLun(device(core, 'b'), 5);
    expect(lunsOf(session)).toEqual(['5 b']);
    await set.replaceLun(device(core, 'b'), 6);
    expect(before?.device.exports.has(before.exportNumber)).toBe(false);
    await core.removeDevice(device(core, 'b'));
    expect([lunsOf(session), set.luns.size]).toEqual([[], 0]);
  });

  it('number the exports of a device over its life', async () => {
    await using world = await start();
    const { core, target } = world;
    const set = target.defaultGroup;
    expect(set.addLun(device(core, 'a'), 0).exportNumber).toBe(1); // 0 is the copy manager's
    await set.deleteLun(0);
    expect(set.addLun(device(core, 'a'), 0).exportNumber).toBe(2);
    expect((await set.replaceLun(device(core, 'a'), 0)).exportNumber).toBe(3);
  });

  it('refuse what is there, and what is not', async () => {
    await using world = await start();
    const { core, target } = world;
    const set = target.defaultGroup;
    set.addLun(device(core, 'a'), 0);
    const group = target.createGroup('g');
    await group.addInitiator('i');
    expect(await outcomeOf(() => set.addLun(device(core, 'b'), 0))).toBe('EEXIST');
    expect(await outcomeOf(() => set.deleteLun(1))).toBe('EINVAL');
    expect(await outcomeOf(() => target.createGroup('g'))).toBe('EEXIST');
    expect(await outcomeOf(() => target.createGroup('mgmt'))).toBe('EEXIST');
    expect(await outcomeOf(() => target.deleteGroup('h'))).toBe('EINVAL');
    expect(await outcomeOf(() => group.addInitiator('i'))).toBe('EEXIST');
    expect(await outcomeOf(() => group.deleteInitiator('I'))).toBe('EINVAL');
    expect(await outcomeOf(() => group.moveInitiator('i', 'g'))).toBe('EEXIST');
    expect(await outcomeOf(() => group.moveInitiator('i', 'h'))).toBe('EINVAL');
  });

  it('go with their sessions only where that is asked for', async () => {
    await using world = await start();
    const { test, core, driver, target } = world;
    await target.createGroup('g').addInitiator('i');
    await driver.addSession(target, 'i');
    expect(await outcomeOf(() => target.deleteGroup('g'))).toBe('EBUSY');
    expect(await test.write('targets/scst_local/t/ini_groups/mgmt', 'del g')).toBe('EBUSY');
    await core.system.write('sys/module/scst/parameters/forcibly_close_sessions', 'Y');
    expect(await test.write('targets/scst_local/t/ini_groups/mgmt', 'del g')).toBe('ok');
    expect([target.groups.size, [...target.sessions].length]).toEqual([0, 0]);
  });
});

describe('the copy manager (SPEC sysfs 12)', () => {
  it('maps virtual devices by itself, but no read-only LUN by hand', async () => {
    await using world = await start();
    const { core } = world;
    const set = core.copyManager.target.defaultGroup;
    expect([...set.luns.values()].map((lun) => `${lun.number} ${lun.device.name}`)).toEqual(['0 a', '1 b']);
    expect(await outcomeOf(() => set.addLun(device(core, 'a'), 7, { readOnly: true }))).toBe('EINVAL');
    set.addLun(device(core, 'a'), 7);
    await core.removeDevice(device(core, 'a'));
    expect([...set.luns.keys()]).toEqual([1]);
  });
});

describe('an initiator name with a slash (SPEC sysfs 6.2)', () => {
  const INITIATORS = 'targets/scst_local/scst_local_tgt/ini_groups/g/initiators';

  const withName = async (profile: 'recorded' | 'scst'): Promise<TestCore> => {
    const core = await TestCore.start({ profile });
    await core.write('targets/scst_local/scst_local_tgt/ini_groups/mgmt', 'create g');
    expect(await core.write(`${INITIATORS}/mgmt`, 'add a/b')).toBe('ok');
    return core;
  };

  it('can be neither listed nor opened in the profile of the recordings', async () => {
    await using core = await withName('recorded');
    expect([await core.names(INITIATORS), await core.read(`${INITIATORS}/a!b`)]).toEqual(['EIO', 'ENOENT']);
    expect(await core.write(`${INITIATORS}/mgmt`, 'del a/b')).toBe('ok');
    expect(await core.names(INITIATORS)).toEqual(['mgmt']);
  });

  it('shows with an exclamation mark in others', async () => {
    await using core = await withName('scst');
    expect([await core.names(INITIATORS), await core.read(`${INITIATORS}/a!b`)]).toEqual([['a!b', 'mgmt'], 'a/b\n']);
  });
});
