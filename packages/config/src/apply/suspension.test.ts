import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeScst } from '../test/fake-scst.js';
import { apply, type ApplyOptions } from './apply.js';
import { fileJournal, type SuspensionJournal, type SuspensionMark } from './journal.js';
import { type ApplyReport } from './report.js';
import { findLeftoverSuspension } from './suspension.js';

const many = (count: number): string => {
  const luns = Array.from({ length: count }, (_, lun) => `\t\tLUN ${lun} n\n`).join('');
  return `HANDLER vdisk_nullio {\n\tDEVICE n\n}\nTARGET_DRIVER scst_local {\n\tTARGET t {\n\t\tsession_name s\n${luns}\t}\n}\n`;
};

let directory = '';
let journal: SuspensionJournal;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scst-suspension-'));
  journal = fileJournal(join(directory, 'run', 'mark.json'));
});
afterEach(async () => { await rm(directory, { recursive: true, force: true }); });

const run = (tree: FakeScst, text: string, options: ApplyOptions = {}): Promise<ApplyReport> => apply(tree, text, { files: false, journal, ...options });

describe('suspension', () => {
  it('spans the LUNs of a large change, not the sessions, and is over afterwards', async () => {
    const tree = new FakeScst();
    let during = '';
    tree.beforeWrite = async (path) => {
      if (path.endsWith('luns/mgmt') && during === '') during = await readFile(join(directory, 'run', 'mark.json'), 'utf8');
    };
    expect((await run(tree, many(40))).converged).toBe(true);
    expect([tree.mostSuspended, tree.suspended]).toEqual([1, 0]);
    expect(JSON.parse(during)).toMatchObject({ tree: 'a fake', countBefore: 0, pid: process.pid });
    expect(await journal.read()).toBeUndefined();
  });

  it('is not used for a few changes, or when it is not wanted', async () => {
    const few = new FakeScst();
    await run(few, many(5));
    expect(few.mostSuspended).toBe(0);
    const never = new FakeScst();
    await run(never, many(40), { suspend: 'never' });
    expect(never.mostSuspended).toBe(0);
    const always = new FakeScst();
    await run(always, many(1), { suspend: 'always' });
    expect([always.mostSuspended, always.suspended]).toEqual([1, 0]);
  });

  it('ends after a failure and after an abort', async () => {
    const failing = new FakeScst();
    failing.beforeWrite = (_, data) => {
      if (data === 'add n 20') throw new Error('no');
    };
    await expect(run(failing, many(40))).rejects.toMatchObject({ code: 'ERR_SCST_APPLY' });
    expect([failing.mostSuspended, failing.suspended]).toEqual([1, 0]);
    const aborted = new FakeScst();
    const controller = new AbortController();
    aborted.beforeWrite = (_, data) => {
      if (data === 'add n 20') controller.abort();
    };
    await expect(run(aborted, many(40), { signal: controller.signal })).rejects.toMatchObject({ code: 'ERR_SCST_APPLY_ABORTED' });
    expect([aborted.mostSuspended, aborted.suspended]).toEqual([1, 0]);
    const atOnce = new FakeScst();
    const other = new AbortController();
    atOnce.beforeWrite = (path) => {
      if (path === 'suspend') other.abort();
    };
    await expect(run(atOnce, many(40), { signal: other.signal })).rejects.toMatchObject({ code: 'ERR_SCST_APPLY_ABORTED' });
    expect(atOnce.suspended).toBe(0);
  });

  it('leaves the suspensions of others alone', async () => {
    const tree = new FakeScst();
    await run(tree, many(40));
    await tree.write('suspend', '0');
    await run(tree, many(80).replace('\t\tsession_name s\n', ''));
    expect([tree.mostSuspended, tree.suspended]).toEqual([2, 1]);
  });

  it('is not begun when it cannot be noted', async () => {
    const tree = new FakeScst();
    await writeFile(join(directory, 'run'), 'a file where a directory belongs');
    const report = await run(tree, many(40));
    expect(report.converged).toBe(true);
    expect(tree.mostSuspended).toBe(0);
    expect(report.notes.join()).toContain('not suspended');
  });
});

describe('a suspension left over', () => {
  const mark: SuspensionMark = { tree: 'a fake', countBefore: 0, pid: 2 ** 22 + 1, since: '2026-01-01T00:00:00.000Z' };

  it('is noticed and ended by the next apply, which says so', async () => {
    const tree = new FakeScst();
    await tree.write('suspend', '0');
    await journal.write(mark);
    expect(await findLeftoverSuspension(tree, journal)).toMatchObject({ mark, count: 1 });
    const report = await run(tree, many(1));
    expect(report.notes.join()).toContain('had left SCST suspended');
    expect(tree.suspended).toBe(0);
    expect((await run(tree, many(1))).notes).toEqual([]);
  });

  it('is not one while its maker lives, or when it is over, or of another boot or tree', async () => {
    const tree = new FakeScst();
    await journal.write(mark);
    expect(await findLeftoverSuspension(tree, journal)).toBeUndefined();
    expect(await journal.read()).toBeUndefined();
    await tree.write('suspend', '0');
    for (const other of [{ ...mark, pid: process.pid }, { ...mark, bootId: 'another' }, { ...mark, tree: 'another' }, { ...mark, countBefore: 1 }]) {
      await journal.write(other);
      expect(await findLeftoverSuspension(tree, journal)).toBeUndefined();
    }
    expect(tree.suspended).toBe(1);
  });

  it('takes a mark that was cut short for none', async () => {
    await journal.write(mark);
    await writeFile(join(directory, 'run', 'mark.json'), '{"tree":');
    expect(await journal.read()).toBeUndefined();
  });
});
