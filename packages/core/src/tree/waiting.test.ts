import { describe, expect, it } from 'vitest';
import { TestCore } from '../testing.js';

/** What has become of a promise so far. */
const stateOf = async (promise: Promise<unknown>): Promise<'pending' | 'settled'> => {
  const turns = new Promise((resolve) => setTimeout(resolve, 5));
  return await Promise.race([turns.then(() => 'pending' as const), promise.then(() => 'settled' as const)]);
};

const TEST_UNIT_READY = { cdb: new Uint8Array(6) };

const start = async (): Promise<TestCore> => {
  const core = await TestCore.start();
  await core.write('handlers/vdisk_nullio/mgmt', 'add_device d');
  await core.write('targets/scst_local/scst_local_tgt/luns/mgmt', 'add d 0');
  await core.core.nexus('scst_local_tgt', 'scst_local_host', 0).execute(TEST_UNIT_READY);
  return core;
};

describe('suspend (SPEC sysfs 2)', () => {
  it('keeps commands and new sessions waiting until it is taken back as often as it was written', async () => {
    await using core = await start();
    await core.write('suspend', '1');
    await core.write('suspend', '0');
    expect(await core.read('suspend')).toBe('2\n');
    const command = core.core.nexus('scst_local_tgt', 'scst_local_host', 0).execute(TEST_UNIT_READY);
    const session = core.write('targets/scst_local/mgmt', 'add_session scst_local_tgt s2');
    await core.write('suspend', '-1');
    expect([await stateOf(command), await stateOf(session)]).toEqual(['pending', 'pending']);
    await core.write('suspend', '-1');
    expect((await command).status).toBe(0);
    expect(await session).toBe('ok');
    expect(await core.read('suspend')).toBe('0\n');
  });
});

describe('block (SPEC sysfs 9.1)', () => {
  it('keeps the commands of a device waiting', async () => {
    await using core = await start();
    expect(await core.write('devices/d/block', '1')).toBe('ok');
    expect(await core.read('devices/d/block')).toBe('1 0\n');
    const command = core.core.nexus('scst_local_tgt', 'scst_local_host', 0).execute(TEST_UNIT_READY);
    expect(await stateOf(command)).toBe('pending');
    expect(await core.write('devices/d/block', '0')).toBe('ok');
    expect((await command).status).toBe(0);
    expect(await core.write('devices/d/block', '0')).toBe('ok');
    for (const text of ['2', '1 x', '0 x', ' 1', '']) {
      const done = await core.write('devices/d/block', text);
      expect(done, text).toBe(text === '' ? 'ok' : 'EINVAL');
    }
  });
});

describe('del_target', () => {
  it('waits for devices held open, with the directory gone at once', async () => {
    await using core = await TestCore.start({ scan: 'auto' });
    await core.write('handlers/vdisk_nullio/mgmt', 'add_device d');
    await core.write('targets/scst_local/scst_local_tgt/luns/mgmt', 'add d 0');
    await core.core.settled();
    const held = core.core.hosts.openDevice('/dev/sg0');
    const deleting = core.write('targets/scst_local/mgmt', 'del_target scst_local_tgt');
    expect(await stateOf(deleting)).toBe('pending');
    expect(await core.names('targets/scst_local/scst_local_tgt')).toBe('ENOENT');
    held.close();
    expect(await deleting).toBe('ok');
  });
});

describe('modules', () => {
  it('take everything of theirs along', async () => {
    await using core = await start();
    await core.core.modules.unload('scst_vdisk');
    expect(await core.names('devices')).toEqual([]);
    expect(await core.names('targets/scst_local/scst_local_tgt/luns')).toEqual(['mgmt']);
    expect(await core.names('targets/scst_local/scst_local_tgt/sessions/scst_local_host')).not.toContain('lun0');
    await core.core.modules.unload('scst_local');
    expect(await core.names('targets')).toEqual(['copy_manager']);
    expect([...core.core.hosts.all]).toEqual([]);
  });
});
