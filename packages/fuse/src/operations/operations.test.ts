import { ERRNO } from '@scst/sysfs';
import { MemoryTree } from '@scst/sysfs/compliance';
import { describe, expect, it } from 'vitest';
import { attrOut, FATTR, GETATTR_FH, getattrIn, setattrIn } from '../protocol/attributes.js';
import { dirents } from '../protocol/dirent.js';
import { openIn, openOut, readIn } from '../protocol/files.js';
import { nameIn } from '../protocol/requests.js';
import { ROOT_NODE } from '../served/nodes.js';
import { FakeKernel } from '../test-support/fake-kernel.js';

const getattr = async (kernel: FakeKernel, nodeid: number, flags = 0): Promise<ReturnType<typeof attrOut.decode>> =>
  attrOut.decode(await kernel.call('GETATTR', nodeid, getattrIn.encode({ getattr_flags: flags, fh: 0 })));

const setattr = (kernel: FakeKernel, nodeid: number, valid: number, values: { mode?: number; uid?: number; gid?: number; size?: number } = {}): Promise<Uint8Array> =>
  kernel.call('SETATTR', nodeid, setattrIn.encode({ valid, size: values.size ?? 0, mode: values.mode ?? 0, uid: values.uid ?? 0, gid: values.gid ?? 0 }));

const list = async (kernel: FakeKernel, nodeid: number, size = 4096): Promise<string[]> => {
  const { fh } = openOut.decode(await kernel.call('OPENDIR', nodeid, openIn.encode({ flags: 0 })));
  const names: string[] = [];
  for (let offset = 0; ; ) {
    const entries = dirents.decode(await kernel.call('READDIR', nodeid, readIn.encode({ fh, offset, size })));
    const last = entries.at(-1);
    if (last === undefined) return names;
    names.push(...entries.map((entry) => Buffer.from(entry.name).toString('latin1')));
    offset = last.off;
  }
};

const tree = (): MemoryTree =>
  new MemoryTree()
    .file('value', { show: () => 'v\n', store: () => undefined })
    .file('fixed', { show: () => 'f\n' })
    .file('secret', { store: () => undefined })
    .directory('d/e')
    .link('d/l', '../value');

describe('attributes', () => {
  it('are those of sysfs: size 4096, link counts, modes', async () => {
    const kernel = new FakeKernel(tree());
    expect((await kernel.lookup('value')).attr).toMatchObject({ mode: 0o100644, size: 4096, nlink: 1, uid: 0, gid: 0 });
    expect((await kernel.lookup('d')).attr).toMatchObject({ mode: 0o040755, size: 0, nlink: 3 });
    expect((await kernel.lookup('d/l')).attr).toMatchObject({ mode: 0o120777, size: 0, nlink: 1 });
    expect((await getattr(kernel, ROOT_NODE)).attr.mode).toBe(0o040755);
  });

  it('may be kept by the kernel for a moment, those of directories and all names not at all', async () => {
    const kernel = new FakeKernel(tree());
    expect(await kernel.lookup('value')).toMatchObject({ entry_valid: 0, entry_valid_nsec: 0, attr_valid: 0, attr_valid_nsec: 1 });
    expect(await kernel.lookup('d')).toMatchObject({ entry_valid: 0, entry_valid_nsec: 0, attr_valid: 0, attr_valid_nsec: 0 });
  });

  it('and names may be kept as long as asked for', async () => {
    const kernel = new FakeKernel(tree(), { cacheMilliseconds: 1250 });
    const kept = { entry_valid: 1, entry_valid_nsec: 250_000_000, attr_valid: 1, attr_valid_nsec: 250_000_000 };
    expect(await kernel.lookup('value')).toMatchObject(kept);
    expect(await kernel.lookup('d')).toMatchObject(kept);
  });

  it('change by chmod alone', async () => {
    const kernel = new FakeKernel(tree());
    const { nodeid } = await kernel.lookup('value');
    expect(attrOut.decode(await setattr(kernel, nodeid, FATTR.MODE, { mode: 0o100600 })).attr.mode).toBe(0o100600);
    expect((await kernel.lookup('value')).attr.mode).toBe(0o100600);
    expect(attrOut.decode(await setattr(kernel, nodeid, FATTR.SIZE, { size: 0 })).attr.size).toBe(4096);
    await setattr(kernel, nodeid, FATTR.UID | FATTR.GID);
    await expect(setattr(kernel, nodeid, FATTR.UID, { uid: 5 })).rejects.toThrow(`errno ${ERRNO.EPERM}`);
  });

  it('of an open file are known after its object has gone, of a name not', async () => {
    const memory = tree();
    const kernel = new FakeKernel(memory);
    const { nodeid } = await kernel.lookup('value');
    memory.remove('value');
    expect((await getattr(kernel, nodeid, GETATTR_FH)).attr.mode).toBe(0o100644);
    await expect(getattr(kernel, nodeid)).rejects.toThrow(`errno ${ERRNO.ENOENT}`);
  });

  it('of a node whose name is something else by now are gone', async () => {
    const memory = tree();
    const kernel = new FakeKernel(memory);
    const { nodeid } = await kernel.lookup('value');
    memory.remove('value').directory('value');
    await expect(getattr(kernel, nodeid)).rejects.toThrow(`errno ${ERRNO.ENOENT}`);
    expect((await kernel.lookup('value')).nodeid).not.toBe(nodeid);
  });
});

