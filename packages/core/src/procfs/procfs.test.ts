import { type LogicalUnit } from '@scst/scsi';
import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../store/memory-store.js';
import { TestCore } from '../testing.js';

const MODULES = { scst: {}, scst_vdisk: {}, scst_local: {} };
const DEVICES_HEADER = `${'Device (host:ch:id:lun or name)'.padEnd(60)}${'LUN'.padEnd(13)}Options\n`;
const VDISK_HEADER = 'Name              Size(MB)    Block size  Options         File name                                     T10 device id   \n';

const start = (local: Record<string, string> = {}): Promise<TestCore> =>
  TestCore.start({ administration: 'procfs' }, { ...MODULES, scst_local: local });

/** A core with the disk `d1` (1 MiB in a file) and the disk `d2` without one. */
const withDisks = async (local: Record<string, string> = {}): Promise<TestCore> => {
  const core = await start(local);
  core.storage.files.set('/d1', new MemoryStore(1048576));
  expect(await core.write('vdisk/vdisk', 'open d1 /d1')).toBe('ok');
  expect(await core.write('vdisk/vdisk', 'open d2 none NULLIO')).toBe('ok');
  return core;
};

const groupsOfSessions = async (core: TestCore): Promise<string[]> =>
  (await core.read('sessions'))
    .split('\n')
    .slice(1, -1)
    .map((line) => line.slice(21, 103).replace(/ +/, ' ').trim());

