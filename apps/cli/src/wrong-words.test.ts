import { mkdir, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { Context } from './context.js';
import { createProgram } from './program.js';
import { leavesOf } from './test/leaves.js';
import { createWorld, type TestWorld } from './test/world.js';

const context = new Context(
  { stdin: Readable.from([]), stdout: new PassThrough(), stderr: new PassThrough(), env: {}, signal: new AbortController().signal, onHangup: () => () => undefined },
  () => Promise.reject(new Error('no SCST in this test')),
);
const leaves = leavesOf(createProgram(context));
const LUN = 'scst_local_tgt/scst_local_host/0';
const at = (name: string): string => `@${name}`;
const BASES: Record<string, string[]> = {
  tour: [], serve: ['--socket', at('s2'), '--state', at('state2')], status: [], doctor: [], tree: [], top: ['--once', '-i', '0.1'], events: [],
  'module load': ['scst_disk'], 'module unload': ['scst_vdisk', '--force'], 'module list': [], 'module info': ['scst_local'],
  'device add': ['d9', '--handler', 'vdisk_fileio', '--file', at('d9.img'), '--create', '1M'], 'device remove': ['d2'], 'device list': [], 'device show': ['d1'], 'device set': ['d1', 't10_vend_id=ACME'],
  'target add': ['t9'], 'target remove': ['t2'], 'target list': [], 'target show': ['t2'], 'target set': ['t2', 'rel_tgt_id=7'],
  'session add': ['t2/s9'], 'session remove': ['t2/s1'], 'session list': ['t2'], 'session show': ['t2/s1'], 'session set': ['t2/s1', 'transport_id=sas:5000c50012345678'],
  'lun add': ['t2', 'd2', '5'], 'lun remove': ['scst_local_tgt', '1'], 'lun list': ['scst_local_tgt'], 'lun show': ['scst_local_tgt', '0'], 'lun set': ['scst_local_tgt', '0', 'device=d2'], 'lun clear': ['scst_local_tgt', '--force'],
  'group add': ['t2/g9'], 'group remove': ['t2/g1'], 'group list': ['t2'], 'group show': ['t2/g1'], 'group set': ['t2/g1', 'addr_method=FLAT'],
  'initiator add': ['t2/g1', 'i9'], 'initiator remove': ['t2/g1', 'i1'], 'initiator list': ['t2/g1'], 'initiator move': ['t2/g1', 'i1', 'g2'], 'initiator clear': ['t2/g1'],
  devices: ['scst_local_tgt/scst_local_host'],
  'scsi inquiry': [LUN], 'scsi vpd': [LUN, '0x83'], 'scsi luns': [LUN], 'scsi capacity': [LUN], 'scsi tur': [LUN], 'scsi sense': [LUN], 'scsi modes': [LUN, '0x08'], 'scsi pr-in': [LUN, 'keys'], 'scsi rsoc': [LUN],
  'scsi read': [LUN, '--lba', '0', '--blocks', '1'], 'scsi write': [LUN, '--input', at('block')], 'scsi verify': [LUN, '--blocks', '1'], 'scsi sync': [LUN], 'scsi raw': [LUN, '00', '00', '00', '00', '00', '00'], 'scsi explain': ['28', '00', '00', '00', '10', '00', '00', '00', '08', '00'],
  reset: [LUN], get: ['targets/scst_local/scst_local_tgt/rel_tgt_id'], set: ['targets/scst_local/t2/rel_tgt_id', '7'], mgmt: ['handlers/vdisk_nullio', 'add_device', 'm1'],
  'config parse': [at('scst.conf')], 'config check': [at('scst.conf')], 'config json': [at('scst.conf')], 'config plan': [at('scst.conf')], 'config apply': [at('scst.conf')], 'config save': [at('saved.conf')],
  scstadmin: ['-list_device', 'd1'], 'transport-id encode': ['sas:5feede401fade050'], 'transport-id decode': ['060000005feede401fade050000000000000000000000000'], completion: ['bash'], man: [],
};
/** What stands in the place of a word; `@` is the world's own directory. */
const ABSURD = ['', '..', '-1', '0xfffffffffffffffff', 'a\nb', '\udcff', 'n'.repeat(300), '@folder', '@nowhere/below'];

let world: TestWorld | undefined;
let before = '';
const fresh = async (): Promise<TestWorld> => {
  await world?.[Symbol.asyncDispose]();
  const w = await createWorld();
  world = w;
  await mkdir(w.file('folder'));
  spawnSync('mkfifo', [w.file('fifo')]);
  await writeFile(w.file('file'), 'x\n');
  await writeFile(w.file('block'), new Uint8Array(512));
  await writeFile(w.file('scst.conf'), 'HANDLER vdisk_nullio {\n\tDEVICE c1\n}\n');
  await w.ok('device', 'add', 'd1', '--file', w.file('d1.img'), '--create', '1M');
  await w.ok('device', 'add', 'd2', '--handler', 'vdisk_nullio', 'size_mb=16');
  await w.ok('lun', 'add', 'scst_local_tgt', 'd1', '0');
  await w.ok('lun', 'add', 'scst_local_tgt', 'd2', '1');
  await w.ok('target', 'add', 't2', '--session', 's1');
  await w.ok('group', 'add', 't2/g1', '--initiator', 'i1');
  await w.ok('group', 'add', 't2/g2');
  before = await snapshot(w);
  return w;
};
const snapshot = async (w: TestWorld): Promise<string> => (await w.ok('config', 'json')).stdout;
afterAll(async () => { await world?.[Symbol.asyncDispose](); });

/** Every wrong line of a command: too few words, too many, absurd ones, options without their value, twice, and unknown. */
const linesOf = (name: string): string[][] => {
  const base = BASES[name] ?? [];
  const { command } = leaves.find(({ words }) => words.join(' ') === name)!;
  const count = Math.min(command.registeredArguments.length, base.length);
  const positions = Array.from({ length: count }, (_, position) => position);
  return [
    ...positions.map((position) => base.slice(0, position)),
    [...base, 'surplus'],
    [...base, '--nonsense'],
    ...positions.flatMap((position) => ABSURD.map((word) => base.with(position, word))),
    ...command.options.flatMap(({ long, short, required }) => {
      const flag = long ?? short ?? '';
      return required ? [[...base, flag], [...base, flag, flag], [...base, flag, ''], [...base, flag, '..']] : [[...base, `${flag}=x`]];
    }),
  ];
};

/** Those that go on until a signal, or take long when they are right. */
const LONG = new Set(['tour', 'serve', 'top', 'events']);
const isUsage = (line: readonly string[], name: string): boolean => line.includes('--nonsense') || line.some((word) => word.startsWith('--') && line.filter((other) => other === word).length > 1 && !(BASES[name] ?? []).includes(word));

/** A word as it is given; what would be written beside the sources goes to the world's own directory. */
const wordIn = (own: TestWorld, name: string, word: string): string => {
  if (word.startsWith('@')) return own.file(word.slice(1));
  return name === 'config save' && word !== '' && !word.startsWith('--') ? own.file(word) : word;
};

describe('wrong words', () => {
  it('are tried on every command', () => {
    expect(Object.keys(BASES).sort()).toEqual(leaves.map(({ words }) => words.join(' ')).sort());
  });

  it.each(Object.keys(BASES))('%s: end with a status and one reason, in JSON where that is asked for, and change nothing', async (name) => {
    for (const [index, line] of linesOf(name).entries()) {
      if (LONG.has(name) && !isUsage(line, name)) continue;
      const own = world ?? (await fresh());
      const json = index % 2 === 1;
      const words = [...name.split(' '), ...line.map((word) => wordIn(own, name, word)), ...(json ? ['--json'] : [])];
      const { exit, stdout, stderr } = await own.run(words);
      const shown = JSON.stringify(words);
      if (isUsage(line, name) && name !== 'scstadmin') expect([shown, exit, stdout]).toEqual([shown, 2, '']);
      if (exit === 0) {
        // What was right after all may have changed everything.
        await fresh();
        continue;
      }
      expect([1, 2, 3, 4], shown).toContain(exit);
      expect(stderr, shown).toMatch(/\S/u);
      expect(stderr, shown).not.toMatch(/TypeError|RangeError|INTERNAL|\[object|\bundefined\b|\n {4}at /u);
      if (json) expect(JSON.parse(stderr), shown).toMatchObject({ error: { message: expect.stringMatching(/\S/u) as string, exit } });
      if (json && stdout !== '') JSON.parse(stdout);
    }
    if (world !== undefined) expect(await snapshot(world)).toBe(before);
  }, 60_000);

  it.each([
    [['device', 'show', '']], [['serve', '--state', '']], [['serve', '--socket', '--state']], [['device', 'add', 'd9', '--file', '--read-only']],
  ])('%j are refused before anything is done', async (words) => {
    const { exit, stdout, stderr } = await (world ?? (await fresh())).run(words);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/is empty|has no value/u);
  });

  it.each([
    [['device', 'show', '/'], 'there is no device /'], [['device', 'show', '..'], 'there is no device ..'],
    [['device', 'list', '--handler', 'x'], 'there is no device handler x'], [['target', 'list', '--driver', 'x'], 'there is no target driver x'],
    [['session', 'list', '--driver', 'x'], 'there is no target driver x'],
  ])('%j say what there is not', async (words, message) => {
    const { exit, stdout, stderr } = await (world ?? (await fresh())).run(words);
    expect([exit, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
  });
});
