import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliRun } from '../../test/run-cli.js';
import { createWorld, type TestWorld } from '../../test/world.js';
import { parseAttributes, parseFlags, type ValueRule } from './flags.js';

const RULES = new Map<string, ValueRule>([['config', 'optional'], ['add_lun', 'required'], ['add_init', 'required'], ['list_sessions', 'none'], ['list_handler', 'optional']]);

describe('the flags', () => {
  it.each([
    [['-add_lun', '0', '-driver', 'd'], 'add_lun', '0'],
    [['--add_lun=0', '--driver=d'], 'add_lun', '0'],
    [['-ADD_L', '0', '-driver', 'd'], 'add_lun', '0'],
    [['-config', '-driver', 'd'], 'config', ''],
    [['-config', '/etc/x y', '-driver', 'd'], 'config', '/etc/x y'],
    // Whatever follows a value that has to be there is the value.
    [['-add_lun', '-1', '-driver', 'd'], 'add_lun', '-1'],
  ])('%j', (words, name, value) => {
    const call = parseFlags(words, RULES);
    expect([...call.operations]).toEqual([[name, value]]);
    expect(call.qualifiers.get('driver')).toBe('d');
  });

  it.each([
    [['-bogus'], 'no flag -bogus'],
    [['-add_', 'x'], '-add_ could be -add_lun, -add_init'],
    [['-issue_lip'], '-issue_lip is not supported'],
    [['-dumpattrs'], '-dumpAttrs is not supported'],
    [['-add_lun'], '-add_lun needs a value'],
    [['-force=1'], '-force takes no value'],
    [['-force', 'word'], '“word” is neither a flag'],
  ])('refuses %j, naming it', (words, message) => {
    expect(() => parseFlags(words, RULES)).toThrow(message);
  });

  it('takes an attribute without a value for 1, and leaves = in values alone', () => {
    expect(parseAttributes('filename=/a=b,read_only,,x=')).toEqual([['filename', '/a=b'], ['read_only', '1'], ['x', '']]);
    expect(parseAttributes(undefined)).toEqual([]);
  });
});

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const admin = (line: string, stdin?: string): Promise<CliRun> => world.run(['scstadmin', ...line.split(' ')], stdin === undefined ? {} : { stdin });
const get = async (path: string): Promise<string> => (await world.ok('get', path)).stdout.trim();

/** Lines that must end with a status; what they print is returned. */
const status = async (exit: number, line: string, stdin?: string): Promise<CliRun> => {
  const run = await admin(line, stdin);
  expect([line, run.exit, run.stderr]).toEqual([line, exit, exit === 0 ? run.stderr : expect.stringMatching(/./u)]);
  return run;
};

const LOCAL = '-driver scst_local -target local';