describe('/proc/scsi_tgt', () => {
  it('has the files and directories of its time', async () => {
    await using core = await start();
    expect(await core.names('')).toEqual([
      'groups', 'help', 'scsi_tgt', 'scst_local_tgt', 'sessions', 'sgv', 'threads', 'trace_level', 'vcdrom', 'vdisk', 'version',
    ]); // prettier-ignore
    expect(await core.names('vdisk')).toEqual(['help', 'trace_level', 'type', 'vdisk']);
    expect(await core.names('vcdrom')).toEqual(['help', 'trace_level', 'type', 'vcdrom']);
    expect(await core.names('groups/Default')).toEqual(['addr_method', 'devices', 'names']);
    expect(await core.names('scst_local_tgt')).toEqual([]);
    expect(await core.read('vcdrom/type')).toBe('5 - CD-ROM device\n');
    expect(await core.tree.stat('sessions')).toMatchObject({ mode: 0o444, size: 0 });
    expect(await core.tree.stat('scsi_tgt')).toMatchObject({ mode: 0o644, size: 0 });
    expect(await core.tree.stat('groups')).toMatchObject({ mode: 0o555, nlink: 3 });
  });

  it('is there instead of the sysfs tree, and goes with the module', async () => {
    await using core = await start();
    await expect(core.core.tree.list('')).rejects.toMatchObject({ code: 'ENOENT' });
    await core.core.modules.unload('scst_local');
    await core.core.modules.unload('scst_vdisk');
    expect(await core.names('')).toEqual(['groups', 'help', 'scsi_tgt', 'sessions', 'sgv', 'threads', 'trace_level', 'version']);
    await core.core.modules.unload('scst');
    expect(await core.names('')).toBe('ENOENT');
    await using other = await TestCore.start();
    await expect(other.core.procfs.list('')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('takes 3584 bytes in one write', async () => {
    await using core = await start();
    const command = 'add_group g ';
    expect(await core.write('scsi_tgt', command.padEnd(3585))).toBe('EOVERFLOW');
    expect(await core.write('scsi_tgt', command.padEnd(3584))).toBe('ok');
  });

  it('compares commands by prefix, with their one space, in any case', async () => {
    await using core = await start();
    expect(await core.write('scsi_tgt', 'ADD_GROUP   a\tflat\n')).toBe('ok');
    expect(await core.read('groups/a/addr_method')).toBe('FLAT\n');
    expect(await core.write('scsi_tgt', 'add_group\tb')).toBe('EINVAL');
    expect(await core.write('scsi_tgt', ' add_group b')).toBe('EINVAL');
    expect(await core.write('vdisk/vdisk', 'OPEN d2 none NULLIO')).toBe('EINVAL');
    expect(await core.write('scsi_tgt', 'add_group x=y')).toBe('ok');
    expect(await core.names('groups')).toEqual(['Default', 'a', 'x=y']);
  });

  it('reads texts longer than a page whole', async () => {
    await using core = await start();
    const names = Array.from({ length: 300 }, (_, index) => `iqn.2010-08.com.example:initiator${index}`);
    for (const name of names) await core.write('groups/Default/names', `add ${name}`);
    expect(await core.read('groups/Default/names')).toBe(names.map((name) => `${name}\n`).join(''));
  });
});

describe('groups', () => {
  it('are made, renamed and deleted; Default is always there', async () => {
    await using core = await start();
    for (const command of ['add_group Default', 'del_group Default', 'rename_group Default x', 'add_group', 'add_group a TREE', 'add_group a FLAT b']) {
      expect(await core.write('scsi_tgt', command), command).toBe('EINVAL');
    }
    expect(await core.write('scsi_tgt', 'add_group a')).toBe('ok');
    expect(await core.write('scsi_tgt', 'add_group a')).toBe('EINVAL');
    expect(await core.write('scsi_tgt', 'rename_group a b')).toBe('ok');
    expect(await core.names('groups')).toEqual(['Default', 'b']);
    expect(await core.write('scsi_tgt', 'del_group a')).toBe('EINVAL');
    expect(await core.write('scsi_tgt', 'del_group b c')).toBe('EINVAL');
    expect(await core.write('scsi_tgt', 'del_group b')).toBe('ok');
    expect(await core.names('groups')).toEqual(['Default']);
  });

  it('hold the sessions of all targets: by name, by target, or by default', async () => {
    await using core = await start({ add_host: '2', num_tgts: '2' });
    await core.write('scsi_tgt', 'add_group Default_scstlcltgt1');
    await core.write('scsi_tgt', 'add_group named');
    expect(await groupsOfSessions(core)).toEqual([0, 1, 2, 3].map((n) => `scstlclhst${n >> 1}:${n & 1} Default`));
    // Making a group moves nobody; the next change of names does.
    await core.write('groups/named/names', 'add *1:1');
    expect(await groupsOfSessions(core)).toEqual([
      'scstlclhst0:0 Default', 'scstlclhst0:1 Default', 'scstlclhst1:0 Default_scstlcltgt1', 'scstlclhst1:1 named',
    ]); // prettier-ignore
    expect(await core.write('scsi_tgt', 'del_group named')).toBe('EBUSY');
    await core.write('groups/named/names', 'move *1:1 Default');
    expect(await groupsOfSessions(core)).toEqual([
      'scstlclhst0:0 Default', 'scstlclhst0:1 Default', 'scstlclhst1:1 Default', 'scstlclhst1:0 Default_scstlcltgt1',
    ]); // prettier-ignore
    expect(await core.write('scsi_tgt', 'del_group named')).toBe('ok');
    await core.write('scsi_tgt', 'rename_group Default_scstlcltgt1 other');
    expect((await groupsOfSessions(core)).every((line) => line.endsWith(' Default'))).toBe(true);
  });

  it('have patterns of initiator names', async () => {
    await using core = await start();
    await core.write('scsi_tgt', 'add_group g');
    const commands: [string, string][] = [
      ['add a*', 'ok'], ['add a*', 'EEXIST'], ['add a b', 'EINVAL'], ['add b', 'ok'], ['del x', 'EINVAL'], ['move b nowhere', 'EINVAL'],
      ['move x Default', 'EINVAL'], ['move b Default c', 'EINVAL'], ['move b Default', 'ok'], ['del a*', 'ok'], ['add c', 'ok'], ['CLEARLY', 'ok'],
    ]; // prettier-ignore
    for (const [command, result] of commands) expect(await core.write('groups/g/names', command), command).toBe(result);
    expect(await core.read('groups/g/names')).toBe('');
    expect(await core.read('groups/Default/names')).toBe('b\n');
  });

  it('have LUNs, deleted by device', async () => {
    await using core = await withDisks();
    const commands: [string, string][] = [
      ['add d1 0', 'ok'], ['add d2 0', 'EEXIST'], ['add d2 0x10 read_only please', 'ok'], ['add d2', 'EEXIST'], ['add d3 1', 'EINVAL'],
      ['add d2 1 RO', 'EINVAL'], ['add d2 16384', 'EINVAL'], ['add d1 7', 'ok'], ['replace d2 7', 'ok'], ['replace d1 010', 'ok'],
    ]; // prettier-ignore
    for (const [command, result] of commands) expect(await core.write('groups/Default/devices', command), command).toBe(result);
    const line = (device: string, lun: number, options = ''): string => `${device.padEnd(60)}${String(lun).padEnd(13)}${options}\n`;
    expect(await core.read('groups/Default/devices')).toBe(DEVICES_HEADER + line('d1', 0) + line('d2', 16, 'RO') + line('d2', 7) + line('d1', 8));
    expect(await core.write('groups/Default/devices', 'del d2 7')).toBe('ok');
    expect(await core.read('groups/Default/devices')).toBe(DEVICES_HEADER + line('d1', 0) + line('d2', 7) + line('d1', 8));
    await core.write('scsi_tgt', 'add_group g');
    expect(await core.write('groups/g/devices', 'del d2')).toBe('ok');
    expect(await core.write('groups/g/devices', 'del d3')).toBe('EINVAL');
    expect(await core.write('groups/Default/devices', 'clear')).toBe('ok');
    expect(await core.read('groups/Default/devices')).toBe(DEVICES_HEADER);
  });
});

describe('devices', () => {
  it('are listed with their handlers', async () => {
    await using core = await withDisks();
    const line = (device: string, handler: string): string => `${device.padEnd(60)}${handler}\n`;
    expect(await core.read('scsi_tgt')).toBe(line('Device (host:ch:id:lun or name)', 'Device handler') + line('d1', 'vdisk_fileio') + line('d2', 'vdisk_nullio'));
    expect(await core.write('scsi_tgt', 'assign 0:0:0:0 dev_disk')).toBe('EINVAL');
    expect(await core.write('scsi_tgt', 'assign d1 dev_disk')).toBe('EINVAL');
  });

  it('are assigned to pass-through handlers', async () => {
    await using core = await TestCore.start({ administration: 'procfs' }, { scst: {}, scst_disk: {}, scst_tape: {} });
    const nothing: LogicalUnit = {
      description: 'nothing',
      execute: () => Promise.reject(new Error('there is nothing')),
      reset: () => Promise.resolve(),
      close: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    core.core.addScsiDevice({ hctl: '3:0:0:1', type: 0, logicalUnit: nothing, sysfsPath: 'x' });
    const line = (handler: string): string => `${'3:0:0:1'.padEnd(60)}${handler}`;
    expect(await core.read('scsi_tgt')).toContain(line('none'));
    expect(await core.write('scsi_tgt', 'assign 3:0:0:1 dev_tape')).toBe('EINVAL');
    expect(await core.write('scsi_tgt', 'assign 3:0:0 dev_disk')).toBe('EINVAL');
    expect(await core.write('scsi_tgt', 'assign 0x3:0:0:01  dev_disk')).toBe('ok');
    expect(await core.read('scsi_tgt')).toContain(line('dev_disk'));
    expect(await core.names('dev_disk')).toEqual(['trace_level', 'type']);
  });

  it('are disks of files, block devices or nothing', async () => {
    await using core = await withDisks();
    const commands: [string, string][] = [
      ['open d1 /d1', 'EINVAL'], ['open d3', 'EINVAL'], ['open', 'EINVAL'], ['open d3 d1', 'EINVAL'], ['open d3 /missing', 'ENOENT'],
      ['open d3 /d1 513', 'EINVAL'], ['open d3 /d1 256', 'EINVAL'], ['open d3 /d1 4096k', 'EINVAL'], ['open d3 /d1 read_only', 'EINVAL'],
      [`open ${'x'.repeat(65)} /d1`, 'EINVAL'], ['close d3', 'EINVAL'], ['resync_size d3', 'EINVAL'], ['resync_size d1', 'ok'],
      ['open d3 /d1 4096 WRITE_THROUGHREAD_ONLY REMOVABLE O_DIRECT', 'ok'], [`set_t10_dev_id d1 an id ${'x'.repeat(30)}`, 'ok'], ['set_t10_dev_id d1 ', 'EINVAL'],
    ]; // prettier-ignore
    for (const [command, result] of commands) expect(await core.write('vdisk/vdisk', command), command).toBe(result);
    const [, d1, d2, d3] = (await core.read('vdisk/vdisk')).split('\n');
    expect((await core.read('vdisk/vdisk')).startsWith(VDISK_HEADER)).toBe(true);
    expect(d1).toBe(`d1                1           512                         ${'/d1'.padEnd(45)} an id ${'x'.repeat(19)}`);
    expect(d2?.slice(0, 104)).toBe(`d2                2621440     512         NIO             ${'none'.padEnd(45)} `);
    // RM counts as one column more than it takes.
    expect(d3?.slice(0, 103)).toBe(`d3                1           4096        WT RO RM       ${'/d1'.padEnd(45)} `);
    expect(await core.write('vdisk/vdisk', 'close d1')).toBe('ok');
    expect(await core.read('vdisk/vdisk')).not.toContain('\nd1 ');
  });

  it('are CD-ROM drives', async () => {
    await using core = await withDisks();
    const header = 'Name              Size(MB)  File name\n';
    const commands: [string, string][] = [
      ['open c1', 'ok'], ['open c1', 'EINVAL'], ['open c2 d1', 'EINVAL'], ['open c2 /d1', 'ok'], ['change c1 /missing', 'ENOENT'], ['change d1', 'EINVAL'],
    ]; // prettier-ignore
    for (const [command, result] of commands) expect(await core.write('vcdrom/vcdrom', command), command).toBe(result);
    expect(await core.read('vcdrom/vcdrom')).toBe(`${header}c1                0         none\nc2                1         /d1\n`);
    await core.write('vcdrom/vcdrom', 'change c1 /d1 ');
    await core.write('vcdrom/vcdrom', 'change c2');
    expect(await core.read('vcdrom/vcdrom')).toBe(`${header}c1                1         /d1\nc2                0         none\n`);
    expect(await core.write('vcdrom/vcdrom', 'close c1')).toBe('ok');
    expect(await core.read('vcdrom/vcdrom')).toBe(`${header}c2                0         none\n`);
  });
});

describe('the rest', () => {
  it('counts threads without a fuss about garbage', async () => {
    await using core = await start();
    expect(await core.write('threads', '0x4 or so\n')).toBe('ok');
    expect(await core.read('threads')).toBe('4\n');
    for (const text of ['0', 'many', '-1']) expect(await core.write('threads', text), text).toBe('EINVAL');
  });

  it('has trace levels', async () => {
    await using core = await withDisks();
    const level = (): Promise<string> => core.read('trace_level');
    expect(await level()).toBe('out_of_mem | pid | special | mgmt\n');
    await core.write('trace_level', 'none');
    expect(await level()).toBe('none\n');
    await core.write('trace_level', 'value 0x40000000');
    await core.write('trace_level', 'add recv_bot');
    expect(await level()).toBe('scsi_serializing | recv_bot\n');
    expect(await core.write('trace_level', 'add order')).toBe('EINVAL');
    expect(await core.write('vdisk/trace_level', 'add order')).toBe('ok');
    expect(await core.write('trace_level', 'dump_prs d1')).toBe('ok');
    expect(await core.write('trace_level', 'dump_prs d9')).toBe('ENOENT');
    expect(await core.write('trace_level', 'set pid')).toBe('EINVAL');
  });

  it('shows what commands a session has', async () => {
    await using core = await start();
    expect(await core.read('sessions')).toBe(
      `${'Target name'.padEnd(20)} ${'Initiator name'.padEnd(45)} ${'Group name'.padEnd(35)} Active/All Commands Count\n` +
        `${'scst_local_tgt'.padEnd(20)} ${'scstlclhst0:0'.padEnd(45)} ${'Default'.padEnd(35)} 0/0\n`,
    );
  });
});

describe('scst_local of that time', () => {
  it('makes hosts as it is loaded, whose targets see the LUNs of their groups', async () => {
    await using core = await TestCore.start({ administration: 'procfs', scan: 'auto' }, { scst: {}, scst_vdisk: {} });
    await core.write('vdisk/vdisk', 'open vm_disk1 none NULLIO');
    await core.write('groups/Default/devices', 'add vm_disk1 0');
    await core.write('groups/Default/devices', 'add vm_disk1 1');
    await core.core.modules.load('scst_local', { add_host: '2', num_tgts: '2', max_luns: '2' });
    await core.core.settled();
    expect(core.core.hosts.devices.map(({ hctl }) => hctl)).toEqual(['0:0:0:0', '0:0:0:1', '0:0:1:0', '0:0:1:1', '1:0:0:0', '1:0:0:1', '1:0:1:0', '1:0:1:1']);
    await core.core.modules.unload('scst_local');
    await core.core.modules.load('scst_local');
    await core.core.settled();
    expect(core.core.hosts.devices.map(({ hctl }) => hctl)).toEqual(['0:0:0:0']);
    await expect(core.core.modules.unload('scst')).rejects.toMatchObject({ code: 'EAGAIN' });
  });

  it('takes 127 hosts at most', async () => {
    await using core = await TestCore.start({ administration: 'procfs' }, { scst: {} });
    await expect(core.core.modules.load('scst_local', { add_host: '128' })).rejects.toMatchObject({ code: 'EINVAL' });
    await core.core.modules.load('scst_local', { add_host: '0', num_tgts: '99' });
    expect(core.core.modules.values('scst_local')?.get('num_tgts')).toBe('16');
  });
});
