import { describe, expect, it } from 'vitest';
import { FakeScst } from '../test/fake-scst.js';
import { apply, type ApplyOptions } from './apply.js';
import { ApplyError, type ApplyReport } from './report.js';

const FULL = `
setup_id 4660
HANDLER vdisk_fileio {
	DEVICE disk1 {
		filename /srv/disk1.img
		nv_cache 1
		threads_num 4
	}
	DEVICE disk2 {
		filename "/srv/my disk.img"
		blocksize 4096
	}
}
HANDLER vdisk_nullio {
	DEVICE nullio
}
TARGET_DRIVER scst_local {
	TARGET t1 {
		session_name host1
		session_transport_id "host1 06000000"
		rel_tgt_id 1
		addr_method flat
		LUN 0 disk1
		LUN 1 disk2 {
			read_only 1
		}
		GROUP ini {
			LUN 0 nullio
			INITIATOR iqn.a
			INITIATOR *
			addr_method FLAT
		}
		GROUP a/b
	}
	TARGET t2 {
		rel_tgt_id 2
	}
}
TARGET_DRIVER iscsi {
	enabled 1
	IncomingUser "joe 12charsecret"
	TARGET iqn.x:1 {
		IncomingUser "fred 12charsecret"
		IncomingUser "anne 12charsecret"
		allowed_portal 10.0.0.1
		enabled 1
		LUN 0 nullio
	}
}
DEVICE_GROUP dg {
	DEVICE disk1
	TARGET_GROUP tg {
		group_id 5
		state nonoptimized
		TARGET t1
		TARGET remote {
			rel_tgt_id 7
		}
	}
}
`;

const run = (tree: FakeScst, text: string, options: ApplyOptions = {}): Promise<ApplyReport> => apply(tree, text, { files: false, ...options });
const failing = async (work: Promise<ApplyReport>): Promise<ApplyError> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof ApplyError) return error;
    throw error;
  }
  throw new Error('the apply succeeded');
};

