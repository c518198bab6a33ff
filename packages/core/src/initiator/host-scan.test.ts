import { toByteString } from '@scst/sysfs';
import { describe, expect, it } from 'vitest';
import { bytes, TestCore } from '../testing.js';

const LUNS = 'targets/scst_local/scst_local_tgt/luns/mgmt';
const SESSION = 'targets/scst_local/scst_local_tgt/sessions/scst_local_host';

const withDisk = async (): Promise<TestCore> => {
  const test = await TestCore.start({ scan: 'auto' });
  await test.write('handlers/vdisk_nullio/mgmt', 'add_device disk1');
  await test.write(LUNS, 'add disk1 0');
  await test.core.settled();
  return test;
};

const procScsi = async ({ core }: TestCore): Promise<string> => toByteString(await core.system.read('proc/scsi/scsi'));

describe('the machine’s scan of its hosts', () => {
  it('finds LUNs, and moves the counters of their session', async () => {
    await using test = await withDisk();
    expect(await procScsi(test)).toBe(
      'Attached devices:\n' +
        'Host: scsi0 Channel: 00 Id: 00 Lun: 00\n' +
        '  Vendor: SCST_FIO Model: disk1            Rev: 3110\n' +
        '  Type:   Direct-Access                    ANSI  SCSI revision: 06\n',
    );
    expect(Number(await test.read(`${SESSION}/read_cmd_count`))).toBeGreaterThan(0);
    expect(Number(await test.read(`${SESSION}/none_cmd_count`))).toBeGreaterThan(0);
    expect(await test.read(`${SESSION}/write_cmd_count`)).toBe('0\n');
  });

  it('gives devices the lowest free names, and takes them back', async () => {
    await using test = await withDisk();
    await test.write('handlers/vcdrom/mgmt', 'add_device cd1');
    await test.write(LUNS, 'add cd1 1');
    await test.write(LUNS, 'add disk1 2');
    await test.core.settled();
    const rows = (): unknown => test.core.hosts.devices.map(({ hctl, genericNumber, blockName }) => [hctl, genericNumber, blockName]);
    expect(rows()).toEqual([
      ['0:0:0:0', 0, 'sda'],
      ['0:0:0:1', 1, 'sr0'],
      ['0:0:0:2', 2, 'sdb'],
    ]);
    await test.write(LUNS, 'del 0');
    await test.core.settled();
    await test.write(LUNS, 'add disk1 5');
    await test.core.settled();
    expect(rows()).toEqual([
      ['0:0:0:1', 1, 'sr0'],
      ['0:0:0:2', 2, 'sdb'],
      ['0:0:0:5', 0, 'sda'],
    ]);
  });

  it('shows devices where the link “host” of their session leads', async () => {
    await using test = await withDisk();
    const host = `sys/kernel/scst_tgt/${SESSION}/host`;
    expect(await test.core.system.read(`${host}/proc_name`).then(toByteString)).toBe('scst_local\n');
    expect((await test.core.system.list('sys/devices/scst_local/scst_local_host/host0/target0:0:0/0:0:0:0/scsi_generic')).map(({ name }) => name)).toEqual(['sg0']);
  });

  it('keeps a session and its target while a device is held open', async () => {
    await using test = await withDisk();
    const held = test.core.hosts.openDevice('/dev/sda');
    let deleted = false;
    const deleting = test.write('targets/scst_local/mgmt', 'del_target scst_local_tgt').then((result) => {
      deleted = true;
      return result;
    });
    await test.core.settled();
    expect(await test.names('targets/scst_local')).not.toContain('scst_local_tgt');
    expect([deleted, await test.read('last_sysfs_mgmt_res')]).toEqual([false, 'EAGAIN']);
    held.close();
    expect(await deleting).toBe('ok');
    expect(await test.read('last_sysfs_mgmt_res')).toBe('0\n');
  });

  it('keeps a session that is being deleted visible, but not to be deleted again', async () => {
    await using test = await withDisk();
    const held = test.core.hosts.openDevice('/dev/sg0');
    const deletion = 'del_session scst_local_tgt scst_local_host';
    expect(await test.write('targets/scst_local/mgmt', deletion)).toBe('ok');
    await test.core.settled();
    expect(await test.write('targets/scst_local/mgmt', deletion)).toBe('EINVAL');
    expect(await test.names('targets/scst_local/scst_local_tgt/sessions')).toEqual(['scst_local_host']);
    held.close();
    await test.core.settled();
    expect(await test.names('targets/scst_local/scst_local_tgt/sessions')).toEqual([]);
  });

  it('does not keep anybody waiting where commands are held back', async () => {
    await using test = await TestCore.start({ scan: 'auto' });
    await test.write('handlers/vdisk_nullio/mgmt', 'add_device disk1');
    await test.write('devices/disk1/block', '1');
    await test.write(LUNS, 'add disk1 0');
    await test.core.settled();
    expect(await procScsi(test)).toBe('Attached devices:\n');
    await test.write('devices/disk1/block', '0');
    await test.core.settled();
    expect(await procScsi(test)).toContain('disk1');
  });

  it('waits while SCST is suspended', async () => {
    await using test = await withDisk();
    await test.write('suspend', '0');
    await test.write(LUNS, 'add disk1 1');
    await test.core.settled();
    expect(test.core.hosts.devices).toHaveLength(1);
    await test.write('suspend', '-1');
    await test.core.settled();
    expect(test.core.hosts.devices).toHaveLength(2);
  });

  it('is not done by itself when it is manual', async () => {
    await using test = await TestCore.start({ scan: 'manual' });
    await test.write('handlers/vdisk_nullio/mgmt', 'add_device disk1');
    await test.write(LUNS, 'add disk1 0');
    await test.core.settled();
    expect(test.core.hosts.devices).toEqual([]);
    expect(await test.read(`${SESSION}/read_cmd_count`)).toBe('0\n');
    for (const host of test.core.hosts.all) host.rescan();
    await test.core.settled();
    expect(test.core.hosts.devices.map(({ model }) => model)).toEqual([bytes('disk1').padEnd(16)]);
  });
});
