import { readFile, stat, writeFile } from 'node:fs/promises';
import { Scst } from '@scst/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type TestWorld } from '../test/world.js';

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

describe('device', () => {
  it('is made with its file, listed, shown, changed and removed', async () => {
    const file = world.file('d1.img');
    const added = await world.json('device', 'add', 'd1', '--file', file, '--create', '1M', '--block-size', '4096');
    expect(added).toEqual({ name: 'd1', handler: 'vdisk_fileio', size: 1048576, blockSize: 4096, file, readOnly: false, exports: [] });
    expect(await stat(file)).toMatchObject({ size: 1048576, mode: 0o100600 });
    expect(await world.json('device', 'list', '--handler', 'vdisk_fileio')).toEqual([added]);
    expect((await world.ok('device', 'list')).stdout).toMatch(/^DEVICE +HANDLER +SIZE +BLOCK +FILE +EXPORTED AS\nd1 +vdisk_fileio +1 MiB +4096 /u);
    await world.ok('device', 'set', 'd1', 'prod_id=Disk', 't10_vend_id=ACME');
    const shown = await world.json<{ attributes: Record<string, unknown> }>('device', 'show', 'd1');
    expect(shown.attributes).toMatchObject({ prod_id: { value: 'Disk', key: true }, blocksize: { value: '4096', key: true }, read_only: { value: '0', key: false } });
    await world.ok('device', 'remove', 'd1');
    expect(await world.json('device', 'list')).toEqual([]);
    expect((await stat(file)).size).toBe(1048576);
  });

  it('is not removed while it is exported, unless that is forced', async () => {
    await world.ok('device', 'add', 'd2', '--handler', 'vdisk_nullio', 'size_mb=1');
    await world.ok('lun', 'add', 'scst_local_tgt', 'd2', '9');
    const refused = await world.run(['device', 'remove', 'd2', '--json']);
    expect(refused.exit).toBe(1);
    expect(refused.error()).toMatchObject({ code: 'UNSUPPORTED', message: 'device d2 is exported as LUN 9 of scst_local/scst_local_tgt' });
    await world.ok('device', 'remove', 'd2', '--force');
    expect(await world.json('lun', 'list', 'scst_local_tgt')).toEqual([]);
  });

  it('is refused a block size that is no power of two, with both the size and the shift', async () => {
    const { exit, stderr } = await world.run(['device', 'add', 'd3', '--file', world.file('d3.img'), '--create', '1M', '--block-size', '1000']);
    expect(exit).toBe(1);
    expect(stderr).toContain('a block size of 1000 bytes is no power of two: its shift is 9, which gives blocks of 512 bytes');
    await expect(stat(world.file('d3.img'))).rejects.toThrow('ENOENT');
  });

  it.each([
    ['100', 'd4 has no blocks: .* has 100 bytes, less than one block of 512'],
    ['1000', 'the last 488 bytes of .* are out of reach: its size, 1000, is no multiple of the block size, 512'],
  ])('of a file of %s bytes is made with a warning', async (size, warning) => {
    const { exit, stderr } = await world.run(['device', 'add', 'd4', '--file', world.file(`d4-${size}.img`), '--create', size]);
    expect(exit).toBe(0);
    expect(stderr).toMatch(new RegExp(warning, 'u'));
    await world.ok('device', 'remove', 'd4');
  });

  it('takes back the file it made when SCST refuses the device', async () => {
    const { exit, stderr } = await world.run(['device', 'add', 'bad.name', '--file', world.file('d5.img'), '--create', '1M']);
    expect(exit).toBe(1);
    expect(stderr).toContain('EINVAL');
    await expect(stat(world.file('d5.img'))).rejects.toThrow('ENOENT');
  });

  it('leaves a file alone that is there already', async () => {
    await writeFile(world.file('d6.img'), 'mine');
    const { exit, stderr } = await world.run(['device', 'add', 'd6', '--file', world.file('d6.img'), '--create', '1M']);
    expect(exit).toBe(1);
    expect(stderr).toContain('exists');
    expect(await readFile(world.file('d6.img'), 'utf8')).toBe('mine');
  });

  it.each([
    [['add', 'd7', '--file', '/nonexistent/image'], 1, '/nonexistent/image does not exist (ENOENT'],
    [['add', 'd7', '--handler', 'vdisk_zero'], 1, 'there is no device handler vdisk_zero'],
    [['add', 'd7'], 2, 'nothing says what the device is made of'],
    [['add', 'a b', '--handler', 'vdisk_nullio'], 1, 'byte 0x20 (space) at offset 1'],
    [['add', 'à', '--handler', 'vdisk_nullio'], 1, 'byte 0xa0'],
    [['remove', 'nobody'], 1, ''],
    [['set', 'nobody', 'x=1'], 1, 'there is no device nobody'],
  ])('%j is refused', async (words, exit, message) => {
    const run = await world.run(['device', ...words]);
    expect(run.exit).toBe(exit);
    expect(run.stderr).toContain(message);
    expect(run.stdout).toBe('');
  });
});

