import assert from 'node:assert/strict';
import { DRIVER, expectErrno, freshName, keepingSetupId, names, readText, withDevice, withTarget, type Rule } from './case.js';

/** Writes and permissions. */
export const writingRules: readonly Rule[] = [
  {
    name: 'a write returns the bytes taken, at most 4096',
    part: 'files',
    run: async (tree) => {
      const file = await tree.open('setup_id', 'write');
      assert.equal(await file.write('0'), 1);
      await file.close();
      await keepingSetupId(tree, async () => {
        // All of it is zeros, so what is cut off does not change the value.
        assert.equal(await tree.write('setup_id', '0'.repeat(5000)), 4096);
      });
    },
  },
  {
    name: 'a write reaches the attribute; text and bytes are the same',
    part: 'attributes',
    run: async (tree) => {
      await keepingSetupId(tree, async () => {
        assert.equal(await tree.write('setup_id', '0x0BE0\n'), 7);
        assert.equal(await readText(tree, 'setup_id'), '0xbe0\n[key]\n');
        await tree.write('setup_id', Uint8Array.of(0x35));
        assert.equal(await readText(tree, 'setup_id'), '0x5\n[key]\n');
      });
    },
  },
  {
    name: 'a write of zero bytes succeeds and reaches nothing',
    part: 'attributes',
    run: async (tree) => {
      await keepingSetupId(tree, async () => {
        await tree.write('setup_id', '7');
        assert.equal(await tree.write('setup_id', ''), 0);
        assert.equal(await readText(tree, 'setup_id'), '0x7\n[key]\n');
        await expectErrno(tree.write('setup_id', '\n'), 'EINVAL', 'transfer');
      });
    },
  },
  {
    name: 'a refused write changes nothing',
    part: 'attributes',
    run: async (tree) => {
      await keepingSetupId(tree, async () => {
        await tree.write('setup_id', '7');
        await expectErrno(tree.write('setup_id', '8x'), 'EINVAL', 'transfer');
        await expectErrno(tree.write('setup_id', '18446744073709551616'), 'ERANGE', 'transfer');
        assert.equal(await readText(tree, 'setup_id'), '0x7\n[key]\n');
      });
    },
  },
  {
    name: 'writes of an open file each reach the attribute; there is no offset',
    part: 'attributes',
    run: async (tree) => {
      await keepingSetupId(tree, async () => {
        const file = await tree.open('setup_id', 'readwrite');
        await file.write('0x11');
        await file.write('0x22');
        assert.equal(await readText(tree, 'setup_id'), '0x22\n[key]\n');
        await expectErrno(file.write('x'), 'EINVAL', 'transfer');
        await file.write('0x33');
        assert.equal(await readText(tree, 'setup_id'), '0x33\n[key]\n');
        await file.close();
      });
    },
  },
  {
    name: 'a read-only file does not open for writing, nor a write-only one for reading',
    part: 'attributes',
    run: async (tree) => {
      await expectErrno(tree.write('version', 'x'), 'EACCES', 'open');
      await expectErrno(tree.write('version', ''), 'EACCES', 'open');
      await expectErrno(tree.open('version', 'write'), 'EACCES', 'open');
      await expectErrno(tree.open('version', 'readwrite'), 'EACCES', 'open');
      await expectErrno(tree.write('last_sysfs_mgmt_res', '0'), 'EACCES', 'open');
    },
  },
  {
    name: 'a write-only file does not open for reading',
    part: 'commands',
    run: async (tree) => {
      await withDevice(tree, async (device) => {
        const file = `${device}/dump_prs`;
        assert.equal((await tree.stat(file)).mode, 0o200);
        await expectErrno(tree.read(file), 'EACCES', 'open');
        await expectErrno(tree.open(file, 'readwrite'), 'EACCES', 'open');
        assert.equal(await tree.write(file, '1'), 1);
      });
    },
  },
  {
    name: 'chmod sticks',
    part: 'files',
    run: async (tree) => {
      await tree.chmod('setup_id', 0o600);
      try {
        assert.equal((await tree.stat('setup_id')).mode, 0o600);
      } finally {
        await tree.chmod('setup_id', 0o644);
      }
      assert.equal((await tree.stat('setup_id')).mode, 0o644);
    },
  },
  {
    name: 'permission is checked against the mode, even for root',
    part: 'attributes',
    run: async (tree) => {
      await keepingSetupId(tree, async () => {
        await tree.chmod('setup_id', 0o444);
        await expectErrno(tree.write('setup_id', '1'), 'EACCES', 'open');
        await tree.chmod('setup_id', 0o644);
        await tree.write('setup_id', '1');
      });
    },
  },
  {
    name: 'one write is one command',
    part: 'commands',
    run: async (tree) => {
      const [first, second] = [freshName(), freshName()];
      await expectErrno(tree.write(`${DRIVER}/mgmt`, 'no_such_command'), 'EINVAL', 'transfer');
      await tree.write(`${DRIVER}/mgmt`, `add_target ${first}\n`);
      await tree.write(`${DRIVER}/mgmt`, `add_target ${second}`);
      await expectErrno(tree.write(`${DRIVER}/mgmt`, `add_target ${first}`), 'EFAULT', 'transfer');
      const present = await names(tree, DRIVER);
      assert.ok(present.includes(first) && present.includes(second));
      for (const name of [first, second]) await tree.write(`${DRIVER}/mgmt`, `del_target ${name}`);
      await expectErrno(tree.write(`${DRIVER}/mgmt`, `del_target ${first}`), 'ENOENT', 'transfer');
    },
  },
  {
    name: 'last_sysfs_mgmt_res has the result of the last command, and empty writes leave it alone',
    part: 'commands',
    run: async (tree) => {
      await withTarget(tree, async (_path, name) => {
        assert.equal(await readText(tree, 'last_sysfs_mgmt_res'), '0\n');
        await expectErrno(tree.write(`${DRIVER}/mgmt`, `add_target ${name}`), 'EFAULT');
        assert.equal(await readText(tree, 'last_sysfs_mgmt_res'), '-14\n');
        assert.equal(await tree.write(`${DRIVER}/mgmt`, ''), 0);
        await tree.write('setup_id', (await readText(tree, 'setup_id')).split('\n', 1)[0] ?? '0');
        assert.equal(await readText(tree, 'last_sysfs_mgmt_res'), '-14\n');
      });
    },
  },
];
