import { ERRNO, SysfsError, type ErrnoName } from '@scst/sysfs';
import { MemoryTree } from '@scst/sysfs/compliance';
import { describe, expect, it, vi } from 'vitest';
import { INIT_FLAG, initIn, initOut } from '../protocol/init.js';
import type { OpcodeName } from '../protocol/opcode.js';
import { batchForget, forgetIn } from '../protocol/requests.js';
import { ROOT_NODE } from '../served/nodes.js';
import { FakeKernel } from '../test-support/fake-kernel.js';
import { MAX_WRITE } from './session.js';

const settle = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

/** A tree with an attribute whose writes wait until they are let go. */
const waitingTree = (): { tree: MemoryTree; letGo: (() => void)[] } => {
  const letGo: (() => void)[] = [];
  const tree = new MemoryTree().file('a', { show: () => 'text\n', store: () => new Promise<void>((resolve) => letGo.push(resolve)) });
  return { tree, letGo };
};

describe('INIT', () => {
  it('agrees on the lower minor, and takes of the capabilities only those it needs', async () => {
    const kernel = new FakeKernel(new MemoryTree());
    const answer = initOut.decode(await kernel.init(45));
    expect(answer).toMatchObject({ major: 7, minor: 31, max_write: MAX_WRITE, time_gran: 1 });
    expect(answer.flags).toBe(INIT_FLAG.BIG_WRITES | INIT_FLAG.PARALLEL_DIROPS | INIT_FLAG.MAX_PAGES);
    await expect(kernel.session.started).resolves.toBeUndefined();
    expect(initOut.decode(await new FakeKernel(new MemoryTree()).init(27))).toMatchObject({ major: 7, minor: 27 });
  });

  it('accepts no capability the kernel does not offer', async () => {
    const kernel = new FakeKernel(new MemoryTree());
    const body = await kernel.call('INIT', 0, initIn.encode({ major: 7, minor: 31, max_readahead: 0, flags: INIT_FLAG.BIG_WRITES }));
    expect(initOut.decode(body).flags).toBe(INIT_FLAG.BIG_WRITES);
  });

  it('refuses a kernel that is too old, and says which it was', async () => {
    const kernel = new FakeKernel(new MemoryTree());
    await expect(kernel.init(22)).rejects.toThrow(`errno ${ERRNO.EPROTO}`);
    await expect(kernel.session.started).rejects.toThrow('7.22');
  });

  it('tells a kernel of a later major version ours, and waits for it to begin again', async () => {
    const kernel = new FakeKernel(new MemoryTree());
    expect(initOut.decode(await kernel.init(3, 8))).toMatchObject({ major: 7, minor: 31 });
    expect(kernel.session.protocol).toBeUndefined();
    await kernel.init(31);
    expect(kernel.session.protocol).toEqual({ major: 7, minor: 31 });
  });
});

describe('what is not served', () => {
  it.each<[OpcodeName, ErrnoName]>([
    ['MKDIR', 'EPERM'],
    ['RMDIR', 'EPERM'],
    ['RENAME', 'EPERM'],
    ['SYMLINK', 'EPERM'],
    ['UNLINK', 'EPERM'],
    ['LINK', 'EPERM'],
    ['MKNOD', 'EPERM'],
    ['RENAME2', 'EINVAL'],
    ['CREATE', 'EACCES'],
    ['IOCTL', 'ENOTTY'],
    ['TMPFILE', 'EOPNOTSUPP'],
    ['FLUSH', 'ENOSYS'],
    ['STATX', 'ENOSYS'],
    ['GETXATTR', 'ENOSYS'],
  ])('%s is refused with %s', async (opcode, errno) => {
    await expect(new FakeKernel(new MemoryTree()).call(opcode, ROOT_NODE)).rejects.toThrow(`errno ${ERRNO[errno]}`);
  });

  it('requests of later versions of the protocol are ENOSYS', async () => {
    await expect(new FakeKernel(new MemoryTree()).call(4000, ROOT_NODE)).rejects.toThrow(`errno ${ERRNO.ENOSYS}`);
  });
});

describe('requests that are broken', () => {
  it('are reported; those that can be answered are, with EINVAL, and the session goes on', async () => {
    const kernel = new FakeKernel(new MemoryTree().file('a', { show: () => '' }));
    kernel.session.receive(new Uint8Array(7));
    await expect(kernel.call('OPEN', (await kernel.lookup('a')).nodeid, new Uint8Array(3))).rejects.toThrow(`errno ${ERRNO.EINVAL}`);
    kernel.post('BATCH_FORGET', 0, new Uint8Array(2));
    expect(kernel.errors).toHaveLength(3);
    expect(kernel.strays).toEqual([]);
    expect((await kernel.lookup('a')).attr.mode).toBe(0o100444);
  });

  it('about nodes and handles that were never given get ESTALE and EBADF', async () => {
    const kernel = new FakeKernel(new MemoryTree());
    await expect(kernel.call('GETATTR', 99, new Uint8Array(16))).rejects.toThrow(`errno ${ERRNO.ESTALE}`);
    await expect(kernel.read(99, 0)).rejects.toThrow(`errno ${ERRNO.EBADF}`);
    expect(kernel.errors).toEqual([]);
  });
});