describe('targets, sessions, LUNs, groups and initiators', () => {
  it('are added, listed, shown, changed and removed', async () => {
    await world.ok('device', 'add', 'n1', '--handler', 'vdisk_nullio');
    expect(await world.json('target', 'add', 'disks', '--session', 'h1', '-s', 'h2')).toEqual({ driver: 'scst_local', target: 'disks', sessions: ['h1', 'h2'] });
    expect(await world.json('lun', 'add', 'disks', 'n1')).toEqual({ driver: 'scst_local', target: 'disks', lun: 0, device: 'n1', readOnly: false });
    expect((await world.ok('lun', 'add', 'disks', 'n1')).stdout).toBe('LUN 1\n');
    expect(await world.json('lun', 'set', 'disks', '1', 'read_only=1')).toMatchObject({ lun: 1, device: 'n1', readOnly: true });
    expect(await world.json('lun', 'list', 'disks')).toEqual([{ lun: 0, device: 'n1', readOnly: false }, { lun: 1, device: 'n1', readOnly: true }]);
    expect((await world.ok('lun', 'show', 'disks', '1')).stdout).toContain('LUN 1: n1, read-only');

    await world.ok('group', 'add', 'disks/backup');
    await world.ok('lun', 'add', 'disks/backup', 'n1', '5');
    await world.ok('initiator', 'add', 'disks/backup', 'h2');
    expect(await world.json('group', 'list', 'disks')).toEqual([{ name: 'backup', initiators: ['h2'], luns: [{ lun: 5, device: 'n1', readOnly: false }] }]);
    expect(await world.json('group', 'show', 'disks/backup')).toMatchObject({ sessions: ['h2'], attributes: { addr_method: { value: 'PERIPHERAL', key: false } } });
    await world.ok('group', 'set', 'disks/backup', 'addr_method=FLAT');
    expect((await world.ok('initiator', 'list', 'disks/backup')).stdout).toBe('h2\n');

    const sessions = await world.json<{ name: string; group?: string; devices: { lun: number }[] }[]>('session', 'list', 'disks');
    expect(sessions.map(({ name, group, devices }) => ({ name, group, luns: devices.map(({ lun }) => lun) }))).toEqual([
      { name: 'h1', group: undefined, luns: [0, 1] },
      { name: 'h2', group: 'backup', luns: [5] },
    ]);
    expect(await world.json('target', 'list')).toContainEqual({ driver: 'scst_local', target: 'disks', luns: 2, groups: 1, sessions: 2 });
    await world.ok('target', 'set', 'disks', 'rel_tgt_id=7');
    expect(await world.json('target', 'show', 'disks')).toMatchObject({ name: 'disks', attributes: { rel_tgt_id: { value: '7', key: true } } });

    const busy = await world.run(['group', 'remove', 'disks/backup', '--json']);
    expect(busy.error()).toMatchObject({ code: 'EBUSY', exit: 1 });
    await world.ok('initiator', 'remove', 'disks/backup', 'h2');
    await world.ok('lun', 'clear', 'disks/backup');
    await world.ok('group', 'remove', 'disks/backup');
    await world.ok('lun', 'remove', 'disks', '1');
    await world.ok('session', 'remove', 'disks/h2');
    await world.ok('target', 'remove', 'disks');
    await world.ok('device', 'remove', 'n1');
  });

  it('names a second session of one name, and addresses it by that name', async () => {
    await world.ok('target', 'add', 'twins', '-s', 'twin');
    expect((await world.ok('session', 'add', 'twins/twin')).stdout).toBe('the session is called twin_1\n');
    expect(await world.json('session', 'show', 'twins/twin_1')).toMatchObject({ name: 'twin_1', initiator: 'twin' });
    await world.ok('session', 'remove', 'twins/twin_1');
    await world.ok('target', 'remove', 'twins');
  });

  it('takes TransportIDs as text', async () => {
    await world.ok('target', 'add', 'ids');
    await world.ok('session', 'add', 'ids/one', '--transport-id', 'sas:5000c50012345678');
    expect((await world.ok('get', 'targets/scst_local/ids/sessions/one/transport_id')).stdout).toBe('sas:5000c50012345678\n');
    await world.ok('session', 'set', 'ids/one', 'transport_id=iqn.2026-01.com.example:host1');
    expect(await world.json('get', 'targets/scst_local/ids/sessions/one/transport_id')).toMatchObject({ value: 'iscsi:iqn.2026-01.com.example:host1' });
    await world.ok('target', 'remove', 'ids');
  });

  it('finds targets whose names have colons and slashes', async () => {
    await world.ok('target', 'add', 'iqn.2026-01.com.example:disk');
    await world.ok('target', 'add', 'a/b', '--session', 'c/d');
    expect(await world.json('session', 'list', 'a/b')).toMatchObject([{ target: 'a/b', name: 'c!d', initiator: 'c/d' }]);
    expect(await world.json('session', 'show', 'a/b/c/d')).toMatchObject({ initiator: 'c/d' });
    expect(await world.json('target', 'show', 'scst_local:iqn.2026-01.com.example:disk')).toMatchObject({ name: 'iqn.2026-01.com.example:disk' });
    await world.ok('session', 'remove', 'a/b/c/d');
    await world.ok('target', 'remove', 'a/b');
    await world.ok('target', 'remove', 'iqn.2026-01.com.example:disk');
  });

  it('keep names of any script and of any length', async () => {
    const long = 'n'.repeat(300);
    for (const name of ['größe-日本', 'semi;colon', '*', long]) await world.ok('target', 'add', name);
    const names = (await world.json<{ target: string }[]>('target', 'list')).map(({ target }) => target);
    expect(names).toEqual(expect.arrayContaining(['größe-日本', 'semi;colon', '*', long]));
    expect((await world.ok('tree')).stdout).toContain('target größe-日本');
    expect(await world.json('target', 'show', long)).toMatchObject({ name: long });
    for (const name of ['größe-日本', 'semi;colon', '*', long]) await world.ok('target', 'remove', name);
  });

  it.each([
    [['target', 'show', 'nobody'], 1, 'scst_local has no target nobody', 'It has: scst_local_tgt.'],
    [['target', 'show', 'nobody', '--driver', 'iscsi'], 1, 'there is no target driver iscsi', 'There are: copy_manager, scst_local.'],
    [['session', 'show', 'scst_local_tgt/nobody'], 1, 'target scst_local_tgt has no session nobody', 'It has: scst_local_host.'],
    [['session', 'show', 'scst_local_tgt'], 2, 'names no session', 'TARGET/SESSION'],
    [['lun', 'list', 'scst_local_tgt/nobody'], 1, 'target scst_local_tgt has no group nobody', 'It has: none.'],
    [['lun', 'add', 'scst_local_tgt', 'nobody', '0'], 1, 'EINVAL', ''],
    [['lun', 'add', 'scst_local_tgt', 'nobody', 'zero'], 2, 'is no LUN', '0 to 16383'],
    [['lun', 'set', 'scst_local_tgt', '3', 'device=x'], 1, 'has no LUN 3', ''],
    [['lun', 'set', 'scst_local_tgt', '3', 'size=x'], 2, 'is no change of a LUN', ''],
    [['target', 'add', 'scst_local_tgt'], 1, 'EFAULT', 'Choose another name'],
    [['session', 'add', 'scst_local_tgt/x', '--transport-id', 'sas:1'], 1, 'character', ''],
  ])('%j is refused in words', async (words, exit, message, hint) => {
    const run = await world.run(words);
    expect([run.exit, run.stdout]).toEqual([exit, '']);
    expect(run.stderr).toContain(message);
    expect(run.stderr).toContain(hint);
  });

  it('refuses LUN 16384, and says how far LUNs go', async () => {
    await world.ok('device', 'add', 'n2', '--handler', 'vdisk_nullio');
    const run = await world.run(['lun', 'add', 'scst_local_tgt', 'n2', '16384', '--json']);
    expect(run.error()).toMatchObject({ code: 'EINVAL', errno: 22, path: 'targets/scst_local/scst_local_tgt/luns/mgmt' });
    expect(run.error().message).toContain('16383');
    await world.ok('device', 'remove', 'n2');
  });

  it('refuses to take away what somebody uses, until that is forced', async () => {
    await world.ok('device', 'add', 'n3', '--handler', 'vdisk_nullio');
    await world.ok('target', 'add', 'busy', '-s', 'user');
    await world.ok('lun', 'add', 'busy', 'n3', '0');
    await using scst = await Scst.open({ connect: world.socket });
    const lun = await scst.driver().target('busy').session('user').open(0);
    for (const words of [['session', 'remove', 'busy/user'], ['lun', 'remove', 'busy', '0'], ['lun', 'clear', 'busy'], ['target', 'remove', 'busy'], ['device', 'remove', 'n3'], ['module', 'unload', 'scst_local'], ['module', 'unload', 'scst_vdisk']]) {
      const run = await world.run([...words, '--json']);
      expect(run.error()).toMatchObject({ code: 'IN_USE', exit: 1, uses: [{ kind: 'open', session: 'busy/user', lun: 0, reason: 'LUN 0 is open' }] });
    }
    const unloaded = await world.run(['module', 'unload', 'scst_local']);
    expect([unloaded.exit, unloaded.stderr]).toEqual([1, expect.stringContaining('module scst_local is in use: session busy/user: LUN 0 is open')]);
    await world.ok('target', 'remove', 'busy', '--force');
    await lun.close();
    await world.ok('device', 'remove', 'n3');
  });

  it('unloads a module under somebody’s hands only when that is forced', async () => {
    await using other = await createWorld();
    await other.ok('device', 'add', 'n3', '--handler', 'vdisk_nullio');
    await other.ok('lun', 'add', 'scst_local_tgt', 'n3', '0');
    await using scst = await Scst.open({ connect: other.socket });
    await using lun = await scst.driver().target('scst_local_tgt').session('scst_local_host').open(0);
    expect((await other.run(['module', 'unload', 'scst_vdisk'])).exit).toBe(1);
    // Nothing of what another module made is in use.
    expect((await other.run(['module', 'unload', 'scst'])).stderr).not.toContain('LUN 0 is open');
    await other.ok('module', 'unload', 'scst_local', '--force');
    await lun.close();
    await other.ok('module', 'unload', 'scst_vdisk');
    expect(await other.json('module', 'list')).toMatchObject([{ name: 'scst' }]);
  });
});

