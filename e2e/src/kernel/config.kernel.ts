// scst.conf on the kernel's SCST: the parts that are the suite's own, by `only`.
import { apply, plan, saveText } from '@scst/config';
import { inUse } from '@scst/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KernelSandbox } from './sandbox.js';

let sandbox: KernelSandbox;
beforeAll(async () => {
  sandbox = await KernelSandbox.open();
});
afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

/** A configuration of one device and one target of the suite's own. */
const make = async (): Promise<{ text: string; only: string[]; target: string; device: string; session: string }> => {
  const [device, target, session] = [sandbox.name('dev'), sandbox.name('target'), sandbox.name('host')];
  const file = await sandbox.file(8 << 20);
  const { scst } = sandbox;
  sandbox.atEnd(async () => { await scst.device(device).remove({ force: true }).catch(() => undefined); });
  sandbox.atEnd(async () => { await scst.driver().target(target).remove().catch(() => undefined); });
  const text = `HANDLER vdisk_fileio {
	DEVICE ${device} {
		filename ${file}
		nv_cache 1
	}
}
TARGET_DRIVER scst_local {
	TARGET ${target} {
		rel_tgt_id 4242
		LUN 0 ${device}
		GROUP g {
			LUN 3 ${device} {
				read_only 1
			}
			INITIATOR nobody*
		}
		session ${session}
	}
}
`;
  return { text, only: [`device:${device}`, `target:${target}`], target, device, session };
};

describe('scst.conf on the kernel', () => {
  it('is applied, has nothing left to do, and is saved as it was', async () => {
    const { text, only, target, device } = await make();
    const { tree } = sandbox.scst;
    const report = await apply(tree, text.replace(/\t\tsession .*\n/u, ''), { only });
    expect(report.converged).toBe(true);
    expect(report.changes).toBeGreaterThan(0);
    const handle = sandbox.scst.driver().target(target);
    expect(await handle.attributes.get('rel_tgt_id')).toBe('4242');
    expect(await handle.luns.list()).toEqual([{ number: 0, device, readOnly: false }]);
    expect(await handle.group('g').luns.list()).toEqual([{ number: 3, device, readOnly: true }]);
    expect((await plan(tree, text.replace(/\t\tsession .*\n/u, ''), { only })).operations).toEqual([]);
    const saved = await saveText(tree, { only });
    expect((await plan(tree, saved, { only })).operations).toEqual([]);
    for (const word of [device, target, 'nv_cache 1', 'rel_tgt_id 4242', 'INITIATOR nobody*']) expect(saved).toContain(word);
  });

  it('holds back what would take a used LUN away, until forced', async () => {
    const { target, session, device } = await sandbox.exportedDisk();
    const { tree } = sandbox.scst;
    const text = `TARGET_DRIVER scst_local {\n\tTARGET ${target.name} {\n\t}\n}\n`;
    const options = { only: [`target:${target.name}`], prune: true, inUse: inUse(sandbox.scst) };
    await using lun = await session.open(0);
    const held = await apply(tree, text, options);
    expect(held.converged).toBe(false);
    expect(await target.luns.list()).toEqual([{ number: 0, device: device.name, readOnly: false }]);
    await lun.close();
    const done = await apply(tree, text, { ...options, force: true });
    expect(done.changes).toBeGreaterThan(0);
    expect(await target.luns.list()).toEqual([]);
  });
});
