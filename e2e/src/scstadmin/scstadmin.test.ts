import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SysfsTree } from '@scst/sysfs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Machine } from './machine.js';
import { announceSkip, findScstadmin } from './prerequisites.js';

const scstadmin = findScstadmin();
if ('missing' in scstadmin) announceSkip('scstadmin on the mounted tree', scstadmin.missing);

const names = async (tree: SysfsTree, path: string): Promise<string[]> => (await tree.list(path)).filter(({ type }) => type !== 'file').map(({ name }) => name);

/** SCST's own tool, unmodified, and what it did as our side sees it. */
describe.skipIf('missing' in scstadmin)('scstadmin on the mounted tree', { timeout: 120_000 }, () => {
  let machine: Machine;
  let tree: SysfsTree;

  /** Runs scstadmin, which must succeed. */
  const admin = async (...args: string[]): Promise<string> => {
    const { status, output } = await machine.scstadmin(...args);
    expect(status, `${args.join(' ')}: ${output}`).toBe(0);
    return output;
  };

  beforeAll(async () => {
    if ('missing' in scstadmin) return;
    machine = await Machine.start(scstadmin);
    tree = machine.connection.tree;
    await machine.loadModules();
    await machine.run('truncate', '--size=1M', join(machine.directory, 'disk1.img'));
  });

  afterAll(async () => {
    await machine[Symbol.asyncDispose]();
  });

  it('lists handlers and drivers', async () => {
    expect(await admin('-list_handler')).toMatch(/\tvcdrom\n\tvdisk_blockio\n\tvdisk_fileio\n\tvdisk_nullio\n/u);
    expect(await admin('-list_driver')).toMatch(/\tcopy_manager\n\tscst_local\n/u);
  });

  it('opens devices, through the work queue and its result', async () => {
    await admin('-open_dev', 'disk1', '-handler', 'vdisk_fileio', '-attributes', `filename=${join(machine.directory, 'disk1.img')},nv_cache=1`);
    await admin('-open_dev', 'null1', '-handler', 'vdisk_nullio', '-attributes', 'size_mb=16');
    expect(await names(tree, 'devices')).toEqual(['disk1', 'null1']);
    expect(await admin('-list_dev_attr', 'disk1')).toMatch(/\tnv_cache +1 +No +Yes\n/u);
  });

  it('is told what cannot be', async () => {
    const twice = await machine.scstadmin('-open_dev', 'disk1', '-handler', 'vdisk_fileio', '-attributes', `filename=${join(machine.directory, 'disk1.img')}`);
    expect(twice).toMatchObject({ status: 1 });
    expect(twice.output).toContain('Device already exists.');
    const missing = await machine.scstadmin('-open_dev', 'disk2', '-handler', 'vdisk_fileio', '-attributes', 'filename=/no/such/file');
    expect(missing).toMatchObject({ status: 1 });
    expect(await names(tree, 'devices')).toEqual(['disk1', 'null1']);
  });

  it('adds targets, groups, initiators and LUNs', async () => {
    const target = ['-driver', 'scst_local', '-target', 't1'];
    await admin('-driver', 'scst_local', '-add_target', 't1');
    await admin(...target, '-add_lun', '0', '-device', 'disk1');
    await admin(...target, '-add_group', 'hosts');
    await admin(...target, '-group', 'hosts', '-add_init', 'host*');
    await admin(...target, '-group', 'hosts', '-add_lun', '0', '-device', 'disk1');
    await admin(...target, '-group', 'hosts', '-add_lun', '3', '-device', 'null1', '-attributes', 'read_only=1');
    expect(await names(tree, 'targets/scst_local/t1/luns')).toEqual(['0']);
    expect(await tree.readlink('targets/scst_local/t1/ini_groups/hosts/luns/3/device')).toMatch(/\/devices\/null1$/u);
    expect(Buffer.from(await tree.read('targets/scst_local/t1/ini_groups/hosts/luns/3/read_only')).toString()).toBe('1\n[key]\n');
    expect(await admin('-list_group', 'hosts')).toMatch(/\t3 +null1\n/u);
  });

  it('makes device groups and sets attributes', async () => {
    await admin('-add_dgrp', 'dg');
    await admin('-add_dgrp_dev', 'disk1', '-dev_group', 'dg');
    await admin('-add_tgrp', 'tg', '-dev_group', 'dg');
    await admin('-noprompt', '-set_tgrp_attr', 'tg', '-dev_group', 'dg', '-attributes', 'group_id=257,state=nonoptimized');
    await admin('-add_tgrp_tgt', 't1', '-dev_group', 'dg', '-tgt_group', 'tg');
    await admin('-noprompt', '-set_dev_attr', 'disk1', '-attributes', 'threads_num=4');
    await admin('-noprompt', '-set_tgt_attr', 't1', '-driver', 'scst_local', '-attributes', 'rel_tgt_id=3');
    expect(Buffer.from(await tree.read('device_groups/dg/target_groups/tg/state')).toString()).toBe('nonoptimized\n[key]\n');
    expect(Buffer.from(await tree.read('devices/disk1/threads_num')).toString()).toBe('4\n[key]\n');
    expect(Buffer.from(await tree.read('targets/scst_local/t1/rel_tgt_id')).toString()).toBe('3\n[key]\n');
  });

  it('writes the configuration, clears it, and makes it again from the file', async () => {
    const [before, after] = ['before.conf', 'after.conf'].map((name) => join(machine.directory, name)) as [string, string];
    await admin('-write_config', before);
    await admin('-noprompt', '-force', '-clear_config');
    expect(await names(tree, 'devices')).toEqual([]);
    expect(await names(tree, 'targets/scst_local')).toEqual([]);
    expect(await names(tree, 'device_groups')).toEqual([]);
    // The copy manager counts its LUNs on, so that the file finds them free only in an SCST that was just loaded.
    await machine.unloadModules();
    await machine.loadModules();
    await admin('-config', before);
    await admin('-write_config', after);
    expect(await readFile(after, 'utf8')).toBe(await readFile(before, 'utf8'));
    expect(await readFile(after, 'utf8')).toContain('DEVICE disk1 {');
  });

  it('finds nothing to do for a configuration that is in force', async () => {
    expect(await admin('-config', join(machine.directory, 'before.conf'))).toContain('-> Done, 0 change(s) made.');
  });
});
