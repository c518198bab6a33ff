import { decodeName, encodeName, SysfsError } from '@scst/sysfs';
import { MemoryTree } from '@scst/sysfs/compliance';
import { describe, expect, it } from 'vitest';
import { OpenFile } from './open-file.js';

const { signal } = new AbortController();

/** A file whose text tells how often it was generated. */
const counting = async (): Promise<{ open: OpenFile; tree: MemoryTree; generated: () => number }> => {
  let count = 0;
  const tree = new MemoryTree().file('a', { show: () => `text ${(count += 1)} of it\n`, store: () => undefined });
  return { open: new OpenFile(await tree.open('a', 'readwrite')), tree, generated: () => count };
};

const text = async (open: OpenFile, offset: number, size: number): Promise<string> => decodeName(await open.read(offset, size, signal));

describe('OpenFile', () => {
  it('generates once for reads one after the other, up to the end', async () => {
    const { open, generated } = await counting();
    expect(await text(open, 0, 4)).toBe('text');
    expect(await text(open, 4, 3)).toBe(' 1 ');
    expect(await text(open, 7, 100)).toBe('of it\n');
    expect(await text(open, 13, 100)).toBe('');
    expect(generated()).toBe(1);
  });

  it('generates anew at offset 0, and goes on in that text', async () => {
    const { open, generated } = await counting();
    expect(await text(open, 0, 6)).toBe('text 1');
    expect(await text(open, 0, 6)).toBe('text 2');
    expect(await text(open, 6, 3)).toBe(' of');
    expect(generated()).toBe(2);
  });

  it('generates anew where a read does not begin at the end of the last one', async () => {
    const { open } = await counting();
    expect(await text(open, 5, 1)).toBe('1');
    expect(await text(open, 5, 1)).toBe('2');
    expect(await text(open, 6, 3)).toBe(' of');
    expect(await text(open, 5, 1)).toBe('3');
    expect(await text(open, 500, 1)).toBe('');
  });

  it('reads ENODEV once the object has gone, at the end of a kept text as well', async () => {
    const { open, tree } = await counting();
    expect(await text(open, 1, 100)).toBe('ext 1 of it\n');
    tree.remove('a').file('a', { show: () => 'another\n' });
    for (const offset of [13, 0, 5]) await expect(text(open, offset, 10)).rejects.toMatchObject({ code: 'ENODEV' });
    await expect(open.write(encodeName('x'), signal)).rejects.toMatchObject({ code: 'ENODEV' });
  });

  it('does not go on from a read that failed', async () => {
    let fails = true;
    const tree = new MemoryTree().file('a', {
      show: () => {
        if (fails) throw new SysfsError({ operation: 'read', path: 'a', errno: 'EAGAIN' });
        return 'abc';
      },
    });
    const open = new OpenFile(await tree.open('a', 'read'));
    await expect(text(open, 0, 1)).rejects.toMatchObject({ code: 'EAGAIN' });
    await expect(text(open, 2, 1)).rejects.toMatchObject({ code: 'EAGAIN' });
    fails = false;
    expect(await text(open, 0, 2)).toBe('ab');
    expect(await text(open, 2, 2)).toBe('c');
  });

  it('lets operations take turns, and leaves out those that were interrupted while they waited', async () => {
    const seen: string[] = [];
    const go: (() => void)[] = [];
    const tree = new MemoryTree().file('a', {
      store: (data) => {
        seen.push(decodeName(data));
        return new Promise<void>((resolve) => go.push(resolve));
      },
    });
    const open = new OpenFile(await tree.open('a', 'write'));
    const gone = new AbortController();
    const first = open.write(encodeName('1'), signal);
    const second = open.write(encodeName('2'), gone.signal);
    const third = open.write(encodeName('3'), signal);
    await new Promise(setImmediate);
    expect(seen).toEqual(['1']);
    gone.abort();
    go.shift()?.();
    expect(await first).toBe(1);
    await expect(second).rejects.toMatchObject({ code: 'EINTR' });
    await new Promise(setImmediate);
    expect(seen).toEqual(['1', '3']);
    go.shift()?.();
    expect(await third).toBe(1);
  });

  it('takes 4096 bytes of a write', async () => {
    let length = 0;
    const tree = new MemoryTree().file('a', { store: (data) => { length = data.length; } });
    const open = new OpenFile(await tree.open('a', 'write'));
    expect(await open.write(new Uint8Array(5000).fill(65), signal)).toBe(4096);
    expect(length).toBe(4096);
  });
});