describe('get, set and mgmt', () => {
  it('read and write attributes, with their marks', async () => {
    const path = 'targets/scst_local/scst_local_tgt/comment';
    await world.ok('set', path, 'hello');
    expect((await world.ok('get', path)).stdout).toBe('hello\n');
    expect(await world.json('get', `/sys/kernel/scst_tgt/${path}`)).toEqual({ path, value: 'hello', key: true });
    expect((await world.ok('get', '--raw', path)).stdout).toBe('hello\n[key]\n');
    await world.ok('set', path, '');
    expect((await world.ok('get', path)).stdout).toBe('');
  });

  it('write bytes, and what comes from standard input', async () => {
    const path = 'targets/scst_local/scst_local_tgt/sessions/scst_local_host/transport_id';
    const bytes = '060000005000c500123456780000000000000000000000000'.slice(0, 48);
    await world.ok('set', path, '--hex', bytes);
    expect((await world.run(['get', '--raw', path])).bytes.toString('hex')).toBe(bytes);
    const { exit } = await world.run(['set', 'targets/scst_local/scst_local_tgt/comment', '--stdin'], { stdin: 'piped' });
    expect(exit).toBe(0);
    expect((await world.ok('get', 'targets/scst_local/scst_local_tgt/comment')).stdout).toBe('piped\n');
    await world.ok('set', 'targets/scst_local/scst_local_tgt/comment', '');
  });

  it('show a directory as a table, and as JSON with its links', async () => {
    await world.ok('device', 'add', 'n4', '--handler', 'vdisk_nullio');
    const view = await world.json<{ links: unknown; attributes: unknown }>('get', 'devices/n4');
    expect(view.links).toMatchObject({ handler: '../../handlers/vdisk_nullio' });
    expect(view.attributes).toMatchObject({ type: { value: '0 - Direct-access device (e.g., magnetic disk)', key: false } });
    expect((await world.ok('get', 'devices/n4')).stdout).toContain('ATTRIBUTE');
    await world.ok('device', 'remove', 'n4');
  });

  it('send commands to mgmt files, named as such or by their directory', async () => {
    await world.ok('mgmt', 'handlers/vdisk_nullio', 'add_device', 'n5', 'size_mb=1');
    expect(await world.json('mgmt', 'handlers/vdisk_nullio/mgmt', 'del_device', 'n5')).toEqual({ path: 'handlers/vdisk_nullio/mgmt', command: 'del_device n5' });
    await world.ok('mgmt', 'targets/scst_local', 'add_target q1 session_name=qa; session_name=qb');
    expect((await world.json<unknown[]>('session', 'list', 'q1')).length).toBe(2);
    await world.ok('target', 'remove', 'q1');
  });

  it.each([
    [['get', 'nowhere'], 'ENOENT'],
    [['set', 'version', 'x'], 'EACCES'],
    [['set', 'threads', '0'], 'EINVAL'],
    [['set', 'targets/scst_local/scst_local_tgt/rel_tgt_id', '99999999999999999999'], 'EINVAL'],
    [['mgmt', 'targets/scst_local', 'frobnicate'], 'EINVAL'],
    [['mgmt', 'targets/scst_local', 'del_target', 'nobody'], 'ENOENT'],
  ])('%j gives the errno the kernel gives, and words', async (words, code) => {
    const run = await world.run([...words, '--json']);
    expect(run.error()).toMatchObject({ code, exit: 1 });
    expect(run.error().message.length).toBeGreaterThan(20);
  });

  it('stop waiting for SCST when they are interrupted', async () => {
    await world.ok('device', 'add', 'n9', '--handler', 'vdisk_nullio');
    await world.ok('lun', 'add', 'scst_local_tgt', 'n9', '0');
    await world.ok('set', 'suspend', '0');
    const controller = new AbortController();
    const waiting = world.run(['session', 'add', 'scst_local_tgt/late'], { signal: controller.signal });
    setTimeout(() => {
      controller.abort('SIGTERM');
    }, 200);
    expect(await waiting).toMatchObject({ exit: 143, stdout: '', stderr: 'scst-local: ended by SIGTERM\n' });
    await world.ok('set', 'suspend', '--', '-1');
    await world.ok('device', 'remove', 'n9', '--force');
    // The command that was left goes on, as in the kernel.
    await world.ok('session', 'remove', 'scst_local_tgt/late');
  });

  it('take negative numbers for values', async () => {
    const run = await world.run(['set', 'targets/scst_local/scst_local_tgt/forward_src', '-1', '--json']);
    expect(run.error()).toMatchObject({ code: 'EINVAL' });
  });
});