describe('scstadmin', () => {
  it('sets up and takes down what a script would', async () => {
    const image = world.file('disk0.img');
    await writeFile(image, new Uint8Array(1 << 20));
    await status(0, '-open_dev nodev -handler vdisk_nullio -attributes dummy=1');
    await status(0, `-open_dev disk0 -handler vdisk_fileio -attributes filename=${image},read_only`);
    await status(0, '-driver scst_local -add_target local');
    await status(0, `${LOCAL} -add_lun 0 -device nodev`);
    await status(0, `${LOCAL} -add_group ig`);
    await status(0, `${LOCAL} -group ig -add_init ini1`);
    await status(0, `${LOCAL} -group ig -add_lun 1 -device disk0 -attributes read_only=1`);
    expect(await get('devices/disk0/read_only')).toBe('1');
    expect(await get('targets/scst_local/local/ini_groups/ig/luns/1/read_only')).toBe('1');

    const listed = await status(0, `-list_group ig ${LOCAL}`);
    expect(listed.stdout).toMatch(/\tLUN {5}Device\n\t-+\n\t0 {7}nodev\n[\s\S]*Group: ig[\s\S]*\t1 {7}disk0[\s\S]*\tini1/u);
    expect((await status(0, '-list_handler -list_driver')).stdout).toMatch(/\tHandler\n[\s\S]*vdisk_nullio[\s\S]*\tDriver\n[\s\S]*scst_local/u);
    expect((await status(0, '-list_target -driver scst_local')).stdout).toMatch(/scst_local +local\n/u);
    expect((await status(0, '-list_device')).stdout).toMatch(/vdisk_nullio +nodev\n/u);
    expect((await status(0, '-list_sessions')).stdout).toContain('\tSession: scst_local_host');
    const [key, all] = [await status(0, '-list_device disk0'), await status(0, '-list_device disk0 -nonkey')];
    expect(key.stdout).toMatch(/\tfilename +\S+disk0\.img +\w+ +Yes\n/u);
    expect(key.stdout).not.toContain('blocksize');
    expect(all.stdout).toMatch(/\tblocksize +512 +\w+ +No\n/u);

    await status(0, `${LOCAL} -group ig -replace_lun 1 -device nodev -noprompt`);
    expect((await status(0, `-list_lun_attr 1 ${LOCAL} -group ig -nonkey`)).stdout).toContain('read_only');
    await status(0, '-resync_dev disk0');
    await status(1, `${LOCAL} -rem_group ig -noprompt`);
    await status(0, `${LOCAL} -rem_group ig -noprompt -force`);
    await status(1, '-close_dev nodev -handler vdisk_nullio -noprompt');
    await status(0, `${LOCAL} -rem_lun 0 -noprompt`);
    await status(0, '-close_dev nodev -handler vdisk_nullio -noprompt');
    await status(0, '-close_dev disk0 -handler vdisk_fileio -noprompt');
    await status(0, '-rem_target local -driver scst_local -noprompt');
    expect((await admin('-list_target -driver scst_local')).stdout).not.toContain('local\n\tlocal');
  });

  it('ends with scstadmin’s status for targets, and with 1 for all else', async () => {
    await status(0, '-add_target twice -driver scst_local');
    await status(41, '-add_target twice -driver scst_local');
    await status(42, '-add_target other -driver scst_local -attributes bogus=1');
    await status(30, '-add_target t -driver nobody');
    await status(40, '-rem_target nobody -driver scst_local -noprompt');
    await status(0, '-rem_target twice -driver scst_local -noprompt');
    await status(1, '-open_dev d -handler nobody');
    await status(1, '-add_lun 0 -driver scst_local -target nobody -device d');
    await status(0, '-add_lun 0 -driver scst_local -target nobody -device d -cont_on_err');
    await status(1, '-force');
    await status(1, '-add_lun 0 -driver scst_local -target t');
    await status(1, '-clear_config -noprompt');
    await status(1, '-open_dev d -handler h -close_dev d');
    expect((await status(1, '-frobnicate x')).stderr).toContain('-frobnicate');
    expect((await status(1, '-write_config x -nonkey')).stderr).toContain('-nonkey');
  });

  it('sets attributes, and only warns of those that cannot be set', async () => {
    await status(0, '-open_dev n1 -handler vdisk_nullio');
    expect((await status(0, '-set_dev_attr n1 -attributes t10_dev_id=0x77 -noprompt')).stdout).toBe('1 change made\n');
    expect(await get('devices/n1/t10_dev_id')).toBe('0x77');
    expect((await status(0, '-set_dev_attr n1 -attributes t10_dev_id=0x77 -noprompt')).stdout).toBe('0 changes made\n');
    const failed = await status(0, '-set_dev_attr n1 -attributes bogus=1,blocksize=7 -noprompt');
    expect(failed.stdout).toBe('0 changes made\n');
    expect(failed.stderr).toContain('bogus');
    expect(failed.stderr).toContain('blocksize');
    await status(1, '-list_dev_attr nobody');
    await status(0, '-close_dev n1 -handler vdisk_nullio -noprompt');
  });

  it('knows device groups', async () => {
    await status(0, '-open_dev n1 -handler vdisk_nullio');
    await status(0, '-add_dgrp dg');
    await status(0, '-add_dgrp_dev n1 -dev_group dg');
    await status(0, '-add_tgrp tg -dev_group dg');
    await status(0, '-set_tgrp_attr tg -dev_group dg -attributes group_id=256 -noprompt');
    await status(0, '-add_tgrp_tgt remote -dev_group dg -tgt_group tg');
    await status(0, '-set_ttgt_attr remote -dev_group dg -tgt_group tg -attributes rel_tgt_id=11 -noprompt');
    expect(await get('device_groups/dg/target_groups/tg/remote/rel_tgt_id')).toBe('11');
    expect((await status(0, '-list_dgrp dg')).stdout).toBe('Device group: dg\n\tDevice n1\n\tTarget group tg\n\n');
    expect((await status(0, '-list_tgrp -dev_group dg')).stdout).toContain('\tTarget remote\n');
    await status(1, '-rem_tgrp tg -dev_group dg');
    await status(0, '-rem_tgrp_tgt remote -dev_group dg -tgt_group tg');
    await status(0, '-rem_tgrp tg -dev_group dg');
    await status(1, '-rem_dgrp dg');
    await status(0, '-rem_dgrp_dev n1 -dev_group dg');
    await status(0, '-rem_dgrp dg');
    await status(0, '-close_dev n1 -handler vdisk_nullio -noprompt');
  });

  it('applies, checks, writes and clears configurations, and asks before it removes', async () => {
    const [file, written, bad] = [world.file('scst.conf'), world.file('written.conf'), world.file('bad.conf')];
    await writeFile(file, 'HANDLER vdisk_nullio {\n\tDEVICE n1\n}\nTARGET_DRIVER scst_local {\n\tTARGET disks {\n\t\tLUN 0 n1\n\t}\n}\n');
    await writeFile(bad, 'HANDLER vdisk_nullio {\n');
    await status(0, `-check_config ${file}`);
    await status(1, `-check_config ${bad}`);
    await status(1, `-config ${bad}`);
    await status(1, `-config ${world.file('none.conf')}`);
    await status(0, `-config ${file}`);
    await status(0, `-write_config ${written}`);
    expect(await readFile(written, 'utf8')).toContain('LUN 0 n1');
    await status(0, '-open_dev n2 -handler vdisk_nullio');
    await status(0, `-config ${file}`);
    expect((await admin('-list_device')).stdout).toContain('n2');
    await status(0, `-config ${file} -force`, 'n\n');
    await status(0, `-config ${file} -force`);
    expect((await admin('-list_device')).stdout).toContain('n2');
    await status(0, `-config ${file} -force`, 'y\n');
    expect((await admin('-list_device')).stdout).not.toContain('n2');
    await status(0, '-clear_config -force -noprompt -no_lip');
    expect(await world.json('device', 'list')).toEqual([]);
    expect((await admin('-list_target -driver scst_local')).stdout).not.toContain('disks');
  });

  it('prints JSON: of one operation what it came to, of several queries a list', async () => {
    expect(await world.json('scstadmin', '-list_handler', '-list_driver')).toEqual([expect.arrayContaining(['vdisk_nullio']), expect.arrayContaining(['scst_local'])]);
    expect(await world.json('scstadmin', '-add_target', 'j', '-driver', 'scst_local')).toEqual({ changes: 1 });
    expect((await admin('-rem_target nobody -driver scst_local -noprompt --json')).exit).toBe(40);
    await status(0, '-rem_target j -driver scst_local -noprompt');
  });

  it('prints its flags', async () => {
    for (const flag of ['-help', '-h', '--help']) expect((await status(0, flag)).stdout).toContain('-replace_lun NAME -driver DRIVER -target TARGET -device DEVICE');
  });
});
