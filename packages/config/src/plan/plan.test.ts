import { describe, expect, it } from 'vitest';
import { apply } from '../apply/apply.js';
import { check } from '../check/check.js';
import { FakeScst } from '../test/fake-scst.js';
import { plan } from './plan.js';
import { printPlan } from './print.js';

const devices = (count: number): string => {
  const all = Array.from({ length: count }, (_, index) => `\tDEVICE d${index} {\n\t\tfilename /srv/${index}\n\t\tnv_cache 1\n\t\tthreads_num 4\n\t}\n`).join('');
  return `HANDLER vdisk_fileio {\n${all}}\n`;
};
const luns = (count: number): string => {
  const all = Array.from({ length: count }, (_, lun) => `\t\tLUN ${lun} n\n`).join('');
  return `HANDLER vdisk_nullio {\n\tDEVICE n\n}\nTARGET_DRIVER scst_local {\n\tTARGET t {\n${all}\t}\n}\n`;
};

describe('plan', () => {
  it('writes nothing, reads every attribute at most once, and many at a time', async () => {
    const tree = new FakeScst();
    await apply(tree, devices(200), { files: false });
    tree.reads.clear();
    tree.writes.length = 0;
    tree.mostActive = 0;
    expect(await plan(tree, devices(200), { files: false })).toMatchObject({ operations: [], blocked: [], ignored: [] });
    expect(tree.writes).toEqual([]);
    expect(Math.max(...tree.reads.values())).toBe(1);
    expect([...tree.reads.keys()].filter((path) => path.startsWith('devices/'))).toHaveLength(600);
    expect(tree.mostActive).toBeGreaterThan(8);
    tree.mostActive = 0;
    await plan(tree, devices(200), { concurrency: 3, files: false });
    expect(tree.mostActive).toBe(3);
  });

  it('takes time in proportion to the number of LUNs', async () => {
    // The processor's time, which other programs do not stretch.
    const time = async (count: number): Promise<number> => {
      const tree = new FakeScst();
      const text = luns(count);
      const start = process.cpuUsage();
      await apply(tree, text, { files: false, suspend: 'never' });
      expect((await plan(tree, text)).operations).toEqual([]);
      return process.cpuUsage(start).user;
    };
    await time(200);
    const small = Math.min(await time(500), await time(500));
    expect(await time(5000)).toBeLessThan(small * 20);
  });

  it('is data that survives JSON', async () => {
    const result = await plan(new FakeScst(), devices(1), { files: false });
    expect(JSON.parse(JSON.stringify(result))).toMatchObject({ operations: [{ id: 0, kind: 'add-device', phase: 'devices', write: { path: 'handlers/vdisk_fileio/mgmt', data: 'add_device d0 filename=/srv/0; nv_cache=1' } }, { kind: 'set-attribute', needs: [0] }] });
  });

  it('knows texts of one meaning for the same', async () => {
    const tree = new FakeScst();
    await apply(tree, 'setup_id 0x10\nHANDLER vdisk_nullio {\n\tDEVICE n\n}\nTARGET_DRIVER scst_local {\n\tTARGET t {\n\t\taddr_method FLAT\n\t\tLUN 8 n\n\t}\n}\n', { files: false });
    const other = 'setup_id 020\nTARGET_DRIVER scst_local {\n\tTARGET t {\n\t\taddr_method fl\n\t\tLUN 010 n {\n\t\t\tread_only 0\n\t\t}\n\t}\n}\n';
    expect((await plan(tree, other)).operations).toEqual([]);
  });

  it('ignores attributes the object lacks or that cannot be set, and says so', async () => {
    const tree = new FakeScst();
    await apply(tree, devices(1), { files: false });
    const { ignored, operations } = await plan(tree, devices(1).replace('nv_cache 1', 'speed 11\n\t\tresync_size 1'), { files: false });
    expect(operations).toEqual([]);
    expect(ignored).toMatchObject([
      { attribute: 'speed', reason: 'it has no such attribute', location: { line: 4, column: 9 } },
      { attribute: 'resync_size', reason: expect.stringContaining('cannot be known') as unknown },
    ]);
  });

  it('refuses what check and apply refuse', async () => {
    const tree = new FakeScst();
    const wrong = [
      'HANDLER vdisk_nullio {\n\tDEVICE n\n}\nHANDLER vdisk_nullio {\n\tDEVICE m\n}\n',
      'TARGET_DRIVER scst_local {\n\tTARGET t {\n\t\tGROUP g\n\t\tGROUP g\n\t}\n}\n',
      'TARGET_DRIVER scst_local {\n\tTARGET t {\n\t\tLUN 0 gone\n\t}\n}\n',
      'HANDLER vdisk_fileio {\n\tDEVICE f {\n\t\tfilename /there/is/no/such/file\n\t}\n}\n',
    ];
    for (const text of wrong) {
      const diagnostics = (await check(text, { tree, canLoadModules: true })).map(({ code, place }) => ({ code, place }));
      expect(diagnostics).not.toEqual([]);
      await expect(plan(tree, text)).rejects.toMatchObject({ name: 'ConfigError', diagnostics });
      await expect(apply(tree, text, { modules: { load: () => Promise.reject(new Error('nothing is to be loaded')) } })).rejects.toMatchObject({ name: 'ConfigError', diagnostics });
    }
    expect(tree.writes).toEqual([]);
  });

  it('loads modules first', async () => {
    const { operations } = await plan(new FakeScst(), 'HANDLER dev_tape {\n\tDEVICE 1:0:0:0\n}\nTARGET_DRIVER ib_srpt {\n\tTARGET t\n}\n');
    expect(operations.slice(0, 2).map(({ module }) => module)).toEqual(['scst_tape', 'ib_srpt']);
  });

  it('leaves the numbers of the copy manager’s LUNs to it', async () => {
    const tree = new FakeScst();
    const text = 'HANDLER vdisk_nullio {\n\tDEVICE a\n\tDEVICE b\n}\nTARGET_DRIVER copy_manager {\n\tTARGET copy_manager_tgt {\n\t\tLUN 0 b\n\t\tLUN 1 a\n\t}\n}\n';
    expect(await apply(tree, text, { files: false })).toMatchObject({ converged: true });
    expect((await plan(tree, text, { prune: true })).operations).toEqual([]);
  });

  it('refuses an identifier another target has', async () => {
    const tree = new FakeScst();
    await apply(tree, 'TARGET_DRIVER scst_local {\n\tTARGET t {\n\t\trel_tgt_id 5\n\t}\n}\n', { files: false });
    await expect(plan(tree, 'TARGET_DRIVER iscsi {\n\tTARGET u {\n\t\trel_tgt_id 5\n\t}\n}\n')).rejects.toMatchObject({ diagnostics: [{ code: 'contradiction', line: 3, column: 14 }] });
  });
});