describe('status, tree, devices and module', () => {
  it('tell what there is', async () => {
    const status = await world.json<Record<string, unknown>>('status');
    expect(status).toMatchObject({ kind: 'server', version: '3.11.0-pre', modules: ['scst', 'scst_vdisk', 'scst_local'], suspended: 0, devices: 0 });
    expect(status['drivers']).toContainEqual({ name: 'scst_local', targets: 1, groups: 0, luns: 0, sessions: 1 });
    expect((await world.ok('status')).stdout).toContain('commands       run');
  });

  it('draw targets, LUNs, devices and files', async () => {
    await world.ok('device', 'add', 'n6', '--handler', 'vdisk_nullio', 'size_mb=1024');
    await world.ok('device', 'add', 'n7', '--handler', 'vdisk_nullio');
    await world.ok('lun', 'add', 'scst_local_tgt', 'n6');
    expect((await world.ok('tree')).stdout).toBe(
      [
        'scst_local',
        '└─ target scst_local_tgt',
        '   ├─ LUN 0 → n6 (vdisk_nullio, 1 GiB)',
        '   └─ session scst_local_host (host 0)',
        '      └─ [0:0:0:0] SCST_FIO n6  /dev/sda  /dev/sg0',
        'not exported',
        '└─ n7 (vdisk_nullio, 2.5 TiB)',
        '',
      ].join('\n'),
    );
    const devices = await world.json('devices');
    expect(devices).toMatchObject([{ address: '0:0:0:0', model: 'n6', sg: '/dev/sg0', node: '/dev/sda' }]);
    expect((await world.ok('devices', '--format', 'json')).json()).toEqual(devices);
    expect((await world.ok('devices', '--format', 'lsscsi')).stdout).toBe('[0:0:0:0]    disk    SCST_FIO n6               3110  /dev/sda   /dev/sg0 \n');
    expect((await world.ok('devices', 'scst_local_tgt/scst_local_host', '--format', 'proc')).stdout.split('\n')[1]).toBe('Host: scsi0 Channel: 00 Id: 00 Lun: 00');
    await world.ok('device', 'remove', 'n6', '--force');
    await world.ok('device', 'remove', 'n7');
  });

  it('load, describe and unload modules', async () => {
    await world.ok('module', 'load', 'scst_disk');
    expect(await world.json('module', 'list')).toContainEqual({ name: 'scst_disk', usedBy: [] });
    const info = await world.json<{ parameters: { name: string }[] }>('module', 'info', 'scst_local');
    expect(info).toMatchObject({ name: 'scst_local', loaded: true, depends: ['scst'], parameters: [{ name: 'add_default_tgt', type: 'bool', default: 'Y', value: 'Y' }] });
    expect((await world.ok('module', 'info', 'scst_local')).stdout).toContain('parm:           add_default_tgt:');
    await world.ok('module', 'unload', 'scst_disk');
    const run = await world.run(['module', 'unload', 'scst', '--json']);
    expect(run.error()).toMatchObject({ code: 'EAGAIN', exit: 1 });
    expect((await world.run(['module', 'load', 'nosuch', '--json'])).error()).toMatchObject({ code: 'ENOENT' });
  });

  it('completes names of what there is', async () => {
    await world.ok('device', 'add', 'n8', '--handler', 'vdisk_nullio');
    await world.ok('lun', 'add', 'scst_local_tgt', 'n8', '4');
    const at = async (line: string): Promise<string[]> => (await world.ok('__complete', line)).stdout.trimEnd().split('\n');
    expect(await at('scst-local device show n')).toEqual(['values', 'n8']);
    expect(await at('scst-local scsi tur ')).toEqual(['values', 'scst_local_tgt/scst_local_host/4']);
    expect(await at('scst-local get targets/scst_l')).toEqual(['values', 'targets/scst_local/']);
    expect(await at('scst-local mgmt handlers/vdisk_nullio/m')).toEqual(['values', 'handlers/vdisk_nullio/mgmt']);
    expect(await at('scst-local module unload scst_v')).toEqual(['values', 'scst_vdisk']);
    await world.ok('device', 'remove', 'n8', '--force');
  });
});