describe('apply', () => {
  it('converges in one pass, and a second apply changes nothing', async () => {
    const tree = new FakeScst();
    const first = await run(tree, FULL);
    expect(first).toMatchObject({ converged: true, failed: [], notDone: [], blocked: [], ignored: [] });
    const shown = await tree.snapshot();
    expect(shown).toMatchObject({
      setup_id: '0x1234\n[key]\n',
      'devices/disk2/filename': '/srv/my disk.img\n[key]\n',
      'devices/disk2/active': '1\n',
      'targets/scst_local/t1/luns/1/read_only': '1\n[key]\n',
      'targets/scst_local/t1/addr_method': 'FLAT\n[key]\n',
      'targets/scst_local/t1/sessions/host1/transport_id': '\x06\0\0\0',
      'targets/scst_local/t1/ini_groups/a!b/': '',
      'targets/iscsi/iqn.x:1/IncomingUser1': 'anne 12charsecret\n[key]\n',
      'targets/iscsi/iqn.x:1/enabled': '1\n[key]\n',
      'device_groups/dg/target_groups/tg/state': 'nonoptimized\n[key]\n',
      'device_groups/dg/target_groups/tg/remote/rel_tgt_id': '7\n[key]\n',
    });
    tree.writes.length = 0;
    const second = await run(tree, FULL);
    expect(second).toMatchObject({ changes: 0, converged: true });
    expect(tree.writes).toEqual([]);
    expect((await run(tree, FULL, { prune: true })).changes).toBe(0);
    expect(await tree.snapshot()).toEqual(shown);
  });

  it('makes things in the order in which they need each other, and enables last', async () => {
    const tree = new FakeScst();
    await run(tree, FULL);
    const at = (path: string, data: string | RegExp): number => tree.writes.findIndex((write) => write.path === path && (typeof data === 'string' ? write.data === data : data.test(write.data)));
    const order = [
      at('setup_id', '4660'),
      at('handlers/vdisk_fileio/mgmt', /^add_device disk1/u),
      at('targets/scst_local/mgmt', 'add_target t1'),
      at('targets/scst_local/t1/addr_method', 'flat'),
      at('targets/scst_local/t1/ini_groups/mgmt', 'create ini'),
      at('targets/scst_local/t1/luns/mgmt', 'add disk1 0'),
      at('targets/scst_local/t1/ini_groups/ini/initiators/mgmt', 'add iqn.a'),
      at('targets/scst_local/t1/ini_groups/ini/initiators/mgmt', 'add *'),
      at('device_groups/dg/target_groups/tg/mgmt', 'add t1'),
      at('targets/scst_local/mgmt', 'add_session t1 host1'),
      at('targets/iscsi/iqn.x:1/enabled', '1'),
      at('targets/iscsi/enabled', '1'),
    ];
    expect(order.every((index) => index >= 0)).toBe(true);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('leaves alone what the file does not mention, and removes it with prune', async () => {
    const tree = new FakeScst();
    await run(tree, FULL);
    const small = 'HANDLER vdisk_fileio {\n\tDEVICE disk1 {\n\t\tfilename /srv/disk1.img\n\t}\n}\nTARGET_DRIVER scst_local {\n\tTARGET t1 {\n\t\tLUN 0 disk1\n\t}\n}\n';
    const before = await tree.snapshot();
    expect((await run(tree, small)).changes).toBe(0);
    expect(await tree.snapshot()).toEqual(before);
    const report = await run(tree, small, { prune: true });
    expect(report).toMatchObject({ converged: true, failed: [] });
    const after = Object.keys(await tree.snapshot());
    expect(after.filter((path) => /devices\/disk2|nullio\/filename|iqn\.x|t2|ini_groups\/ini|luns\/1|device_groups\/dg/u.test(path))).toEqual([]);
    expect(after).toContain('targets/scst_local/t1/luns/0/device');
    // A target whose block names no session keeps those it has.
    expect(after).toContain('targets/scst_local/t1/sessions/host1/initiator_name');
    expect((await run(tree, small, { prune: true })).changes).toBe(0);
  });

  it('takes nothing from who uses it, unless forced', async () => {
    const tree = new FakeScst();
    await run(tree, FULL);
    tree.activeCommands.set('host1', 3);
    const held = await run(tree, '', { prune: true });
    expect(held.converged).toBe(false);
    expect(held.blocked.map(({ operation }) => operation.summary)).toEqual(expect.arrayContaining(['session_name host1', 'TARGET t1']));
    const left = Object.keys(await tree.snapshot());
    expect(left).toContain('targets/scst_local/t1/sessions/host1/initiator_name');
    expect(left).not.toContain('targets/scst_local/t2/comment');
    const forced = await run(tree, '', { prune: true, force: true });
    expect(forced.converged).toBe(true);
    expect(Object.keys(await tree.snapshot()).filter((path) => /^devices\/.|scst_local\/t/u.test(path))).toEqual([]);
  });

  it('asks the callback what is in use', async () => {
    const tree = new FakeScst();
    await run(tree, FULL);
    const report = await run(tree, '', { prune: true, inUse: (subject) => (subject.kind === 'device' && subject.device === 'disk1' ? 'mounted' : false) });
    expect(report.blocked.map(({ operation, reason }) => [operation.summary, reason])).toEqual(expect.arrayContaining([['LUN 0 disk1', 'the device disk1 is in use: mounted']]));
    const left = Object.keys(await tree.snapshot());
    expect(left).toContain('devices/disk1/handler');
    expect(left).not.toContain('devices/disk2/handler');
  });

  it('remakes a device only by force when it is exported, and exports it as before', async () => {
    const tree = new FakeScst();
    await run(tree, FULL);
    const changed = FULL.replace('blocksize 4096', 'blocksize 512');
    const held = await run(tree, changed);
    expect(held.blocked.length).toBeGreaterThan(0);
    expect((await tree.snapshot())['devices/disk2/blocksize']).toBe('4096\n[key]\n');
    const forced = await run(tree, changed, { force: true });
    expect(forced).toMatchObject({ converged: true });
    const shown = await tree.snapshot();
    expect(shown['devices/disk2/blocksize']).toBe('512\n');
    expect(shown['devices/disk2/filename']).toBe('/srv/my disk.img\n[key]\n');
    expect(shown['targets/scst_local/t1/luns/1/read_only']).toBe('1\n[key]\n');
    expect((await run(tree, changed)).changes).toBe(0);
  });

  it('changes the file of a device that is closed for it', async () => {
    const tree = new FakeScst();
    await run(tree, FULL);
    await run(tree, FULL.replace('/srv/disk1.img', '/srv/other.img'));
    expect((await tree.snapshot())['devices/disk1/filename']).toBe('/srv/other.img\n[key]\n');
    expect((await tree.snapshot())['devices/disk1/active']).toBe('1\n');
  });

  it('exchanges rel_tgt_id between targets', async () => {
    const tree = new FakeScst();
    await run(tree, FULL);
    const swapped = FULL.replace('rel_tgt_id 1', 'rel_tgt_id X').replace('rel_tgt_id 2', 'rel_tgt_id 1').replace('rel_tgt_id X', 'rel_tgt_id 2');
    expect((await run(tree, swapped)).converged).toBe(true);
    const shown = await tree.snapshot();
    expect([shown['targets/scst_local/t1/rel_tgt_id'], shown['targets/scst_local/t2/rel_tgt_id']]).toEqual(['2\n[key]\n', '1\n[key]\n']);
  });

  it('replaces a LUN and moves an initiator', async () => {
    const tree = new FakeScst();
    await run(tree, FULL);
    const changed = FULL.replace('LUN 0 disk1', 'LUN 0 nullio').replace('\t\t\tINITIATOR iqn.a\n', '').replace('GROUP a/b', 'GROUP a/b {\n\t\t\tINITIATOR iqn.a\n\t\t}');
    const report = await run(tree, changed, { prune: true });
    expect(report.done.map(({ kind }) => kind).sort()).toEqual(['move-initiator', 'replace-lun']);
    expect((await run(tree, changed, { prune: true })).changes).toBe(0);
  });

  it('gives a dynamic attribute a new secret in place of the old', async () => {
    const tree = new FakeScst();
    await run(tree, FULL);
    const report = await run(tree, FULL.replace('"fred 12charsecret"', '"fred another-secret"'));
    expect(report.done.map(({ kind, summary }) => [kind, summary])).toEqual([
      ['remove-dynamic-attribute', 'IncomingUser "fred ********"'],
      ['add-dynamic-attribute', 'IncomingUser "fred ********"'],
    ]);
  });

  it('refuses a bad configuration before anything is changed', async () => {
    const tree = new FakeScst();
    for (const text of ['HANDLER h {\n', 'TARGET_DRIVER scst_local {\n\tTARGET t {\n\t\tLUN 0 nobody\n\t}\n}\n', 'TARGET_DRIVER qla {\n\tTARGET t\n}\n', 'a b\0']) {
      await expect(run(tree, `setup_id 7\n${text}`)).rejects.toMatchObject({ code: 'ERR_SCST_CONFIG' });
    }
    expect(tree.writes).toEqual([]);
  });

  it('applies a part', async () => {
    const tree = new FakeScst();
    const report = await run(tree, FULL, { only: ['device:disk*', 'target:t2'] });
    expect(report.converged).toBe(true);
    const shown = Object.keys(await tree.snapshot());
    expect(shown).toEqual(expect.arrayContaining(['devices/disk1/handler', 'devices/disk2/handler', 'targets/scst_local/t2/comment']));
    expect(shown.filter((path) => /nullio\/handler|scst_local\/t1|iqn|device_groups\/dg/u.test(path))).toEqual([]);
    await expect(run(tree, FULL, { only: ['target:nobody'] })).rejects.toThrow('target:nobody');
    await expect(run(tree, FULL, { only: ['lun:0'] })).rejects.toThrow('lun:0');
  });
});

describe('failures', () => {
  it('stops at the first, says what was done and what was not', async () => {
    const tree = new FakeScst();
    const { report, message } = await failing(run(tree, FULL.replace('/srv/disk1.img', '/missing/disk1.img'), { concurrency: 1 }));
    expect(message).toContain('disk1');
    expect(report.failed).toHaveLength(1);
    expect(report.failed[0]?.operation.location).toMatchObject({ line: 4, column: 2 });
    expect(report.notDone.length).toBeGreaterThan(10);
    expect(report.done.map(({ summary }) => summary)).toEqual(['setup_id 4660']);
  });

  it('goes on with what does not need what failed', async () => {
    const tree = new FakeScst();
    const report = await run(tree, FULL.replace('/srv/disk1.img', '/missing/disk1.img'), { continueOnError: true });
    expect(report.failed.map(({ operation }) => operation.summary)).toEqual(['DEVICE disk1 filename=/missing/disk1.img nv_cache=1']);
    expect(report.notDone.map(({ operation }) => operation.summary).sort()).toEqual(['DEVICE disk1', 'LUN 0 disk1', 'threads_num 4']);
    expect((await tree.snapshot())['targets/iscsi/enabled']).toBe('1\n[key]\n');
  });

  it('rolls back to the state before', async () => {
    const tree = new FakeScst();
    const before = await tree.snapshot();
    tree.beforeWrite = (path) => {
      if (path === 'targets/iscsi/iqn.x:1/enabled') throw Object.assign(new Error('no'), { code: 'EIO' });
    };
    const { report } = await failing(run(tree, FULL, { rollback: true }));
    expect(report.rollback).toMatchObject({ failed: [], kept: [] });
    expect(await tree.snapshot()).toEqual(before);
  });

  it('rolls back a prune', async () => {
    const tree = new FakeScst();
    await run(tree, FULL);
    const before = await tree.snapshot();
    tree.beforeWrite = (_, data) => {
      if (data === 'del_device nullio') throw new Error('no');
    };
    const { report } = await failing(run(tree, '', { prune: true, rollback: true }));
    expect(report.rollback).toMatchObject({ failed: [] });
    expect(await tree.snapshot()).toEqual(before);
  });

  it('ends at an abort, with a report, and rolls back if asked', async () => {
    const tree = new FakeScst();
    const before = await tree.snapshot();
    const controller = new AbortController();
    tree.beforeWrite = (path) => {
      if (path === 'targets/scst_local/t1/luns/mgmt') controller.abort(new Error('enough'));
    };
    const error = await failing(run(tree, FULL, { rollback: true, signal: controller.signal }));
    expect(error).toMatchObject({ code: 'ERR_SCST_APPLY_ABORTED', cause: expect.objectContaining({ message: 'enough' }) as unknown });
    expect(error.report.notDone.length).toBeGreaterThan(0);
    expect(await tree.snapshot()).toEqual(before);
  });
});

describe('a tree that changes meanwhile', () => {
  it('makes the plan anew when a device vanishes', async () => {
    const tree = new FakeScst();
    let once = true;
    tree.beforeWrite = async (path) => {
      if (!once || path !== 'targets/scst_local/t1/luns/mgmt') return;
      once = false;
      await tree.memory.write('handlers/vdisk_fileio/mgmt', 'del_device disk1');
    };
    const report = await run(tree, FULL);
    expect(report).toMatchObject({ converged: true, replans: 1 });
    expect(report.notes.join()).toContain('the tree changed meanwhile');
    expect((await run(tree, FULL)).changes).toBe(0);
  });

  it('takes what somebody else made meanwhile for done', async () => {
    const tree = new FakeScst();
    tree.beforeWrite = async (path, data) => {
      if (data === 'add_target t2') await tree.memory.write(path, data);
    };
    const report = await run(tree, FULL);
    expect(report.converged).toBe(true);
    expect(report.notes).toEqual([expect.stringContaining('TARGET t2: it was so already')]);
  });

  it('does not take from a session what came into use after the plan was made', async () => {
    const tree = new FakeScst();
    await run(tree, FULL);
    tree.beforeWrite = (_, data) => {
      if (data === 'del disk1') tree.activeCommands.set('host1', 1);
    };
    const report = await run(tree, '', { prune: true });
    expect(report.blocked.map(({ operation }) => operation.summary)).toContain('session_name host1');
  });
});

describe('a guard', () => {
  const inUse = (): Error => Object.assign(new Error('LUN 0 of target t1 is in use: session s: /dev/sda is mounted on /srv (ext4)'), { code: 'IN_USE' });

  it('is asked of each write just before it is done, holds back what has come into use, and what needs that', async () => {
    const tree = new FakeScst();
    await run(tree, FULL);
    tree.writes.length = 0;
    const looked: string[] = [];
    const report = await run(tree, '', {
      prune: true,
      guard: async ({ path, data }, work, options) => {
        if (options.looked) looked.push(data);
        if (path === 'targets/scst_local/t1/luns/mgmt' && data === 'del 0') throw inUse();
        const { length } = tree.writes;
        await work();
        expect(tree.writes.slice(length).map((write) => write.path)).toContain(path);
      },
    });
    expect(looked).toContain('del 1');
    expect(report).toMatchObject({ converged: false, failed: [] });
    expect(report.blocked.map(({ operation, reason }) => [operation.summary, reason])).toContainEqual(['LUN 0 disk1', inUse().message]);
    expect(report.notDone.map(({ operation }) => operation.summary)).toEqual(expect.arrayContaining(['TARGET t1', 'DEVICE disk1']));
    expect(report.done.map(({ summary }) => summary)).toEqual(expect.arrayContaining(['LUN 1 disk2', 'DEVICE disk2']));
    expect(Object.keys(await tree.snapshot())).toContain('targets/scst_local/t1/luns/0/device');
    const forced = await run(tree, '', { prune: true, force: true, guard: () => Promise.reject(inUse()) });
    expect(forced.converged).toBe(true);
  });

  it('is asked by a rollback too: what has come into use meanwhile stays, and the report says so', async () => {
    const tree = new FakeScst();
    tree.beforeWrite = (_, data) => {
      if (data.startsWith('add_target')) throw new Error('no');
    };
    const { report } = await failing(run(tree, FULL, { rollback: true, guard: (write, work) => (write.data === 'del_device disk2' ? Promise.reject(inUse()) : work()) }));
    expect(report.rollback?.failed.map(({ operation, error }) => [operation.kind, error.message])).toEqual([['add-device', inUse().message]]);
    expect(report.rollback?.undone.map(({ summary }) => summary)).toContainEqual(expect.stringContaining('DEVICE disk1'));
    const left = Object.keys(await tree.snapshot());
    expect(left).toContain('devices/disk2/handler');
    expect(left).not.toContain('devices/disk1/handler');
  });
});
