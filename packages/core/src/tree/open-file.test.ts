import { type ReadOptions, type SysfsFile, toByteString } from '@scst/sysfs';
import { describe, expect, it } from 'vitest';
import { outcome, TestCore } from '../testing.js';

const TARGETS = 'targets/scst_local/mgmt';

const text = async (file: SysfsFile, options: ReadOptions = {}): Promise<string> => toByteString(await file.read(options));

describe('a file held open (SPEC sysfs 1.1)', () => {
  it('goes on in the text it began with', async () => {
    await using core = await TestCore.start();
    await using file = await core.tree.open('setup_id', 'read');
    expect(await text(file, { count: 2 })).toBe('0x');
    await core.write('setup_id', '0x1234');
    expect(await text(file)).toBe('0\n');
    expect(await text(file)).toBe('');
    expect(await text(file, { offset: 0 })).toBe('0x1234\n[key]\n');
  });

  it('has its text generated anew wherever a read does not begin where the last one ended', async () => {
    await using core = await TestCore.start();
    await core.write('setup_id', '0x1234');
    await using file = await core.tree.open('setup_id', 'read');
    expect(await text(file, { count: 3, offset: 2 })).toBe('123');
    await core.write('setup_id', '0x5678');
    expect(await text(file, { count: 1, offset: 5 })).toBe('4');
    expect(await text(file, { count: 1, offset: 5 })).toBe('8');
    expect(await text(file, { count: 2 })).toBe('0x');
    await text(file, { count: 1, offset: 4 });
    await core.write('setup_id', '0x99');
    expect(await text(file)).toBe('99\n[key]\n');
  });

  it('gives what is left of its text when its object has gone, and ENODEV after that', async () => {
    await using core = await TestCore.start();
    await core.write(TARGETS, 'add_target t');
    await using file = await core.tree.open('targets/scst_local/t/sg_tablesize', 'read');
    expect(await text(file, { count: 2 })).toBe('65');
    await core.write(TARGETS, 'del_target t');
    await core.write(TARGETS, 'add_target t');
    expect(await text(file)).toBe('535\n');
    expect(await outcome(file.read())).toBe('ENODEV');
    expect(await outcome(file.read({ offset: 0 }))).toBe('ENODEV');
  });
});
