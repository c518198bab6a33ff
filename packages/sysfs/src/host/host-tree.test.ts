import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync, chmodSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { treeCompliance } from '../compliance/index.js';
import { SysfsError } from '../errors.js';
import { HostTree } from './host-tree.js';
import { toSysfsError } from './system.js';

const makeFolder = (): string => {
  const root = mkdtempSync(join(tmpdir(), 'scst-sysfs-'));
  mkdirSync(join(root, 'targets'));
  writeFileSync(join(root, 'setup_id'), '0x0\n');
  chmodSync(join(root, 'setup_id'), 0o644);
  writeFileSync(join(root, 'version'), 'SCST version: 3.11.0-pre\n', { mode: 0o444 });
  return root;
};

describe('a folder of plain files', () => {
  const create = (): { tree: HostTree; close: () => Promise<void> } => {
    const root = makeFolder();
    const close = (): Promise<void> => {
      rmSync(root, { recursive: true });
      return Promise.resolve();
    };
    return { tree: new HostTree({ root }), close };
  };
  for (const { name, run } of treeCompliance({ create, parts: ['files'] })) it(name, run);
});

describe('HostTree', () => {
  let root = '';
  beforeEach(() => {
    root = makeFolder();
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it('writes at most 4096 bytes, in one write, over what is there', async () => {
    const tree = new HostTree({ root });
    expect(await tree.write('setup_id', 'x'.repeat(5000))).toBe(4096);
    expect(readFileSync(join(root, 'setup_id'), 'utf8')).toBe('x'.repeat(4096));
    // Neither O_TRUNC nor O_CREAT is used.
    await tree.write('setup_id', 'y');
    expect(readFileSync(join(root, 'setup_id'), 'utf8')).toBe(`y${'x'.repeat(4095)}`);
    expect(await tree.write('setup_id', '')).toBe(0);
    await expect(tree.write('new', 'x')).rejects.toMatchObject({ code: 'ENOENT', at: 'open' });
  });

  it('reads files of any length', async () => {
    writeFileSync(join(root, 'long'), 'z'.repeat(100_000));
    expect((await new HostTree({ root }).read('long')).length).toBe(100_000);
  });

  it('takes and gives names that are not UTF-8', async () => {
    mkdirSync(Buffer.concat([Buffer.from(`${root}/targets/`), Buffer.from([0xff, 0xfe])]));
    writeFileSync(Buffer.concat([Buffer.from(`${root}/targets/`), Buffer.from([0xff, 0xfe]), Buffer.from('/a')]), 'text');
    symlinkSync(Buffer.from([0x61, 0xff]), join(root, 'link'));
    const tree = new HostTree({ root });
    expect(await tree.list('targets')).toEqual([{ name: '\uDCFF\uDCFE', type: 'directory' }]);
    expect(new TextDecoder().decode(await tree.read('targets/\uDCFF\uDCFE/a'))).toBe('text');
    expect(await tree.readlink('link')).toBe('a\uDCFF');
    expect((await tree.list('')).find((entry) => entry.name === 'link')).toEqual({ name: 'link', type: 'link' });
  });

  it('keeps reading while more writers are blocked than there are threads, and writes each once they can', async () => {
    // Nobody reads the FIFOs yet: opening them for writing blocks a thread, as a slow command does.
    const fifos = Array.from({ length: 8 }, (_, index) => `fifo${index}`);
    for (const name of fifos) execFileSync('mkfifo', [join(root, name)]);
    const tree = new HostTree({ root });
    const controller = new AbortController();
    const writes = fifos.map((name, index) => tree.write(name, name, index === 7 ? { signal: controller.signal } : {}));
    const last = expect(writes.pop()).rejects.toMatchObject({ code: 'EINTR', path: 'fifo7' });
    expect(new TextDecoder().decode(await tree.read('version'))).toBe('SCST version: 3.11.0-pre\n');
    expect(await tree.stat('targets')).toMatchObject({ type: 'directory' });
    controller.abort();
    await last;
    // The last FIFO was never written; each of the others is, as its turn comes.
    for (const name of fifos.slice(0, 7)) expect(new TextDecoder().decode(await tree.read(name))).toBe(name);
    expect(await Promise.all(writes)).toEqual(Array.from({ length: 7 }, () => 5));
  });

  it('keeps reading the counters of sessions while those of targets are blocked', async () => {
    const target = 'targets/scst_local/t';
    mkdirSync(join(root, target, 'sessions/s'), { recursive: true });
    const blocked = ['read_cmd_count', 'read_io_count_kb', 'none_cmd_count', 'unknown_cmd_count', 'sessions/s/active_commands'];
    for (const name of blocked) execFileSync('mkfifo', [join(root, target, name)]);
    writeFileSync(join(root, target, 'sessions/s/read_cmd_count'), '7\n');
    const tree = new HostTree({ root });
    const reads = blocked.map((name) => tree.read(`${target}/${name}`));
    expect(new TextDecoder().decode(await tree.read(`${target}/sessions/s/read_cmd_count`))).toBe('7\n');
    // Written by others: this process’s writes would wait behind its reads.
    for (const name of blocked) execFile('sh', ['-c', 'printf %s "$0" > "$1"', name, join(root, target, name)]);
    expect((await Promise.all(reads)).map((bytes) => new TextDecoder().decode(bytes))).toEqual(blocked);
  });

  it('ends a blocked write on a signal at once, and lets the thread go later', async () => {
    execFileSync('mkfifo', [join(root, 'fifo')]);
    const tree = new HostTree({ root });
    await expect(tree.write('fifo', 'x', { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({ code: 'EINTR', operation: 'write' });
    // What was not written before the abort is not written after it.
    expect(await tree.read('fifo')).toEqual(new Uint8Array());
  });

  it('maps numbers Node has no name for', () => {
    const node = Object.assign(new Error('Unknown system error -57: write'), { errno: -57, code: 'Unknown system error -57' });
    expect(toSysfsError(node, { operation: 'write', path: 'rel_tgt_id' })).toMatchObject({ code: 'EBADSLT', errno: 57, cause: node });
    const odd = Object.assign(new Error('?'), { errno: -4000 });
    expect(toSysfsError(odd, { operation: 'read', path: 'a' })).toMatchObject({ code: 'EIO', reason: 'errno 4000, which has no name' });
    const own = new SysfsError({ operation: 'read', path: 'a', errno: 'ENODEV' });
    expect(toSysfsError(own, { operation: 'write', path: 'b' })).toBe(own);
  });

  it('tells whether a tree is there', async () => {
    expect(await HostTree.isAvailable({ root })).toBe(true);
    expect(await HostTree.isAvailable({ root: join(root, 'nothing') })).toBe(false);
    expect((await HostTree.open({ root: `${root}/` })).description).toBe(`${root}/`);
    await expect(HostTree.open({ root: join(root, 'nothing') })).rejects.toMatchObject({ code: 'ENOENT', hint: expect.stringContaining('Mount') as string });
    expect(new HostTree().description).toBe('kernel at /sys/kernel/scst_tgt');
  });
});
