import { AttributeRefusal, MemoryTree, standardMemoryTree, treeCompliance } from '@scst/sysfs/compliance';
import { SysfsError, type SysfsTree } from '@scst/sysfs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { pair, type Pair } from './testing/fixture.js';

describe('a tree behind a socket', () => {
  const create = async (): Promise<{ tree: SysfsTree; close: () => Promise<void> }> => {
    const { remote, close } = await pair();
    return { tree: remote.tree, close };
  };
  for (const { name, run } of treeCompliance({ create })) it(name, run);
});

describe('a tree behind a socket, with few connections', () => {
  let served: Pair;
  beforeAll(async () => {
    served = await pair({}, {}, { connections: 2 });
  });
  afterAll(() => served.close());
  for (const { name, run } of treeCompliance({ create: () => ({ tree: served.remote.tree }) })) it(name, run);
});

describe('RemoteTree', () => {
  let open: Pair | undefined;
  afterEach(async () => {
    await open?.close();
    open = undefined;
  });

  it('rebuilds errors with everything but what only the server knows', async () => {
    const tree = new MemoryTree().file('a', {
      store: () => {
        throw new AttributeRefusal('EMEDIUMTYPE', 'not active');
      },
    });
    open = await pair({ tree });
    const local = await tree.write('a', 'x').catch((error: unknown) => error);
    const remote = await open.remote.tree.write('a', 'x').catch((error: unknown) => error);
    expect(remote).toBeInstanceOf(SysfsError);
    const { operation, path, code, errno, at, input, reason, hint, message } = local as SysfsError;
    expect(remote).toMatchObject({ operation, path, code, errno, at, reason, hint, message });
    expect([...((remote as SysfsError).input ?? [])]).toEqual([...(input ?? [])]);
  });

  it('ends the server’s work when a call is aborted, and its waiting at once', async () => {
    const aborted: string[] = [];
    const inner = standardMemoryTree();
    const tree: SysfsTree = {
      description: 'slow',
      stat: inner.stat.bind(inner),
      list: inner.list.bind(inner),
      readlink: inner.readlink.bind(inner),
      open: inner.open.bind(inner),
      chmod: inner.chmod.bind(inner),
      read: inner.read.bind(inner),
      write: (path, _data, options) =>
        new Promise((_resolve, reject) => {
          options?.signal?.addEventListener('abort', () => {
            aborted.push(path);
            reject(new SysfsError({ operation: 'write', path, errno: 'EINTR' }));
          });
        }),
    };
    open = await pair({ tree });
    await expect(open.remote.tree.write('slow', 'x', { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ code: 'EINTR', path: 'slow' });
    await expect.poll(() => aborted).toEqual(['slow']);
    expect((await open.remote.tree.stat('version')).type).toBe('file');
  });

  it('reads while as many writes are blocked as there are connections for them', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const tree = new MemoryTree().file('slow', { store: () => gate }).file('quick', { show: () => 'text' });
    open = await pair({ tree }, {}, { connections: 4 });
    const { remote } = open;
    const writes = Array.from({ length: 16 }, () => remote.tree.write('slow', 'x'));
    expect(new TextDecoder().decode(await remote.tree.read('quick'))).toBe('text');
    release();
    expect(await Promise.all(writes)).toEqual(Array.from({ length: 16 }, () => 1));
  });

  it('says what to start when the server has gone, for files held open as well', async () => {
    open = await pair();
    const { remote, server } = open;
    const file = await remote.tree.open('version', 'read');
    await server.close();
    await expect(remote.tree.read('version')).rejects.toMatchObject({ code: 'ECONNREFUSED', at: 'open', hint: 'Start one: scst-local serve.' });
    await expect(remote.tree.open('version', 'read')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(file.read()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await file.close();
  });

  it('gives up after the timeout it was given', async () => {
    const tree = new MemoryTree().file('never', { show: () => new Promise<string>(() => undefined) });
    open = await pair({ tree }, { drainTimeout: 10 }, { timeout: 50 });
    await expect(open.remote.tree.read('never')).rejects.toMatchObject({ code: 'ETIMEDOUT', reason: 'no answer came within 50 ms' });
  });

  it('goes on after the server was started anew, files held open before excepted', async () => {
    open = await pair();
    const first = open;
    const file = await first.remote.tree.open('version', 'read');
    await first.server.close();
    const { serve } = await import('./server/serve.js');
    const second = await serve({ tree: standardMemoryTree() }, { socket: first.socket });
    try {
      expect((await first.remote.tree.stat('version')).type).toBe('file');
      await expect(file.read()).rejects.toMatchObject({ code: 'ENODEV', path: 'version' });
      await using again = await first.remote.tree.open('version', 'read');
      expect((await again.read({ count: 4 })).length).toBe(4);
    } finally {
      await second.close();
    }
  });
});
