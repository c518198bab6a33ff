import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../store/memory-store.js';
import { TestCore } from '../testing.js';

const GROUPS = 'device_groups/mgmt';
const DG = 'device_groups/dg';
const TG = `${DG}/target_groups/tg`;

/** A device group `dg` with the disk `d` and the target group `tg` of the default target. */
const start = async (): Promise<TestCore> => {
  const core = await TestCore.start();
  core.storage.files.set('/d', new MemoryStore(1048576));
  for (const [path, command] of [
    ['handlers/vdisk_fileio/mgmt', 'add_device d filename=/d; bind_alua_state=1'],
    [GROUPS, 'create dg'],
    [`${DG}/devices/mgmt`, 'add d'],
    [`${DG}/target_groups/mgmt`, 'create tg'],
    [`${TG}/mgmt`, 'add scst_local_tgt'],
  ] as const) {
    expect(await core.write(path, command), command).toBe('ok');
  }
  return core;
};

describe('target groups (SPEC sysfs 10)', () => {
  it('have devices that follow their state', async () => {
    await using core = await start();
    const states: [string, string][] = [
      ['standby', '0'], ['unavailable', '0'], ['nonoptimized', '1'], ['transitioning', '0'], ['active', '1'],
    ]; // prettier-ignore
    for (const [state, active] of states) {
      expect(await core.write(`${TG}/state`, state)).toBe('ok');
      expect((await core.read('devices/d/active')).slice(0, 1), state).toBe(active);
    }
  });

  it('leave the devices alone where only the other machine changes', async () => {
    await using core = await start();
    await core.write(`${DG}/target_groups/mgmt`, 'create other');
    await core.write(`${DG}/target_groups/other/mgmt`, 'add elsewhere');
    expect(await core.write(`${DG}/target_groups/other/state`, 'standby')).toBe('ok');
    expect(await core.read('devices/d/active')).toBe('1\n');
  });

  it('leave a device inactive whose file has gone meanwhile', async () => {
    await using core = await start();
    await core.write(`${TG}/state`, 'standby');
    core.storage.files.delete('/d');
    expect(await core.write(`${TG}/state`, 'active')).toBe('ok');
    expect(await core.read('devices/d/active')).toBe('0\n[key]\n');
  });

  it('lose members and devices that are deleted', async () => {
    await using core = await start();
    await core.write('handlers/vdisk_fileio/mgmt', 'del_device d');
    expect(await core.names(`${DG}/devices`)).toEqual(['mgmt']);
    await core.write('targets/scst_local/mgmt', 'del_target scst_local_tgt');
    expect(await core.names(TG)).toEqual(['group_id', 'mgmt', 'preferred', 'state']);
  });

  it('take a remote target, which stays one', async () => {
    await using core = await start();
    expect(await core.write(`${TG}/mgmt`, 'add elsewhere')).toBe('ok');
    expect(await core.write(`${TG}/elsewhere/rel_tgt_id`, '0')).toBe('EINVAL');
    expect(await core.write(`${TG}/elsewhere/rel_tgt_id`, '12')).toBe('ok');
    await core.write('targets/scst_local/mgmt', 'add_target elsewhere');
    expect(await core.read(`${TG}/elsewhere/rel_tgt_id`)).toBe('12\n[key]\n');
  });

  it('keep a dead entry of what another group deleted in the profile of the recordings alone', async () => {
    for (const profile of ['recorded', 'scst', 't10'] as const) {
      await using core = await TestCore.start({ profile });
      await core.write(GROUPS, 'create dg');
      for (const name of ['g', 'h']) await core.write(`${DG}/target_groups/mgmt`, `create ${name}`);
      await core.write(`${DG}/target_groups/g/mgmt`, 'add x');
      expect(await core.write(`${DG}/target_groups/h/mgmt`, 'del x')).toBe('ok');
      const names = await core.names(`${DG}/target_groups/g`);
      expect(names.includes('x'), profile).toBe(profile === 'recorded');
    }
  });

  it('cannot have names that show alike', async () => {
    await using core = await TestCore.start();
    expect(await core.write(GROUPS, 'create a/b')).toBe('ok');
    expect(await core.write(GROUPS, 'create a!b')).toBe('EEXIST');
    expect(await core.names('device_groups')).toEqual(['a!b', 'mgmt']);
    expect(await core.write('device_groups/a!b/target_groups/mgmt', 'create x/y')).toBe('ok');
    expect(await core.write('device_groups/a!b/target_groups/mgmt', 'create x!y')).toBe('EEXIST');
  });

  it('have no room for two members that show alike', async () => {
    await using core = await start();
    expect(await core.write(`${TG}/mgmt`, 'add a/b')).toBe('ok');
    expect(await core.write(`${TG}/mgmt`, 'add a!b')).toBe('EEXIST');
    expect(await core.names(TG)).toEqual(['a!b', 'group_id', 'mgmt', 'preferred', 'scst_local_tgt', 'state']);
  });

  it('cannot be listed while a member of this machine has a slash in its name, in the profile of the recordings', async () => {
    for (const profile of ['recorded', 'scst'] as const) {
      await using core = await TestCore.start({ profile });
      for (const [path, command] of [['targets/scst_local/mgmt', 'add_target a/b'], [GROUPS, 'create dg'], [`${DG}/target_groups/mgmt`, 'create tg'], [`${TG}/mgmt`, 'add a/b']] as const) {
        expect(await core.write(path, command)).toBe('ok');
      }
      const listed = await core.names(TG);
      if (profile === 'recorded') expect(listed).toBe('EIO');
      else expect(listed).toContain('a!b');
      expect(await core.write(`${TG}/mgmt`, 'del a/b')).toBe('ok');
      expect(await core.names(TG)).toEqual(['group_id', 'mgmt', 'preferred', 'state']);
    }
  });
});