describe('a plan for people', () => {
  it('reads as a diff', async () => {
    const tree = new FakeScst();
    await apply(tree, 'HANDLER vdisk_nullio {\n\tDEVICE n\n\tDEVICE m\n}\nTARGET_DRIVER scst_local {\n\tTARGET t {\n\t\tLUN 0 n\n\t\tLUN 1 n\n\t\taddr_method FLAT\n\t}\n\tTARGET used {\n\t\tsession_name s\n\t}\n}\n', { files: false });
    tree.activeCommands.set('s', 2);
    const text = 'HANDLER vdisk_nullio {\n\tDEVICE n\n\tDEVICE m\n}\nTARGET_DRIVER scst_local {\n\tTARGET t {\n\t\tLUN 0 m\n\t\taddr_method LUN\n\t\tspeed 1\n\t\tGROUP g {\n\t\t\tINITIATOR i\n\t\t}\n\t}\n}\nTARGET_DRIVER iscsi {\n\tIncomingUser "joe 12charsecret"\n}\n';
    expect(printPlan(await plan(tree, text, { prune: true }))).toBe(`TARGET_DRIVER scst_local / TARGET t
  - LUN 1 n
TARGET_DRIVER iscsi
  + IncomingUser "joe ********"
TARGET_DRIVER scst_local / TARGET t
  ~ addr_method LUN   (was FLAT)
  + GROUP g
  ~ LUN 0 m   (was n)
TARGET_DRIVER scst_local / TARGET t / GROUP g
  + INITIATOR i

Held back:
! TARGET_DRIVER scst_local / TARGET used / session_name s: - session_name s: the session s has 2 active commands (force does it all the same)
! TARGET_DRIVER scst_local / TARGET used: - TARGET used: the session s has 2 active commands (force does it all the same)

Ignored:
? TARGET_DRIVER scst_local / TARGET t: speed: it has no such attribute
`);
  });

  it('says when there is nothing to do', () => {
    expect(printPlan({ operations: [], blocked: [], ignored: [] })).toBe('Nothing to do.\n');
  });
});
