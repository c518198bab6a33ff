import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandTextError } from '../mgmt/text-error.js';
import { HostModules } from './host-modules.js';

let root = '';
const programs = (): Record<'modprobe' | 'rmmod' | 'modinfo', string> => ({
  modprobe: join(root, 'modprobe'),
  rmmod: join(root, 'rmmod'),
  modinfo: join(root, 'modinfo'),
});

/** Puts a program in place of a module tool: it notes its arguments, says the texts and ends with the code. */
const tool = (name: string, { code = 0, stdout = '', stderr = '' }): void => {
  writeFileSync(join(root, `${name}.out`), stdout);
  writeFileSync(join(root, `${name}.err`), stderr);
  writeFileSync(
    join(root, name),
    `#!/bin/sh\nfor a in "$@"; do echo "$a"; done > '${root}/${name}.args'\ncat '${root}/${name}.out'\ncat '${root}/${name}.err' >&2\nexit ${code}\n`,
  );
  chmodSync(join(root, name), 0o755);
};
const argumentsOf = (name: string): string[] => readFileSync(join(root, `${name}.args`), 'utf8').trimEnd().split('\n');

/** A module as /sys/module shows it. */
const loaded = (name: string, files: Record<string, string> = {}, holders: string[] = []): void => {
  const directory = join(root, 'module', name);
  mkdirSync(join(directory, 'parameters'), { recursive: true });
  mkdirSync(join(directory, 'holders'));
  for (const holder of holders) mkdirSync(join(directory, 'holders', holder));
  for (const [file, text] of Object.entries({ initstate: 'live\n', ...files })) writeFileSync(join(directory, file), text);
};

const modules = (): HostModules => new HostModules({ programs: programs(), sysModule: join(root, 'module') });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'scst-modules-'));
  mkdirSync(join(root, 'module'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

describe('HostModules', () => {
  it('loads with parameters, without a shell', async () => {
    tool('modprobe', {});
    await modules().load('scst_local', { add_default_tgt: '0', odd: '$(x) y' });
    expect(argumentsOf('modprobe')).toEqual(['--first-time', '--', 'scst_local', 'add_default_tgt=0', 'odd="$(x) y"']);
  });

  it.each([
    ["modprobe: ERROR: could not insert 'scst_local': Invalid argument", 'EINVAL'],
    ["modprobe: ERROR: could not insert 'scst': Operation not permitted", 'EPERM'],
    ["modprobe: ERROR: could not insert 'scst': Module already in kernel", 'EEXIST'],
    ['modprobe: FATAL: Module scst not found in directory /lib/modules/6.1.0', 'ENOENT'],
    ["modprobe: ERROR: could not insert 'scst_local': Unknown symbol in module, or unknown parameter (see dmesg)", 'ENOENT'],
    ["modprobe: ERROR: could not insert 'scst': Key was rejected by service", 'EKEYREJECTED'],
    ["modprobe: ERROR: could not insert 'scst': Exec format error", 'ENOEXEC'],
    ['something new', 'EIO'],
  ])('maps “%s” to %s', async (stderr, code) => {
    tool('modprobe', { code: 1, stderr: `${stderr}\n` });
    await expect(modules().load('scst')).rejects.toMatchObject({ code, operation: 'load', path: 'scst', reason: stderr });
  });

  it('unloads one module, and says what keeps it', async () => {
    tool('rmmod', {});
    await modules().unload('scst_local');
    expect(argumentsOf('rmmod')).toEqual(['--', 'scst_local']);
    tool('rmmod', { code: 1, stderr: 'rmmod: ERROR: Module scst is in use by: scst_local\n' });
    await expect(modules().unload('scst')).rejects.toMatchObject({ code: 'EAGAIN', hint: expect.stringContaining('Unload') as string });
    tool('rmmod', { code: 1, stderr: 'rmmod: ERROR: Module scst is not currently loaded\n' });
    await expect(modules().unload('scst')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('lists what is loaded, target drivers it does not know included', async () => {
    loaded('scst', { version: '3.11.0-pre\n' }, ['scst_vdisk', 'iscsi_scst']);
    loaded('scst_vdisk');
    loaded('iscsi_scst');
    mkdirSync(join(root, 'module', 'scst_local'));
    writeFileSync(join(root, 'module', 'scst_local', 'initstate'), 'coming\n');
    expect(await modules().list()).toEqual([
      { name: 'scst', version: '3.11.0-pre', usedBy: ['iscsi_scst', 'scst_vdisk'] },
      { name: 'scst_vdisk', version: undefined, usedBy: [] },
      { name: 'iscsi_scst', version: undefined, usedBy: [] },
    ]);
  });

  it('tells what modinfo tells, and the values of a loaded module', async () => {
    tool('modinfo', {
      stdout: [
        'filename:       /lib/modules/6.1.0/extra/scst_local.ko',
        'version:        3.11.0-pre',
        'description:    SCSI target local driver: a test',
        'license:        GPL',
        'author:         A',
        'author:         B',
        'depends:        scst,other',
        'parm:           add_default_tgt:add (1, default) or not (0) default target (bool)',
        'parm:           bare:int',
        'parm:           untold: (charp)',
        '',
      ].join('\0'),
    });
    loaded('scst_local');
    writeFileSync(join(root, 'module', 'scst_local', 'parameters', 'add_default_tgt'), 'Y\n');
    writeFileSync(join(root, 'module', 'scst_local', 'parameters', 'another'), '3\n');
    expect(await modules().info('scst-local')).toMatchObject({
      name: 'scst-local',
      loaded: true,
      version: '3.11.0-pre',
      description: 'SCSI target local driver: a test',
      author: 'A, B',
      license: 'GPL',
      depends: ['scst', 'other'],
      parameters: [
        { name: 'add_default_tgt', type: 'bool', description: 'add (1, default) or not (0) default target', value: 'Y' },
        { name: 'bare', type: undefined, description: 'int' },
        { name: 'untold', type: 'charp', description: undefined },
        { name: 'another', value: '3' },
      ],
    });
  });

  it('knows a loaded module without modinfo, and no other', async () => {
    loaded('scst', { version: '3.11.0-pre\n' });
    expect(await modules().info('scst')).toMatchObject({ loaded: true, version: '3.11.0-pre', parameters: [] });
    await expect(modules().info('scst_vdisk')).rejects.toMatchObject({ code: 'ENOSYS', hint: 'Install kmod.' });
    tool('modinfo', { code: 1, stderr: 'modinfo: ERROR: Module scst_vdisk not found.\n' });
    await expect(modules().info('scst_vdisk')).rejects.toMatchObject({ code: 'ENOENT', operation: 'info' });
  });

  it('takes plain names only', async () => {
    for (const name of ['', '-a', '../x', 'a b', 'a;b']) await expect(modules().load(name)).rejects.toBeInstanceOf(CommandTextError);
    await expect(modules().load('scst', { 'a=b': '1' })).rejects.toBeInstanceOf(CommandTextError);
    await expect(modules().load('scst', { a: '"' })).rejects.toBeInstanceOf(CommandTextError);
  });

  it('ends on a signal', async () => {
    writeFileSync(join(root, 'modprobe'), '#!/bin/sh\nexec sleep 30\n');
    chmodSync(join(root, 'modprobe'), 0o755);
    await expect(modules().load('scst', {}, { signal: AbortSignal.timeout(30) })).rejects.toMatchObject({ code: 'EINTR', path: 'scst' });
  });
});
