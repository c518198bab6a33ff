import { SysfsError, toByteString } from '@scst/sysfs';
import { describe, expect, it } from 'vitest';
import { ScstCore } from '../core.js';
import { outcome, TestCore } from '../testing.js';

describe('modules (SPEC sysfs 13)', () => {
  it('are loaded after what they need, and unloaded before it', async () => {
    await using core = new ScstCore({ scan: 'manual' });
    const { modules } = core;
    expect(await outcome(modules.load('scst_local'))).toBe('ENOENT');
    expect(await outcome(modules.load('nope'))).toBe('ENOENT');
    expect(await outcome(modules.unload('scst'))).toBe('ENOENT');
    await modules.load('scst');
    expect(await outcome(modules.load('scst'))).toBe('EEXIST');
    await modules.load('scst_local');
    expect(await outcome(modules.unload('scst'))).toBe('EAGAIN');
    expect((await modules.list()).map(({ name, usedBy }) => [name, usedBy])).toEqual([
      ['scst', ['scst_local']],
      ['scst_local', []],
    ]);
    await modules.unload('scst_local');
    await modules.unload('scst');
    expect(await outcome(core.tree.list(''))).toBe('ENOENT');
  });

  it('tell the operation and the module in their errors', async () => {
    await using core = new ScstCore({ scan: 'manual' });
    const error: unknown = await core.modules.load('scst_local').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SysfsError);
    expect(error).toMatchObject({ operation: 'load', path: 'scst_local', code: 'ENOENT', reason: expect.stringContaining('scst') as string });
  });

  it('take booleans as the kernel does, and nothing for no value', async () => {
    await using core = new ScstCore({ scan: 'manual' });
    await core.modules.load('scst');
    for (const [value, shown] of Object.entries({ '0': 'N', off: 'N', n: 'N', '1': 'Y', on: 'Y', Y: 'Y', true: 'Y' })) {
      await core.modules.load('scst_local', { add_default_tgt: value });
      expect(toByteString(await core.system.read('sys/module/scst_local/parameters/add_default_tgt'))).toBe(`${shown}\n`);
      await core.modules.unload('scst_local');
    }
    for (const value of ['2', 'x', '']) expect(await outcome(core.modules.load('scst_local', { add_default_tgt: value }))).toBe('EINVAL');
    await core.modules.load('scst_local', { nope: '1' });
  });

  it('describe themselves', async () => {
    await using core = new ScstCore({ scan: 'manual' });
    const { depends, parameters, loaded } = await core.modules.info('scst_vdisk');
    expect({ depends, loaded, names: parameters.map(({ name }) => name) }).toEqual({ depends: ['scst'], loaded: false, names: ['num_threads'] });
  });

  it('make device handlers with the threads they were told', async () => {
    await using test = await TestCore.start({}, { scst: {}, scst_vdisk: { num_threads: '3' } });
    await test.write('handlers/vcdrom/mgmt', 'add_device cd');
    await test.write('handlers/vdisk_nullio/mgmt', 'add_device n');
    expect([await test.read('devices/cd/threads_num'), await test.read('devices/n/threads_num')]).toEqual(['3\n', '1\n']);
  });

  it('let parameters be written that may be', async () => {
    await using test = await TestCore.start();
    const parameters = 'sys/module/scst/parameters';
    await test.core.system.write(`${parameters}/forcibly_close_sessions`, '1\n');
    expect(test.core.modules.flag('scst', 'forcibly_close_sessions')).toBe(true);
    expect(await outcome(test.core.system.write(`${parameters}/scst_threads`, '2'))).toBe('EACCES');
    expect(await outcome(test.core.system.write(`${parameters}/auto_cm_assignment`, 'x'))).toBe('EINVAL');
  });

  it('take everything they made with them', async () => {
    await using test = await TestCore.start();
    await test.write('handlers/vdisk_nullio/mgmt', 'add_device n');
    await test.write('targets/scst_local/scst_local_tgt/luns/mgmt', 'add n 0');
    await test.core.modules.unload('scst_vdisk');
    expect(await test.names('targets/scst_local/scst_local_tgt/luns')).toEqual(['mgmt']);
    expect(await test.names('handlers')).toEqual([]);
    expect(await test.names('targets/copy_manager/copy_manager_tgt/luns')).toEqual(['mgmt']);
  });
});
