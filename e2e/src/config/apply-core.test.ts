import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apply, check, fileJournal, loadText, plan, readConfig, save, saveText, toJson, type ApplyOptions, type ApplyReport } from '@scst/config';
import { ScstCore } from '@scst/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scst-config-core-'));
  await Promise.all(['disk1.img', 'my disk.img', 'cd.iso'].map((name) => writeFile(join(directory, name), new Uint8Array(1024 * 1024))));
});
afterEach(async () => { await rm(directory, { recursive: true, force: true }); });

const text = (): string => `
setup_id 0x1234
cluster_name "rack 7"

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
		filename "${directory}/my disk.img"
		blocksize 4096
	}
}
HANDLER vdisk_nullio {
	DEVICE nullio {
		read_zero 1
		size_mb 16
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
		session_name host2
		session_transport_id "host2 060000005001020300000001000000000000000000000000"
		rel_tgt_id 1
		addr_method flat
		comment "two words"
		cpu_mask 1
		LUN 0 disk1
		LUN 1 disk2 {
			read_only 1
		}
		LUN 2 cd
		GROUP ini {
			LUN 0 nullio
			LUN 0x10 disk1
			INITIATOR host1
			INITIATOR iqn.*
			addr_method LUN
		}
		GROUP a/b
	}
	TARGET x/y {
		rel_tgt_id 0x2
		io_grouping_type never
	}
}
DEVICE_GROUP dg {
	DEVICE disk1
	TARGET_GROUP tg {
		group_id 5
		state nonoptimized
		preferred 1
		TARGET t1
		TARGET remote {
			rel_tgt_id 7
		}
	}
}
`;

const makeCore = async (profile: 'scst' | 'recorded' = 'scst', modules: readonly string[] = ['scst', 'scst_vdisk', 'scst_local']): Promise<ScstCore> => {
  const core = new ScstCore({ profile });
  for (const module of modules) await core.modules.load(module, module === 'scst_local' ? { add_default_tgt: '0' } : {});
  return core;
};

const run = (core: ScstCore, source: string, options: ApplyOptions = {}): Promise<ApplyReport> => apply(core.tree, source, { journal: fileJournal(join(directory, 'suspended.json')), ...options });

