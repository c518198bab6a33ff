import { afterAll, beforeAll, expect, it } from 'vitest';
import { exportFile, Workplace } from './workplace.js';

let first: Workplace;
let second: Workplace;

beforeAll(async () => {
  [first, second] = await Promise.all([Workplace.create(), Workplace.create()]);
}, 60_000);

afterAll(async () => {
  await first[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
});

it('two servers do not write to one file, and the second has it at once when the first is killed', { timeout: 120_000 }, async () => {
  const file = await first.file('disk.img', 1024 * 1024);
  await using one = await first.serve();
  {
    await using scst = await first.connect();
    await exportFile(scst, 'disk', file, 0);
    await exportFile(scst, 'twin', file, 1);
  }
  await using other = await second.serve();
  const add = (words: readonly string[]): ReturnType<Workplace['cli']> => second.cli('device', 'add', 'disk', '--file', file, ...words);
  const refused = await add([]);
  expect(refused.stderr).toContain(`locked by another process (node, number ${one.pid})`);
  expect(refused.exit).not.toBe(0);
  expect(await add(['read_only=1'])).toMatchObject({ exit: 0 });
  expect(await second.cli('device', 'remove', 'disk')).toMatchObject({ exit: 0 });

  await one.kill();
  expect(await add([])).toMatchObject({ exit: 0, stderr: '' });
  await other.kill();
  await using again = await first.serve();
  await using scst = await first.connect();
  await exportFile(scst, 'disk', file, 0);
  expect(again.isRunning).toBe(true);
});
