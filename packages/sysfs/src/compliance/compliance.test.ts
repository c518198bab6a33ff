import { describe, expect, it } from 'vitest';
import { SysfsError } from '../errors.js';
import type { SysfsTree } from '../tree.js';
import { MemoryTree, standardMemoryTree, treeCompliance, AttributeRefusal } from './index.js';

describe('a tree in memory', () => {
  for (const { name, run } of treeCompliance({ create: () => ({ tree: standardMemoryTree() }) })) it(name, run);
});

describe('one tree in memory for all cases', () => {
  const tree = standardMemoryTree();
  for (const { name, run } of treeCompliance({ create: () => ({ tree }) })) it(name, run);
});

describe('the suite', () => {
  const failures = async (tree: SysfsTree): Promise<string[]> => {
    const failed: string[] = [];
    for (const { name, run } of treeCompliance({ create: () => ({ tree }) })) await run().catch(() => failed.push(name));
    return failed;
  };
  const spoilt = (change: Partial<SysfsTree>): SysfsTree => {
    const tree = standardMemoryTree();
    const whole: SysfsTree = {
      description: 'spoilt',
      stat: tree.stat.bind(tree),
      list: tree.list.bind(tree),
      readlink: tree.readlink.bind(tree),
      open: tree.open.bind(tree),
      read: tree.read.bind(tree),
      write: tree.write.bind(tree),
      chmod: tree.chmod.bind(tree),
    };
    return { ...whole, ...change };
  };

  it('notices a tree that lists out of order', async () => {
    const tree = standardMemoryTree();
    const list: SysfsTree['list'] = async (path, options) => (await tree.list(path, options)).reverse();
    expect(await failures(spoilt({ list }))).toContain('list has every entry with its type, sorted by bytes');
  });

  it('notices a tree that passes empty writes on', async () => {
    const tree = standardMemoryTree();
    const write: SysfsTree['write'] = (path, data, options) => tree.write(path, data.length === 0 ? '\n' : data, options);
    expect(await failures(spoilt({ write, read: tree.read.bind(tree), chmod: tree.chmod.bind(tree) }))).toContain(
      'a write of zero bytes succeeds and reaches nothing',
    );
  });

  it('notices a tree that continues long writes', async () => {
    const tree = standardMemoryTree();
    const write: SysfsTree['write'] = (_path, data) => Promise.resolve(data.length);
    expect(await failures(spoilt({ write, read: tree.read.bind(tree) }))).toContain('a write returns the bytes taken, at most 4096');
  });

  it('closes what it was given, also after a failure', async () => {
    let closed = 0;
    const close = (): Promise<void> => {
      closed += 1;
      return Promise.resolve();
    };
    const cases = treeCompliance({ create: () => ({ tree: new MemoryTree(), close }), parts: ['files'] });
    const outcomes = await Promise.allSettled(cases.map((one) => one.run()));
    expect(outcomes.some((outcome) => outcome.status === 'rejected')).toBe(true);
    expect(closed).toBe(cases.length);
  });
});

describe('MemoryTree', () => {
  it('turns a refusal into a SysfsError with the reason', async () => {
    const tree = new MemoryTree().file('a', {
      store: () => {
        throw new AttributeRefusal('EBADSLT', 'taken');
      },
    });
    const error = await tree.write('a', 'x').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SysfsError);
    expect(error).toMatchObject({ code: 'EBADSLT', errno: 57, at: 'transfer', reason: 'taken', path: 'a' });
  });

  it('gives ELOOP for links in a circle and ENOENT for links out of the tree', async () => {
    const tree = new MemoryTree().link('a', 'b').link('b', 'a').link('c/d', '../../x').link('e', '/x');
    await expect(tree.read('a')).rejects.toMatchObject({ code: 'ELOOP' });
    await expect(tree.read('c/d')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(tree.read('e')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await tree.readlink('c/d')).toBe('../../x');
  });

  it('follows a chain of links within a path', async () => {
    const tree = new MemoryTree().file('real/deep/file', { show: () => 'text' }).link('one/two', '../three').link('three', 'real/deep');
    expect(new TextDecoder().decode(await tree.read('one/two/file'))).toBe('text');
  });

  it('waits for slow callbacks, and ends the waiting on a signal', async () => {
    const done: string[] = [];
    const tree = new MemoryTree().file('slow', {
      store: async (data) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        done.push(new TextDecoder().decode(data));
      },
    });
    await tree.write('slow', 'a');
    expect(done).toEqual(['a']);
    await expect(tree.write('slow', 'b', { signal: AbortSignal.timeout(1) })).rejects.toMatchObject({ code: 'EINTR' });
    await expect.poll(() => done).toEqual(['a', 'b']);
  });
});