describe.each(['scst', 'recorded'] as const)('scst.conf on the core, profile %s', (profile) => {
  it('converges in one pass; a second apply, with and without prune, changes nothing', async () => {
    await using core = await makeCore(profile);
    expect((await check(text(), { tree: core.tree })).filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(await run(core, text())).toMatchObject({ converged: true, failed: [], ignored: [], notes: [] });
    expect((await plan(core.tree, text())).operations).toEqual([]);
    expect((await run(core, text())).changes).toBe(0);
    expect((await run(core, text(), { prune: true })).changes).toBe(0);
  });

  it('saves all a fresh core needs to become the same', async () => {
    await using first = await makeCore(profile);
    await run(first, text());
    const saved = await saveText(first.tree);
    expect(loadText(saved).diagnostics).toEqual([]);
    expect(saved).toContain('session_transport_id "host2 060000005001020300000001000000000000000000000000"');
    await using second = await makeCore(profile);
    expect(await run(second, saved)).toMatchObject({ converged: true, ignored: [] });
    expect(toJson(await readConfig(second.tree))).toEqual(toJson(await readConfig(first.tree)));
    expect((await run(first, saved, { prune: true })).changes).toBe(0);
    expect((await run(second, saved, { prune: true })).changes).toBe(0);
  });

  it('removes what is not mentioned by prune alone, and back again', async () => {
    await using core = await makeCore(profile);
    await run(core, text());
    const small = `HANDLER vdisk_nullio {\n\tDEVICE nullio\n}\nTARGET_DRIVER scst_local {\n\tTARGET t1 {\n\t\tLUN 0 nullio\n\t}\n}\n`;
    const kept = await run(core, small);
    expect(kept.done.map(({ summary }) => summary)).toEqual(['LUN 0 nullio']);
    expect(await run(core, small, { prune: true, force: true })).toMatchObject({ converged: true, failed: [] });
    const config = await readConfig(core.tree);
    expect(config.handlers.map(({ name, devices }) => [name, devices.map((device) => device.name)])).toEqual([['vdisk_nullio', ['nullio']]]);
    expect(config.targetDrivers.flatMap(({ targets }) => targets.map(({ name, luns, groups }) => [name, luns.length, groups.length]))).toEqual([['t1', 1, 0]]);
    expect(config.deviceGroups).toEqual([]);
    expect((await run(core, small, { prune: true })).changes).toBe(0);
    expect(await run(core, text(), { force: true })).toMatchObject({ converged: true });
    expect((await run(core, text(), { prune: true })).changes).toBe(0);
  });

  it('takes everything back after a failure', async () => {
    await using core = await makeCore(profile);
    await run(core, text());
    const before = await saveText(core.tree);
    const bad = text().replace('DEVICE disk2 {', `DEVICE disk2 {\n\t\tnuma_node_id 0`).replace('LUN 2 cd', 'LUN 2 cd\n\t\tLUN 3 disk1').replace('group_id 5', 'group_id 9').replace('TARGET x/y {', 'TARGET z {\n\t\tsession_name taken\n\t}\n\tTARGET x/y {');
    const controller = new AbortController();
    const work = run(core, bad, { rollback: true, signal: controller.signal, onProgress: ({ operation }) => { if (operation.phase === 'alua') controller.abort(); } });
    await expect(work).rejects.toMatchObject({ code: 'ERR_SCST_APPLY_ABORTED', report: { rollback: { failed: [] } } });
    expect(await saveText(core.tree)).toBe(before);
  });

  it('remakes an exported device by force and gives it back to its initiators', async () => {
    await using core = await makeCore(profile);
    await run(core, text());
    const changed = text().replace('nv_cache 1', 'nv_cache 0');
    expect((await run(core, changed)).blocked.length).toBeGreaterThan(0);
    expect(await run(core, changed, { force: true })).toMatchObject({ converged: true, failed: [] });
    expect((await run(core, changed, { prune: true })).changes).toBe(0);
  });

  it('saves into the file it was made from without a change', async () => {
    await using core = await makeCore(profile);
    const path = join(directory, 'scst.conf');
    await run(core, text());
    await save(core.tree, path);
    const saved = `# by hand\n${await readFile(path, 'utf8')}`;
    await writeFile(path, saved);
    expect((await save(core.tree, path)).changed).toBe(false);
  });
});

describe('modules', () => {
  it('are loaded when somebody is given who can', async () => {
    await using core = await makeCore('scst', ['scst']);
    await expect(run(core, text())).rejects.toMatchObject({ code: 'ERR_SCST_CONFIG' });
    const report = await run(core, text(), { modules: core.modules });
    expect(report).toMatchObject({ converged: true });
    expect(report.done.filter(({ kind }) => kind === 'load-module').map(({ module }) => module)).toEqual(['scst_vdisk', 'scst_local']);
    expect((await run(core, text())).changes).toBe(0);
  });
});

describe('size', () => {
  it('changes many LUNs under one suspension, and takes time in proportion to them', async () => {
    const many = (count: number): string => `HANDLER vdisk_nullio {\n\tDEVICE n\n}\nTARGET_DRIVER scst_local {\n\tTARGET t {\n${Array.from({ length: count }, (_, lun) => `\t\tLUN ${lun} n\n`).join('')}\t}\n}\n`;
    const time = async (count: number): Promise<number> => {
      await using core = await makeCore();
      // The processor's time, which other programs do not stretch.
      const start = process.cpuUsage();
      expect((await run(core, many(count))).converged).toBe(true);
      expect(Buffer.from(await core.tree.read('suspend')).toString()).toBe('0\n');
      return process.cpuUsage(start).user;
    };
    await time(100);
    const small = await time(1000);
    expect(await time(5000)).toBeLessThan(small * 12);
  }, 120_000);
});
