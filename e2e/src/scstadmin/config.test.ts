import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apply, plan, save } from '@scst/config';
import { type SysfsTree } from '@scst/sysfs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Machine } from './machine.js';
import { announceSkip, findScstadmin } from './prerequisites.js';

const scstadmin = findScstadmin();
if ('missing' in scstadmin) announceSkip('files of scstadmin and of @scst/config', scstadmin.missing);

/** One of everything both tools know. */
const configuration = (directory: string): string => `# A configuration for both.
setup_id 0x1234
threads 3

HANDLER vdisk_fileio {
	DEVICE disk1 {
		filename ${directory}/disk1.img
		nv_cache 1
		threads_num 4
		t10_dev_id mine
		prod_id "a product"
		naa_id 0x6001405aabbccddee001122334455667
	}
	DEVICE disk2 {
		filename ${directory}/disk2.img
		blocksize 4096
		read_only 1
	}
}

HANDLER vdisk_nullio {
	DEVICE null1 {
		size_mb 16
		rotational 0
	}
}

HANDLER vcdrom {
	DEVICE cd {
		filename ${directory}/cd.iso
	}
}

TARGET_DRIVER scst_local {
	TARGET t1 {
		session_name host1
		rel_tgt_id 1
		addr_method FLAT
		comment "two words"

		LUN 0 disk1
		LUN 1 disk2
		LUN 2 cd

		GROUP hosts {
			LUN 0 null1
			LUN 16 disk1 {
				read_only 1
			}
			INITIATOR host1
			INITIATOR iqn.*
			io_grouping_type never
		}
	}
	TARGET t2 {
		rel_tgt_id 2
	}
}

DEVICE_GROUP dg {
	DEVICE disk1
	DEVICE null1

	TARGET_GROUP tg1 {
		group_id 5
		state nonoptimized
		preferred 1
		TARGET t1
		TARGET elsewhere {
			rel_tgt_id 7
		}
	}
	TARGET_GROUP tg2 {
		group_id 6
		state standby
	}
}
`;

/** The copy manager numbers its LUNs in the order in which devices come, and ours opens them at the same time. */
const withoutCopyManager = async (path: string): Promise<string> => (await readFile(path, 'utf8')).replace(/^TARGET_DRIVER copy_manager \{\n.*?^\}\n/msu, '');

describe.skipIf('missing' in scstadmin)('files of scstadmin and of @scst/config', { timeout: 120_000 }, () => {
  let machine: Machine;
  let tree: SysfsTree;
  const file = (name: string): string => join(machine.directory, name);

  const admin = async (...args: string[]): Promise<string> => {
    const { status, output } = await machine.scstadmin(...args);
    expect(status, `${args.join(' ')}: ${output}`).toBe(0);
    return output;
  };

  /** Applies with ours, and says what that changed. */
  const ours = async (path: string): Promise<string[]> => {
    const { converged, done } = await apply(tree, await readFile(path), { files: false });
    expect(converged).toBe(true);
    return done.map(({ subject, summary }) => `${subject}: ${summary}`);
  };

  /** An SCST as it is after loading. */
  const fresh = async (): Promise<void> => {
    await machine.unloadModules();
    await machine.loadModules();
  };

  beforeAll(async () => {
    if ('missing' in scstadmin) return;
    machine = await Machine.start(scstadmin);
    tree = machine.connection.tree;
    for (const name of ['disk1.img', 'disk2.img', 'cd.iso']) await writeFile(file(name), new Uint8Array(1 << 20));
    await writeFile(file('both.conf'), configuration(machine.directory));
  });

  beforeEach(fresh);

  afterAll(async () => {
    await machine[Symbol.asyncDispose]();
  });

  it('are applied by the one and found in force by the other: ours first', async () => {
    expect(await ours(file('both.conf'))).not.toEqual([]);
    expect(await admin('-config', file('both.conf'))).toContain('-> Done, 0 change(s) made.');
  });

  it('are applied by the one and found in force by the other: scstadmin first', async () => {
    await admin('-config', file('both.conf'));
    expect((await plan(tree, await readFile(file('both.conf')))).operations.map(({ summary }) => summary)).toEqual([]);
  });

  it('written by scstadmin make the same with ours', async () => {
    await admin('-config', file('both.conf'));
    await admin('-write_config', file('theirs.conf'));
    expect(await ours(file('theirs.conf'))).toEqual([]);
    await fresh();
    expect(await ours(file('theirs.conf'))).not.toEqual([]);
    expect(await admin('-config', file('theirs.conf'))).toContain('-> Done, 0 change(s) made.');
    await admin('-write_config', file('theirs-again.conf'));
    expect(await withoutCopyManager(file('theirs-again.conf'))).toBe(await withoutCopyManager(file('theirs.conf')));
  });

  it('saved by ours make the same with scstadmin', async () => {
    await ours(file('both.conf'));
    await save(tree, file('ours.conf'));
    expect(await admin('-config', file('ours.conf'))).toContain('-> Done, 0 change(s) made.');
    await fresh();
    await admin('-config', file('ours.conf'));
    expect(await ours(file('ours.conf'))).toEqual([]);
    expect((await save(tree, file('ours.conf'))).changed).toBe(false);
  });
});
