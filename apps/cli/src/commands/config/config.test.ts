import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { Scst } from '@scst/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type TestWorld } from '../../test/world.js';

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const CONFIG = `# two disks
HANDLER vdisk_nullio {
	DEVICE n1
	DEVICE n2
}

TARGET_DRIVER scst_local {
	TARGET disks {
		session_name host1
		LUN 0 n1
		LUN 1 n2
	}
}
`;

const write = async (name: string, text: string): Promise<string> => {
  await writeFile(world.file(name), text);
  return world.file(name);
};

describe('config', () => {
  it('is checked, planned and applied, and then there is nothing to do', async () => {
    const file = await write('scst.conf', CONFIG);
    expect(await world.json('config', 'check', file)).toEqual([]);
    expect((await world.ok('config', 'plan', file)).stdout).toContain('TARGET_DRIVER scst_local / TARGET disks\n  + LUN 0 n1\n');
    const report = await world.json<{ changes: number; converged: boolean }>('config', 'apply', file);
    expect(report).toMatchObject({ converged: true, failed: [], blocked: [] });
    expect(report.changes).toBeGreaterThan(4);
    expect(await world.json('config', 'plan', file)).toEqual({ operations: [], blocked: [], ignored: [] });
    expect((await world.ok('config', 'apply', file)).stdout).toBe('nothing to do\n');
    expect(await world.json('lun', 'list', 'disks')).toMatchObject([{ device: 'n1' }, { device: 'n2' }]);
  });

  it('is saved with the comments of the file that is there', async () => {
    const file = await write('saved.conf', CONFIG);
    await world.ok('config', 'save', file);
    const text = await readFile(file, 'utf8');
    expect(text).toContain('# two disks');
    expect(text).toContain('session_transport_id');
    expect((await world.ok('config', 'save', file)).stdout).toBe(`${file} says that already\n`);
    expect((await world.ok('config', 'save', '-')).stdout).toContain('DEVICE n1');
  });

  it.each(['directory', 'pipe'])('is not saved in the place of a %s', async (kind) => {
    const place = world.file(kind);
    await (kind === 'directory' ? mkdir(place) : promisify(execFile)('mkfifo', [place]));
    const { exit, stderr } = await world.run(['config', 'save', place]);
    expect([exit, stderr]).toEqual([1, expect.stringContaining(`${place} is no file that could be replaced`)]);
  });

  it('that never ends is not read for ever', async () => {
    const { exit, stderr } = await world.run(['config', 'check', '/dev/zero']);
    expect([exit, stderr]).toEqual([1, expect.stringContaining('/dev/zero has more than 268435456 bytes')]);
  });

  it('goes to JSON and back', async () => {
    const json = await write('config.json', (await world.ok('config', 'json')).stdout);
    expect(await world.json('config', 'plan', json)).toMatchObject({ operations: [] });
    const text = (await world.ok('config', 'parse', json)).stdout;
    expect((await world.run(['config', 'json', '-'], { stdin: text })).stdout).toBe(await readFile(json, 'utf8'));
  });

  it.each([[[], false], [['--rollback'], true]])('that is interrupted says how far it came, and takes all of it back where it is asked to (%j)', async (flags, isTakenBack) => {
    await using scst = await Scst.open({ connect: world.socket });
    const names = Array.from({ length: 1000 }, (_, index) => `many${index}`);
    const file = await write('many.conf', `HANDLER vdisk_nullio {\n${names.map((name) => `\tDEVICE ${name}`).join('\n')}\n}\n`);
    const there = async (): Promise<string[]> => (await scst.tree.list('devices')).flatMap(({ name }) => (name.startsWith('many') ? name : []));
    const controller = new AbortController();
    const running = world.run(['config', 'apply', file, ...flags], { signal: controller.signal });
    await expect.poll(async () => (await there()).length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(100);
    controller.abort('SIGINT');
    const { exit, stderr } = await running;
    const left = await there();
    const [, done, all] = /^scst-local: ended by SIGINT: the apply was aborted \((\d+) of (\d+) operations done/u.exec(stderr) ?? [];
    expect([exit, all]).toEqual([130, String(names.length)]);
    expect(Number(done)).toBeGreaterThan(100);
    expect(stderr.includes('it was taken back')).toBe(isTakenBack);
    expect(left.length).toBe(isTakenBack ? 0 : Number(done));
    const rest = await world.json<{ operations: unknown[] }>('config', 'plan', file);
    expect(rest.operations.length).toBe(names.length - left.length);
    for (const name of left) await scst.tree.write('handlers/vdisk_nullio/mgmt', `del_device ${name}`);
  });

  it('with errors is refused with all of them, with file, line and column', async () => {
    const file = await write('bad.conf', 'HANDLER vdisk_nullio {\n\tDEVICE\n}\nTARGET_DRIVER scst_local {\n\tTARGET t {\n\t\tLUN 99999 n1\n\t}\n}\n');
    for (const words of [['check', file], ['plan', file], ['apply', file], ['parse', file]]) {
      const { exit, stdout, stderr } = await world.run(['config', ...words]);
      expect(exit).toBe(1);
      expect(stdout + stderr).toContain(`${file}:2:`);
    }
    const run = await world.run(['config', 'apply', file, '--json']);
    expect(run.error()).toMatchObject({ code: 'ERR_SCST_CONFIG', exit: 1, diagnostics: [{ severity: 'error', file, line: 2 }] });
  });

  it('prunes what it does not mention, but holds back what is in use without --force', async () => {
    const file = await write('less.conf', CONFIG.replace('\tDEVICE n2\n', '').replace('\t\tLUN 1 n2\n', ''));
    const plan = await world.json<{ operations: { kind: string }[] }>('config', 'plan', file, '--prune', '--only', 'target:disks');
    expect(plan.operations.map(({ kind }) => kind)).toContain('remove-lun');
    await world.ok('config', 'apply', file, '--prune', '--only', 'target:disks', '--only', 'device:n2');
    expect(await world.json('lun', 'list', 'disks')).toMatchObject([{ device: 'n1' }]);
    expect(await world.json<{ name: string }[]>('device', 'list')).toMatchObject([{ name: 'n1' }]);
  });

  it('holds back what somebody uses, and says who', async () => {
    await using scst = await Scst.open({ connect: world.socket });
    const lun = await scst.driver().target('disks').session('host1').open(0);
    const file = await write('nothing.conf', '# nothing\n');
    const run = await world.run(['config', 'apply', file, '--prune', '--only', 'target:disks', '--json']);
    expect(run.exit).toBe(1);
    expect(run.error()).toMatchObject({ code: 'IN_USE' });
    expect(run.json()).toMatchObject({ converged: false, changes: 0 });
    expect(run.stdout).toContain('LUN 0 is open');
    await lun.close();
  });

  it('takes back what was done when something fails, if that is asked for', async () => {
    const before = (await world.ok('config', 'save', '-')).stdout;
    // A name another target’s session has is refused only by SCST itself.
    const file = await write('clash.conf', 'TARGET_DRIVER scst_local {\n\tTARGET late {\n\t\tsession_name host1\n\t}\n}\n');
    const run = await world.run(['config', 'apply', file, '--rollback', '--json']);
    expect(run.exit).toBe(1);
    expect((await world.ok('config', 'save', '-')).stdout).toBe(before);
  });

  it('reads nothing that is not there', async () => {
    const run = await world.run(['config', 'check', world.file('none.conf'), '--json']);
    expect(run.error()).toMatchObject({ code: 'ENOENT', exit: 1 });
  });
});
