import { fromByteString } from '@scst/sysfs';
import { describe, expect, it } from 'vitest';
import { type Profile } from './profile.js';
import { MemoryStore } from './store/memory-store.js';
import { TestCore } from './testing.js';

const SESSION = 'targets/scst_local/scst_local_tgt/sessions/scst_local_host';

describe.each<Profile>(['recorded', 'scst', 't10'])('in the profile %s', (profile) => {
  const recorded = profile === 'recorded';

  it(`a written transport_id ${recorded ? 'is only read back' : 'identifies the initiator'}`, async () => {
    await using test = await TestCore.start({ profile });
    const session = [...(test.core.findTarget('scst_local_tgt')?.sessions ?? [])][0];
    const given = session?.transportId;
    const written = fromByteString('\x05\0\0\x14iqn.1993-08.org:01\0\0');
    await test.tree.write(`${SESSION}/transport_id`, written);
    expect(await test.tree.read(`${SESSION}/transport_id`)).toEqual(written);
    expect(session?.transportId).toEqual(recorded ? given : written);
    session?.setTransportId(null);
    expect([session?.transportId, session?.shownTransportId]).toEqual([given, given]);
  });

  it(`an initiator name with a slash ${recorded ? 'makes its directory unreadable' : 'shows with an exclamation mark'}`, async () => {
    await using test = await TestCore.start({ profile });
    const groups = 'targets/scst_local/scst_local_tgt/ini_groups';
    await test.write(`${groups}/mgmt`, 'create g');
    await test.write(`${groups}/g/initiators/mgmt`, 'add a/b');
    expect(await test.names(`${groups}/g/initiators`)).toEqual(recorded ? 'EIO' : ['a!b', 'mgmt']);
    if (!recorded) expect(await test.read(`${groups}/g/initiators/a!b`)).toBe('a/b\n');
  });

  it(`a device called like a file of its handler is refused${recorded ? ', and takes the file away' : ''}`, async () => {
    await using test = await TestCore.start({ profile });
    expect(await test.write('handlers/vdisk_nullio/mgmt', 'add_device type')).toBe('EEXIST');
    expect(await test.names('handlers/vdisk_nullio')).toEqual(recorded ? ['mgmt', 'trace_level'] : ['mgmt', 'trace_level', 'type']);
    expect(await test.names('devices')).toEqual([]);
  });

  it(`a target removed through the wrong group ${recorded ? 'leaves a dead entry' : 'leaves nothing'}`, async () => {
    await using test = await TestCore.start({ profile });
    await test.write('device_groups/mgmt', 'create a');
    for (const name of ['g', 'h']) await test.write('device_groups/a/target_groups/mgmt', `create ${name}`);
    await test.write('device_groups/a/target_groups/g/mgmt', 'add far');
    expect(await test.write('device_groups/a/target_groups/h/mgmt', 'del far')).toBe('ok');
    expect(await test.names('device_groups/a/target_groups/g')).toEqual(recorded ? ['far', 'group_id', 'mgmt', 'preferred', 'state'] : ['group_id', 'mgmt', 'preferred', 'state']);
  });

  it('T10-PI needs what it needs, and scst_local cannot carry it', async () => {
    await using test = await TestCore.start({ profile });
    test.storage.files.set('/disk', new MemoryStore(4096));
    const add = (parameters: string): Promise<string> => test.write('handlers/vdisk_fileio/mgmt', `add_device d filename=/disk;${parameters}`);
    expect(await add('dif_mode=dev_check;dif_type=1')).toBe('EINVAL');
    expect(await add('dif_mode=dev_store;dif_type=1')).toBe('ENOENT');
    expect(await add('dif_mode=scst;dif_type=3;dif_static_app_tag=0x123456789abcdef')).toBe('ok');
    expect(await test.read('devices/d/dif_static_app_tag')).toBe('0x456789abcdef\n[key]\n');
    expect(await test.write('targets/scst_local/scst_local_tgt/luns/mgmt', 'add d 0')).toBe('EINVAL');
  });
});
