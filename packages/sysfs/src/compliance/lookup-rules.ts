import assert from 'node:assert/strict';
import { compareBytes } from '../bytes.js';
import { encodeName } from '../names.js';
import { resolveLink } from '../paths.js';
import { DRIVER, expectErrno, HANDLER, names, readText, withDevice, withTarget, type Rule } from './case.js';

/** stat, list, readlink, chmod and how paths are walked. */
export const lookupRules: readonly Rule[] = [
  {
    name: 'stat tells files from directories',
    part: 'files',
    run: async (tree) => {
      assert.equal((await tree.stat('')).type, 'directory');
      assert.equal((await tree.stat('targets')).type, 'directory');
      assert.equal((await tree.stat('targets/')).type, 'directory');
      const file = await tree.stat('setup_id');
      assert.equal(file.type, 'file');
      assert.equal(file.mode, 0o644);
    },
  },
  {
    name: 'stat shows the modes and sizes of attributes',
    part: 'attributes',
    run: async (tree) => {
      assert.deepEqual(await tree.stat('setup_id'), { type: 'file', mode: 0o644, size: 4096, nlink: 1, uid: 0, gid: 0 });
      assert.equal((await tree.stat('version')).mode, 0o444);
      const directory = await tree.stat('targets');
      assert.equal(directory.mode, 0o755);
      assert.equal(directory.size, 0);
    },
  },
  {
    name: 'a name that is not there is ENOENT for every operation',
    part: 'files',
    run: async (tree) => {
      for (const path of ['no_such_name', 'targets/no_such_name', 'no_such_name/below']) {
        await expectErrno(tree.stat(path), 'ENOENT');
        await expectErrno(tree.list(path), 'ENOENT');
        await expectErrno(tree.readlink(path), 'ENOENT');
        await expectErrno(tree.chmod(path, 0o600), 'ENOENT');
        await expectErrno(tree.read(path), 'ENOENT', 'open');
        await expectErrno(tree.write(path, 'x'), 'ENOENT', 'open');
        await expectErrno(tree.write(path, ''), 'ENOENT', 'open');
        for (const access of ['read', 'write', 'readwrite'] as const) await expectErrno(tree.open(path, access), 'ENOENT', 'open');
      }
    },
  },
  {
    name: 'errors tell the operation, the path and what was written',
    part: 'files',
    run: async (tree) => {
      const read = await expectErrno(tree.read('targets/no_such_name'), 'ENOENT');
      assert.equal(read.operation, 'read');
      assert.equal(read.path, 'targets/no_such_name');
      const write = await expectErrno(tree.write('targets', 'something'), 'EISDIR', 'open');
      assert.equal(write.operation, 'write');
      assert.deepEqual(write.input && [...write.input], [...encodeName('something')]);
    },
  },
  {
    name: 'a file is no directory: ENOTDIR',
    part: 'files',
    run: async (tree) => {
      await expectErrno(tree.list('version'), 'ENOTDIR');
      await expectErrno(tree.stat('version/below'), 'ENOTDIR');
      await expectErrno(tree.read('version/below'), 'ENOTDIR', 'open');
      await expectErrno(tree.readlink('version'), 'EINVAL');
    },
  },
  {
    name: 'a directory opens for reading only, and reads EISDIR',
    part: 'files',
    run: async (tree) => {
      await expectErrno(tree.open('targets', 'write'), 'EISDIR', 'open');
      await expectErrno(tree.open('targets', 'readwrite'), 'EISDIR', 'open');
      await expectErrno(tree.read('targets'), 'EISDIR', 'transfer');
      const file = await tree.open('targets', 'read');
      await expectErrno(file.read(), 'EISDIR', 'transfer');
      await file.close();
    },
  },
  {
    name: '“.” and “..” are not followed',
    part: 'files',
    run: async (tree) => {
      for (const path of ['.', '..', 'targets/..', 'targets/../version', './version', '../version']) {
        await expectErrno(tree.stat(path), 'ENOENT');
        await expectErrno(tree.read(path), 'ENOENT', 'open');
      }
    },
  },
  {
    name: 'list has every entry with its type, sorted by bytes',
    part: 'files',
    run: async (tree) => {
      const entries = await tree.list('');
      const types = new Map(entries.map((entry) => [entry.name, entry.type]));
      assert.equal(types.get('setup_id'), 'file');
      assert.equal(types.get('targets'), 'directory');
      assert.ok(!types.has('.') && !types.has('..'));
      const sorted = [...types.keys()].sort((a, b) => compareBytes(encodeName(a), encodeName(b)));
      assert.deepEqual([...types.keys()], sorted);
    },
  },
  {
    name: 'list sorts by bytes where UTF-16 would order otherwise',
    part: 'commands',
    run: async (tree) => {
      await withTarget(tree, async (_high, high) => {
        await withTarget(tree, async (_low, low) => {
          const order = (await names(tree, DRIVER)).filter((name) => name === low || name === high);
          assert.deepEqual(order, [low, high]);
        }, `\uFF5Ecompliance-${process.pid}`);
      }, `\u{1D11E}compliance-${process.pid}`);
    },
  },
  {
    name: 'links tell their target, are not followed by stat, and are followed within a path',
    part: 'commands',
    run: async (tree) => {
      await withDevice(tree, async (device, name) => {
        const link = `${device}/handler`;
        assert.equal((await tree.stat(link)).type, 'link');
        assert.equal((await tree.list(device)).find((entry) => entry.name === 'handler')?.type, 'link');
        const target = await tree.readlink(link);
        assert.equal(resolveLink(link, target), HANDLER);
        assert.equal(await readText(tree, `${link}/type`), await readText(tree, `${HANDLER}/type`));
        assert.equal((await tree.stat(`${link}/type`)).type, 'file');
        assert.ok((await names(tree, link)).includes(name), 'list follows a link that is the last part');
        assert.equal((await tree.stat(`${HANDLER}/${name}/type`)).type, 'file');
      });
    },
  },
  {
    name: 'names that are not UTF-8 are seen, opened and deleted',
    part: 'commands',
    run: async (tree) => {
      for (const name of [`compliance-${process.pid}\uDCFF\uDCFE`, `compliance-${process.pid}-日本-\uDCC3`]) {
        await withTarget(tree, async (path) => {
          assert.ok((await names(tree, DRIVER)).includes(name));
          assert.equal((await tree.stat(path)).type, 'directory');
          await tree.write(`${path}/comment`, name);
          assert.equal(await readText(tree, `${path}/comment`), `${name}\n[key]\n`);
        }, name);
        assert.ok(!(await names(tree, DRIVER)).includes(name));
      }
    },
  },
  {
    name: 'a name with “/” shows “!”',
    part: 'commands',
    run: async (tree) => {
      const stem = `compliance-${process.pid}`;
      await tree.write(`${DRIVER}/mgmt`, `add_target ${stem}/x`);
      try {
        assert.ok((await names(tree, DRIVER)).includes(`${stem}!x`));
        await expectErrno(tree.write(`${DRIVER}/mgmt`, `add_target ${stem}!x`), 'EFAULT', 'transfer');
      } finally {
        await tree.write(`${DRIVER}/mgmt`, `del_target ${stem}/x`);
      }
    },
  },
];