describe('errors of the tree', () => {
  const failing = (error: unknown): FakeKernel => {
    const tree = new MemoryTree().file('a', { store: () => undefined });
    vi.spyOn(tree, 'stat').mockRejectedValue(error);
    return new FakeKernel(tree);
  };

  it('are answered with their errno, unusual ones too', async () => {
    for (const errno of ['EBADSLT', 'EMEDIUMTYPE', 'EAGAIN', 'EFAULT', 'ENOTBLK'] as const) {
      const kernel = failing(new SysfsError({ operation: 'stat', path: 'a', errno }));
      await expect(kernel.lookup('a')).rejects.toThrow(`errno ${ERRNO[errno]}`);
      expect(kernel.errors).toEqual([]);
    }
  });

  it('take the number of errors of Node, which is negated', async () => {
    await expect(failing(Object.assign(new Error('x'), { errno: -28 })).lookup('a')).rejects.toThrow('errno 28');
  });

  it('without an errno the kernel would take are EIO, and are reported', async () => {
    for (const error of [new Error('x'), 'x', Object.assign(new Error('x'), { errno: 512 }), Object.assign(new Error('x'), { errno: 1.5 })]) {
      const kernel = failing(error);
      await expect(kernel.lookup('a')).rejects.toThrow(`errno ${ERRNO.EIO}`);
      expect(kernel.errors).toEqual([error]);
    }
  });
});

describe('INTERRUPT', () => {
  it('answers a blocked write with EINTR and aborts its signal', async () => {
    const { tree, letGo } = waitingTree();
    const kernel = new FakeKernel(tree);
    const fh = await kernel.open((await kernel.lookup('a')).nodeid, 1);
    const { unique, reply } = kernel.startWrite(fh, 'x');
    await settle();
    expect(kernel.session.inFlight).toBe(1);
    kernel.interrupt(unique);
    expect((await reply).errno).toBe(ERRNO.EINTR);
    expect(kernel.session.inFlight).toBe(0);
    letGo[0]?.();
    await settle();
    expect(kernel.strays).toEqual([]);
  });

  it('answers even where the tree does not listen to the signal', async () => {
    const tree = new MemoryTree().file('a', { store: () => undefined });
    const file = await tree.open('a', 'write');
    vi.spyOn(tree, 'open').mockResolvedValue(file);
    const aborted = vi.fn();
    vi.spyOn(file, 'write').mockImplementation((_data, options) => {
      options?.signal?.addEventListener('abort', aborted);
      return new Promise(() => undefined);
    });
    const kernel = new FakeKernel(tree);
    const { unique, reply } = kernel.startWrite(await kernel.open((await kernel.lookup('a')).nodeid, 1), 'x');
    await settle();
    kernel.interrupt(unique);
    expect((await reply).errno).toBe(ERRNO.EINTR);
    expect(aborted).toHaveBeenCalledOnce();
  });

  it('lets quick operations finish, and ends them only when they hang', async () => {
    vi.useFakeTimers();
    try {
      const tree = new MemoryTree().file('a', { show: () => '' });
      let finish = (): void => undefined;
      const stat = tree.stat.bind(tree);
      vi.spyOn(tree, 'stat').mockImplementation(async (path) => {
        await new Promise<void>((resolve) => { finish = resolve; });
        return await stat(path);
      });
      const kernel = new FakeKernel(tree);
      const name = new TextEncoder().encode('a\0');
      const quick = kernel.request('LOOKUP', ROOT_NODE, name);
      kernel.interrupt(quick.unique);
      finish();
      expect((await quick.reply).errno).toBe(0);
      const hangs = kernel.request('LOOKUP', ROOT_NODE, name);
      kernel.interrupt(hangs.unique);
      kernel.interrupt(hangs.unique);
      vi.advanceTimersByTime(1001);
      expect((await hangs.reply).errno).toBe(ERRNO.EINTR);
    } finally {
      vi.useRealTimers();
    }
  });

  it('of a request that was answered does nothing', async () => {
    const kernel = new FakeKernel(new MemoryTree().file('a', { show: () => '' }));
    await kernel.lookup('a');
    kernel.interrupt(2);
    expect(kernel.strays).toEqual([]);
  });
});

