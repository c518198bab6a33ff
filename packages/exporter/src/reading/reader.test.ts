import { MemoryTree } from '@scst/sysfs/compliance';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { limitsOf, type ScrapeLimits } from '../options.js';
import { StuckReads, TreeReader } from './reader.js';

const readerOf = (tree: MemoryTree, stuck: StuckReads, limits: ScrapeLimits, timeout = 5000): TreeReader => new TreeReader(tree, { limits: limitsOf(limits), stuck, signal: new AbortController().signal, timeout });

const errorsOf = (reader: TreeReader): (string | number)[][] => [...reader.errors].map(({ attribute, reason, count }) => [attribute, reason, count]);

describe('a reader', () => {
  it('has no more under way than it may', async () => {
    const tree = new MemoryTree();
    let [now, most] = [0, 0];
    for (let index = 0; index < 50; index++) {
      tree.file(`f${index}`, {
        show: async () => {
          now += 1;
          most = Math.max(most, now);
          await sleep(1);
          now -= 1;
          return `${index}\n`;
        },
      });
    }
    const reader = readerOf(tree, new StuckReads(10), { concurrency: 7 });
    const values = await Promise.all(Array.from({ length: 50 }, (_, index) => reader.read(`f${index}`, 'f')));
    reader.end();
    expect(values).toEqual(Array.from({ length: 50 }, (_, index) => String(index)));
    expect([most, reader.reads, reader.errors.total]).toEqual([7, 50, 0]);
  });

  it('gives up what is stuck, lets the others pass, and does not begin it again while it is under way', async () => {
    let release = (): void => undefined;
    let begun = 0;
    const tree = new MemoryTree().file('good', { show: () => '1\n' }).file('stuck', {
      show: () => {
        begun += 1;
        return new Promise<string>((resolve) => {
          release = () => { resolve('2\n'); };
        });
      },
    });
    const stuck = new StuckReads(10);
    const limits = { concurrency: 1, attributeTimeout: 50 };
    const first = readerOf(tree, stuck, limits);
    expect(await Promise.all([first.read('stuck', 'stuck'), first.read('good', 'good')])).toEqual([undefined, '1']);
    first.end();
    expect(errorsOf(first)).toEqual([['stuck', 'timeout', 1]]);

    const second = readerOf(tree, stuck, limits);
    expect(await Promise.all([second.read('stuck', 'stuck'), second.read('good', 'good')])).toEqual([undefined, '1']);
    expect([errorsOf(second), begun, stuck.size]).toEqual([[['stuck', 'stuck', 1]], 1, 1]);
    release();
    await sleep(5);
    expect([await second.read('stuck', 'stuck').then(() => begun), stuck.size]).toEqual([2, 1]);
    second.end();
    release();
  });

  it('begins nothing more once too much is stuck', async () => {
    const tree = new MemoryTree();
    for (const name of ['a', 'b', 'c']) tree.file(name, { show: () => new Promise<string>(() => undefined) });
    const reader = readerOf(tree, new StuckReads(2), { concurrency: 2, attributeTimeout: 30 });
    await Promise.all(['a', 'b', 'c'].map((name) => reader.read(name, name)));
    reader.end();
    expect(errorsOf(reader)).toEqual([['a', 'timeout', 1], ['b', 'timeout', 1], ['c', 'stuck', 1]]);
  });

  it('ends at the deadline with what it has', async () => {
    const tree = new MemoryTree().file('good', { show: () => '1\n' });
    for (const name of ['a', 'b', 'c']) tree.file(name, { show: () => new Promise<string>(() => undefined) });
    const began = performance.now();
    const reader = readerOf(tree, new StuckReads(10), { concurrency: 2 }, 100);
    const results = await Promise.all(['good', 'a', 'b', 'c'].map((name) => reader.read(name, name)));
    expect(performance.now() - began).toBeLessThan(4000);
    expect(results).toEqual(['1', undefined, undefined, undefined]);
    expect(errorsOf(reader)).toEqual([['a', 'deadline', 1], ['b', 'deadline', 1], ['c', 'deadline', 1]]);
    expect(await reader.read('good', 'good')).toBeUndefined();
  });

  it('lets the rest of the process have its turn', async () => {
    const tree = new MemoryTree().file('slow', {
      show: () => {
        const until = performance.now() + 1;
        while (performance.now() < until);
        return '1\n';
      },
    });
    const reader = readerOf(tree, new StuckReads(10), {});
    let [turns, over] = [0, false];
    const turn = (): void => {
      turns += 1;
      if (!over) setImmediate(turn);
    };
    setImmediate(turn);
    await Promise.all(Array.from({ length: 200 }, () => reader.read('slow', 'slow')));
    over = true;
    reader.end();
    expect(turns).toBeGreaterThan(3);
    expect(reader.reads).toBe(200);
  });

  it('takes what has gone for no error, and what is refused for one', async () => {
    const tree = new MemoryTree().file('secret', { store: () => undefined }).directory('d');
    const reader = readerOf(tree, new StuckReads(10), {});
    expect(await reader.read('gone', 'x')).toBeUndefined();
    expect(await reader.list('gone', 'x')).toEqual([]);
    expect(await reader.link('gone', 'x')).toBeUndefined();
    expect(reader.errors.total).toBe(0);
    expect(await reader.read('secret', 'secret')).toBeUndefined();
    expect(await reader.other<number>('k', 'other', () => Promise.reject(new Error('no')))).toBeUndefined();
    reader.end();
    expect(errorsOf(reader)).toEqual([['secret', 'EACCES', 1], ['other', 'other', 1]]);
  });
});
