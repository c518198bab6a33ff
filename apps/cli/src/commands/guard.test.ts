import { readFile } from 'node:fs/promises';
import { Scst } from '@scst/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Context } from '../context.js';
import { createProgram } from '../program.js';
import { leavesOf } from '../test/leaves.js';
import { createWorld, type TestWorld } from '../test/world.js';

/** docs/guard.md promises what is tested here: its table and this one are the same. */
const PAGE = new URL('../../../../docs/guard.md', import.meta.url);

const T = 'scst_local_tgt';

/** What is tried of each command while LUN 0 of scst_local_host, which shows disk1, is in use. */
const GUARDED: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'session remove': [[`${T}/scst_local_host`]],
  'session set': [[`${T}/scst_local_host`, 'transport_id=sas:5000c50012345678']],
  'target remove': [[T]],
  'target set': [[T, 'rel_tgt_id=9'], [T, 'black_hole=1']],
  'lun remove': [[T, '0']],
  'lun clear': [[T]],
  'lun set': [[T, '0', 'device=disk2'], [T, '0', 'read_only=1']],
  'group set': [],
  'group remove': [],
  'group add': [[`${T}/new`, '--initiator', 'scst*']],
  'initiator add': [[`${T}/empty`, '*']],
  'initiator remove': [],
  'initiator move': [],
  'initiator clear': [],
  'device remove': [['disk1']],
  'device set': [['disk1', 'usn=other'], ['disk1', 'size_mb=1']],
  'module unload': [['scst_local'], ['scst_vdisk']],
  set: [['devices/disk1/naa_id', '0x3000000000000001'], [`targets/scst_local/${T}/black_hole`, '3']],
  mgmt: [['targets/scst_local', `del_target ${T}`], ['handlers/vdisk_nullio', 'del_device disk1'], [`targets/scst_local/${T}/luns`, 'clear']],
  'config apply': [],
  scstadmin: [['-rem_lun', '0', '-driver', 'scst_local', '-target', T, '-noprompt'], ['-rem_target', T, '-driver', 'scst_local', '-noprompt'], ['-clear_luns', '-driver', 'scst_local', '-target', T, '-noprompt']],
  'scsi write': [[`${T}/scst_local_host/0`]],
};

/** Commands that add, ask, or say themselves what they do. */
const HARMLESS = new Set([
  'tour', 'serve', 'status', 'doctor', 'tree', 'top', 'events', 'module load', 'module list', 'module info', 'device add', 'device list', 'device show', 'target add', 'target list', 'target show',
  'session add', 'session list', 'session show', 'lun add', 'lun list', 'lun show', 'group list', 'group show', 'initiator list', 'devices', 'scsi inquiry', 'scsi vpd', 'scsi luns', 'scsi capacity',
  'scsi tur', 'scsi sense', 'scsi modes', 'scsi pr-in', 'scsi rsoc', 'scsi read', 'scsi verify', 'scsi sync', 'scsi raw', 'scsi explain', 'reset', 'get', 'config parse', 'config check', 'config json', 'config plan',
  'config save', 'transport-id encode', 'transport-id decode', 'completion', 'man',
]);

let world: TestWorld;
let scst: Scst;
beforeAll(async () => {
  world = await createWorld();
  scst = await Scst.open({ connect: world.socket });
  for (const name of ['disk1', 'disk2']) await world.ok('device', 'add', name, '--handler', 'vdisk_nullio', 'size_mb=8');
  await world.ok('lun', 'add', T, 'disk1', '0');
  await world.ok('group', 'add', `${T}/empty`);
});
afterAll(async () => {
  await scst.close();
  await world[Symbol.asyncDispose]();
});

/** The SCST as it is, but for counters. */
const shape = async (): Promise<unknown> => await world.json('tree');

describe('the guard', () => {
  it('is described command by command, and every other command is known to take nothing away', async () => {
    const described = (await readFile(PAGE, 'utf8')).split('\n').flatMap((line) => {
      const [, cell] = /^\| (`[^|]+) \|/u.exec(line) ?? [];
      return cell === undefined ? [] : [...cell.replaceAll(/\([^)]*\)/gu, '').matchAll(/`([^`]+)`/gu)].map(([, words]) => words);
    });
    expect(described.sort()).toEqual(Object.keys(GUARDED).sort());
    const all = leavesOf(createProgram(new Context({ stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: {}, signal: new AbortController().signal, onHangup: () => () => undefined }, () => Promise.reject(new Error('nobody'))))).map(({ words }) => words.join(' '));
    expect(all.filter((words) => !HARMLESS.has(words)).sort()).toEqual(Object.keys(GUARDED).sort());
    expect([...HARMLESS].filter((words) => !all.includes(words))).toEqual([]);
  });

  it.each(Object.entries(GUARDED).flatMap(([command, tries]) => tries.map((words) => [command, words] as const)))('refuses %s %j while the LUN is open, and changes nothing', async (command, words) => {
    const unit = await scst.driver().target(T).session('scst_local_host').open(0);
    try {
      const before = await shape();
      const { exit, stderr } = await world.run([...command.split(' '), ...words], { stdin: new Uint8Array(512) });
      expect([exit === 0, stderr]).toEqual([false, expect.stringMatching(/is in use: .*LUN 0 is open/u)]);
      expect(await shape()).toEqual(before);
    } finally {
      await unit.close();
    }
  });

  it('refuses the names of a group that a session is in, its black hole, and a configuration without them', async () => {
    const group = await scst.driver().target(T).addGroup('own');
    await group.luns.add('disk2', 5);
    await group.initiators.add('scst_*');
    const unit = await scst.driver().target(T).session('scst_local_host').open(5);
    const place = `${T}/own`;
    for (const words of [['initiator', 'remove', place, 'scst_*'], ['initiator', 'move', place, 'scst_*', 'empty'], ['initiator', 'clear', place], ['group', 'set', place, 'black_hole=2']]) {
      const { exit, stderr } = await world.run(words);
      expect([words[1], exit, stderr]).toEqual([words[1], 1, expect.stringContaining('LUN 5 is open')]);
    }
    expect((await world.run(['group', 'remove', place])).stderr).toContain('EBUSY');
    const applied = await world.run(['config', 'apply', '-', '--prune', '--only', `target:${T}`, '--json'], { stdin: `TARGET_DRIVER scst_local {\n\tTARGET ${T} {\n\t\tLUN 0 disk1\n\t\tGROUP empty\n\t}\n}\n` });
    expect([applied.exit, applied.error()]).toMatchObject([1, { code: 'IN_USE' }]);
    expect(await group.initiators.list()).toEqual(['scst_*']);
    await unit.close();
    await world.ok('initiator', 'clear', place);
    await world.ok('group', 'remove', place);
  });

  it('gives way to --force', async () => {
    const unit = await scst.driver().target(T).session('scst_local_host').open(0);
    for (const words of [['scsi', 'write', `${T}/scst_local_host/0`, '--force'], ['set', 'devices/disk1/usn', 'u1', '--force'], ['device', 'set', 'disk1', 'usn=u2', '--force'], ['lun', 'set', T, '0', 'device=disk2', '--force'], ['initiator', 'add', `${T}/empty`, '*', '--force'], ['initiator', 'clear', `${T}/empty`], ['mgmt', `targets/scst_local/${T}/luns`, 'clear', '--force']]) {
      const { exit, stderr } = await world.run(words, { stdin: new Uint8Array(512) });
      expect([words, exit, stderr.includes('in use')]).toEqual([words, 0, false]);
    }
    await unit.close();
  });
});