describe('limits', () => {
  it('ask the tree for so many transfers at a time; lookups go on, and those who wait can be interrupted', async () => {
    const { tree, letGo } = waitingTree();
    const kernel = new FakeKernel(tree, { maxTransfers: 2 });
    const writes: ReturnType<FakeKernel['startWrite']>[] = [];
    for (let index = 0; index < 4; index += 1) writes.push(kernel.startWrite(await kernel.open((await kernel.lookup('a')).nodeid, 1), 'x'));
    await settle();
    expect(letGo).toHaveLength(2);
    expect((await kernel.lookup('a')).attr.size).toBe(4096);
    kernel.interrupt(writes[2]!.unique);
    expect((await writes[2]!.reply).errno).toBe(ERRNO.EINTR);
    letGo[0]?.();
    expect((await writes[0]!.reply).errno).toBe(0);
    await settle();
    expect(letGo).toHaveLength(3);
    for (const go of letGo) go();
    expect((await writes[3]!.reply).errno).toBe(0);
    await kernel.session.idle();
    expect(kernel.session.inFlight).toBe(0);
  });

  it('refuse one file too many with ENFILE, until one is closed', async () => {
    const kernel = new FakeKernel(new MemoryTree().file('a', { show: () => 'x' }), { maxOpenFiles: 2 });
    const { nodeid } = await kernel.lookup('a');
    const first = await kernel.open(nodeid);
    await kernel.open(nodeid);
    await expect(kernel.open(nodeid)).rejects.toThrow(`errno ${ERRNO.ENFILE}`);
    await kernel.release(first);
    expect(await kernel.read(await kernel.open(nodeid), 0)).toBe('x');
  });
});

describe('answers the kernel no longer wants', () => {
  it('leave no open file and no node behind', async () => {
    const tree = new MemoryTree().file('a', { show: () => 'x' });
    const kernel = new FakeKernel(tree);
    const { nodeid } = await kernel.lookup('a');
    kernel.wantsReplies = false;
    await kernel.open(nodeid);
    await kernel.lookup('a');
    await settle();
    expect(kernel.served.files.size).toBe(0);
    kernel.post('FORGET', nodeid, forgetIn.encode({ nlookup: 1 }));
    expect(kernel.served.nodes.size).toBe(1);
  });

  it('close a file that was opened after its open(2) had been given up', async () => {
    vi.useFakeTimers();
    const tree = new MemoryTree().file('a', { show: () => 'x' });
    const file = await tree.open('a', 'read');
    const close = vi.spyOn(file, 'close');
    let opened = (): void => undefined;
    vi.spyOn(tree, 'open').mockImplementation(() => new Promise((resolve) => { opened = () => { resolve(file); }; }));
    const kernel = new FakeKernel(tree);
    const { nodeid } = await kernel.lookup('a');
    const { unique, reply } = kernel.request('OPEN', nodeid, new Uint8Array(8));
    kernel.interrupt(unique);
    vi.advanceTimersByTime(1001);
    vi.useRealTimers();
    expect((await reply).errno).toBe(ERRNO.EINTR);
    opened();
    await settle();
    expect(close).toHaveBeenCalledOnce();
    expect(kernel.served.files.size).toBe(0);
  });
});

describe('the end of the connection', () => {
  it('aborts what is in flight without a reply, and closes what is open', async () => {
    const { tree, letGo } = waitingTree();
    const kernel = new FakeKernel(tree);
    await kernel.init();
    const fh = await kernel.open((await kernel.lookup('a')).nodeid, 1);
    let answered = false;
    void kernel.startWrite(fh, 'x').reply.then(() => { answered = true; });
    await settle();
    kernel.session.abandon();
    expect(kernel.session.inFlight).toBe(0);
    expect(kernel.served.files.size).toBe(0);
    letGo[0]?.();
    await settle();
    expect(answered).toBe(false);
  });

  it('before it began is an error for who waits for the beginning', async () => {
    const kernel = new FakeKernel(new MemoryTree());
    kernel.session.abandon();
    await expect(kernel.session.started).rejects.toThrow('before it began');
  });

  it('forgets nodes in batches', async () => {
    const kernel = new FakeKernel(new MemoryTree().file('a/b', { show: () => '' }));
    const b = await kernel.lookup('a/b');
    const a = await kernel.lookup('a');
    kernel.post('BATCH_FORGET', 0, batchForget.encode([{ nodeid: b.nodeid, nlookup: 1 }, { nodeid: a.nodeid, nlookup: 2 }]));
    expect(kernel.served.nodes.size).toBe(1);
  });
});