describe('open', () => {
  it('checks the mode as sysfs does, for root as well', async () => {
    const kernel = new FakeKernel(tree());
    const fixed = (await kernel.lookup('fixed')).nodeid;
    const secret = (await kernel.lookup('secret')).nodeid;
    for (const flags of [1, 2, 3]) await expect(kernel.open(fixed, flags)).rejects.toThrow(`errno ${ERRNO.EACCES}`);
    for (const flags of [0, 2, 3]) await expect(kernel.open(secret, flags)).rejects.toThrow(`errno ${ERRNO.EACCES}`);
    expect(await kernel.read(await kernel.open(fixed), 0)).toBe('f\n');
    expect(await kernel.write(await kernel.open(secret, 1), 'x')).toBe(1);
  });

  it('of an object that has gone is ENOENT, also when its name is there again', async () => {
    const memory = tree();
    const kernel = new FakeKernel(memory);
    const d = await kernel.lookup('d');
    const e = await kernel.lookup('d/e');
    memory.remove('d');
    await expect(kernel.lookup('d')).rejects.toThrow(`errno ${ERRNO.ENOENT}`);
    memory.directory('d/e');
    await expect(kernel.call('OPENDIR', e.nodeid, new Uint8Array(8))).rejects.toThrow(`errno ${ERRNO.ENOENT}`);
    expect((await kernel.lookup('d')).nodeid).not.toBe(d.nodeid);
  });
});

describe('a write', () => {
  it('takes 4096 bytes of a longer one', async () => {
    const kernel = new FakeKernel(tree());
    expect(await kernel.write(await kernel.open((await kernel.lookup('value')).nodeid, 1), 'x'.repeat(5000))).toBe(4096);
  });
});

describe('names', () => {
  it('are bytes', async () => {
    const kernel = new FakeKernel(new MemoryTree().file('caf\uDCE9', { show: () => 'latin\n' }));
    expect(await list(kernel, ROOT_NODE)).toEqual(['.', '..', 'caf\xe9']);
    const entry = await kernel.call('LOOKUP', ROOT_NODE, nameIn.encode(Uint8Array.from([0x63, 0x61, 0x66, 0xe9])));
    expect(entry.length).toBe(128);
  });

  it('of more than 255 bytes are listed and found; those a kernel cannot list are left out', async () => {
    const names = [255, 256, 1024, 1025, 4000, 4090].map((length) => 'n'.repeat(length));
    const memory = new MemoryTree();
    for (const name of names) memory.file(name, { show: () => '' });
    const old = new FakeKernel(memory);
    await old.init(38);
    expect((await list(old, ROOT_NODE)).map((name) => name.length)).toEqual([1, 2, 255, 256, 1024]);
    const recent = new FakeKernel(memory);
    await recent.init(45);
    expect((await list(recent, ROOT_NODE)).map((name) => name.length)).toEqual([1, 2, 255, 256, 1024, 1025, 4000]);
    for (const length of [255, 256, 1024]) expect((await recent.lookup('n'.repeat(length))).attr.size).toBe(4096);
  });

  it('of 10,000 entries are read in pages, and anew from the beginning', async () => {
    const memory = new MemoryTree();
    for (let index = 0; index < 10_000; index += 1) memory.directory(`d/n${index}`);
    const kernel = new FakeKernel(memory);
    const { nodeid } = await kernel.lookup('d');
    const names = await list(kernel, nodeid);
    expect(names).toHaveLength(10_002);
    expect(new Set(names).size).toBe(10_002);
    memory.remove('d/n77');
    expect(await list(kernel, nodeid)).toHaveLength(10_001);
  });

  it('of links tell their target as stored', async () => {
    const kernel = new FakeKernel(tree());
    const { nodeid } = await kernel.lookup('d/l');
    expect(Buffer.from(await kernel.call('READLINK', nodeid)).toString()).toBe('../value');
    await expect(kernel.call('READLINK', (await kernel.lookup('value')).nodeid)).rejects.toThrow(`errno ${ERRNO.EINVAL}`);
  });
});
