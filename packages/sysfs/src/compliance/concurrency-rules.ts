import assert from 'node:assert/strict';
import type { SysfsTree } from '../tree.js';
import { DRIVER, expectErrno, freshName, keepingSetupId, names, readText, withTarget, type Rule } from './case.js';

const MANY = 64;

/** Every operation of a tree on files that exist, with a signal. */
const everyOperation = (tree: SysfsTree, signal: AbortSignal): Promise<unknown>[] => [
  tree.stat('version', { signal }),
  tree.list('', { signal }),
  tree.readlink('version', { signal }),
  tree.chmod('version', 0o444, { signal }),
  tree.open('version', 'read', { signal }),
  tree.read('version', { signal }),
  tree.write('setup_id', '0', { signal }),
];

/** Many operations at a time, and aborted ones. */
export const concurrencyRules: readonly Rule[] = [
  {
    name: 'many reads at a time all give the whole text',
    part: 'files',
    run: async (tree) => {
      const text = await readText(tree, 'version');
      const texts = await Promise.all(Array.from({ length: MANY }, () => readText(tree, 'version')));
      assert.deepEqual(new Set(texts), new Set([text]));
    },
  },
  {
    name: '64 writers of one attribute all succeed, and the value is one of theirs',
    part: 'attributes',
    run: async (tree) => {
      await keepingSetupId(tree, async () => {
        const values = Array.from({ length: MANY }, (_, index) => `0x${(index + 1).toString(16)}`);
        const taken = await Promise.all(values.map((value) => tree.write('setup_id', value)));
        assert.deepEqual(taken, values.map((value) => value.length));
        const [value = ''] = (await readText(tree, 'setup_id')).split('\n');
        assert.ok(values.includes(value), value);
      });
    },
  },
  {
    name: '64 commands at a time are all carried out, each once',
    part: 'commands',
    run: async (tree) => {
      const targets = Array.from({ length: MANY }, () => freshName());
      await Promise.all(targets.map((name) => tree.write(`${DRIVER}/mgmt`, `add_target ${name}`)));
      const present = new Set(await names(tree, DRIVER));
      assert.ok(targets.every((name) => present.has(name)));
      await Promise.all(targets.map((name) => tree.write(`${DRIVER}/mgmt`, `del_target ${name}`)));
      const left = new Set(await names(tree, DRIVER));
      assert.ok(!targets.some((name) => left.has(name)));
    },
  },
  {
    name: 'of writers that want the same name, one succeeds',
    part: 'commands',
    run: async (tree) => {
      const name = freshName();
      const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => tree.write(`${DRIVER}/mgmt`, `add_target ${name}`)));
      assert.equal(outcomes.filter((outcome) => outcome.status === 'fulfilled').length, 1);
      await tree.write(`${DRIVER}/mgmt`, `del_target ${name}`);
    },
  },
  {
    name: 'open files are independent of each other',
    part: 'commands',
    run: async (tree) => {
      await withTarget(tree, async (path) => {
        await tree.write(`${path}/comment`, 'abcdef');
        const files = await Promise.all(Array.from({ length: 8 }, () => tree.open(`${path}/comment`, 'read')));
        for (const [index, file] of files.entries()) assert.equal((await file.read({ count: index })).length, index === 0 ? 0 : index);
        await Promise.all(files.map((file) => file.close()));
      });
    },
  },
  {
    name: 'a signal that was aborted before gives EINTR, and nothing is done',
    part: 'files',
    run: async (tree) => {
      const before = await readText(tree, 'setup_id');
      const signal = AbortSignal.abort();
      for (const operation of everyOperation(tree, signal)) await expectErrno(operation, 'EINTR');
      await expectErrno(tree.write('setup_id', '0x77', { signal }), 'EINTR');
      assert.equal(await readText(tree, 'setup_id'), before);
      const file = await tree.open('setup_id', 'readwrite');
      await expectErrno(file.read({ signal }), 'EINTR');
      await expectErrno(file.write('0x77', { signal }), 'EINTR');
      await file.close();
      assert.equal(await readText(tree, 'setup_id'), before);
    },
  },
  {
    name: 'a signal aborted on the way ends the call, which was done or not',
    part: 'files',
    run: async (tree) => {
      const controller = new AbortController();
      const file = await tree.open('version', 'read');
      const operations = [
        tree.stat('version', { signal: controller.signal }),
        tree.read('version', { signal: controller.signal }),
        file.read({ signal: controller.signal }),
      ];
      controller.abort();
      for (const outcome of await Promise.allSettled(operations)) {
        if (outcome.status === 'rejected') await expectErrno(Promise.reject(outcome.reason as Error), 'EINTR');
      }
      await file.close();
      assert.ok((await readText(tree, 'version')).length > 0, 'the tree goes on');
    },
  },
];
