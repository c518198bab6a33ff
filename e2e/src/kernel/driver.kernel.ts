// A target driver in user space over the kernel's scst_local, and iSCSI as the one of full size.
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { serveIscsi } from '@scst/iscsi-driver';
import { createTargetDriver, type DriverUnit, type LunChanges, type ScsiTask } from '@scst/local';
import { cdb, STATUS } from '@scst/scsi';
import { decodeTransportId, encodeTransportId, parseTransportId } from '@scst/transport-id';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, KernelSandbox } from './sandbox.js';

const run = promisify(execFile);
const ISCSI_VERSION = 0x0960;
const INITIATOR = 'sas:5000c50012345678';

let sandbox: KernelSandbox;
beforeAll(async () => {
  sandbox = await KernelSandbox.open();
});
afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

/** One command through a unit, after what unit attentions wait for it. */
const execute = async (unit: DriverUnit, command: Uint8Array, data: { dataIn?: Uint8Array; dataOut?: Uint8Array } = {}): Promise<ScsiTask> => {
  for (let attempt = 0; ; attempt += 1) {
    const task = await new Promise<ScsiTask>((done) => {
      unit.submit({ cdb: command, dataIn: data.dataIn ?? null, dataOut: data.dataOut ?? null, attribute: 'simple', status: 0, sense: new Uint8Array(0), residual: 0, aborted: false, done });
    });
    if (task.status !== STATUS.CHECK_CONDITION || attempt === 8) return task;
  }
};

describe('a target driver on the kernel’s scst_local', () => {
  it('makes targets and sessions, serves their LUNs, and takes all of it back', async () => {
    const { device, file } = await sandbox.disk();
    const name = sandbox.name('driven');
    const driver = await createTargetDriver(sandbox.scst, { name: sandbox.name('driver'), journalDirectory: sandbox.directory, pollInterval: 50 });
    try {
      const target = await driver.addTarget(name, { scsiTransportVersion: ISCSI_VERSION });
      await target.target.luns.add(device.name, 2);
      const session = await target.addSession(sandbox.name('initiator'), { transportId: encodeTransportId(parseTransportId(INITIATOR)) });
      expect(await target.target.attributes.get('scsi_transport_version')).toBe('0x960');
      expect(decodeTransportId(await session.session.transportId())).toEqual(parseTransportId(INITIATOR));
      expect([...session.luns.values()]).toEqual([{ number: 2, device: device.name, readOnly: false }]);

      const unit = session.unit(2);
      const data = Uint8Array.from({ length: 4096 }, (_, index) => (index * 5) & 0xff);
      expect((await execute(unit, cdb.write10({ lba: 8, transferLength: 8 }), { dataOut: data })).status).toBe(STATUS.GOOD);
      const back = new Uint8Array(4096);
      expect((await execute(unit, cdb.read10({ lba: 8, transferLength: 8 }), { dataIn: back })).status).toBe(STATUS.GOOD);
      expect(Buffer.from(back).equals(data)).toBe(true);
      expect((await readFile(file)).subarray(4096, 8192).equals(Buffer.from(data))).toBe(true);
      await unit.reset('lun');
      expect((await execute(unit, cdb.testUnitReady())).status).toBe(STATUS.GOOD);
      // What is not mapped answers as SAM-6 says.
      expect((await execute(session.unit(5), cdb.testUnitReady())).sense[12]).toBe(0x25);

      const seen: LunChanges[] = [];
      session.watch((changes) => seen.push(changes));
      await target.target.luns.add((await sandbox.device('vdisk_nullio', { size_mb: 8 })).name, 5);
      await eventually('the driver sees LUN 5', () => Promise.resolve(seen.some(({ added }) => added.includes(5))));
      expect((await execute(session.unit(5), cdb.testUnitReady())).status).toBe(STATUS.GOOD);
    } finally {
      await driver.close();
    }
    expect((await sandbox.scst.driver().targets()).map((target) => target.name)).not.toContain(name);
  });

  it('of which one was killed is cleared away by the next of its name, and nothing else is', async () => {
    const [name, left, kept] = [sandbox.name('driver'), sandbox.name('left'), await sandbox.target()];
    await sandbox.session(kept);
    sandbox.atEnd(async () => { await sandbox.scst.driver().target(left).remove().catch(() => undefined); });
    const program = `
      const { createTargetDriver, Scst } = await import('@scst/local');
      const scst = await Scst.open({ connect: 'kernel' });
      const driver = await createTargetDriver(scst, ${JSON.stringify({ name, journalDirectory: sandbox.directory })});
      const target = await driver.addTarget('${left}');
      await target.addSession('${left}-initiator');
      process.kill(process.pid, 'SIGKILL');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit', cwd: fileURLToPath(new URL('.', import.meta.url)) });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    expect(await sandbox.scst.driver().target(left).sessions()).toHaveLength(1);
    const next = await createTargetDriver(sandbox.scst, { name, journalDirectory: sandbox.directory });
    await next.close();
    await eventually('what was left has gone', async () => !(await sandbox.scst.driver().targets()).some((target) => target.name === left));
    expect(await kept.sessions()).toHaveLength(1);
  });
});

const lacksClients = spawnSync('sh', ['-c', 'command -v qemu-io && command -v iscsi-inq && ls /usr/lib/*/qemu/block-iscsi.so']).status !== 0;

describe.skipIf(lacksClients)(`iSCSI over the kernel’s scst_local${lacksClients ? ' (skipped: Debian’s qemu-utils, qemu-block-extra and libiscsi-bin are not installed)' : ''}`, () => {
  it('gives its initiators the kernel’s LUNs', async () => {
    const { device, file } = await sandbox.disk();
    const name = `iqn.2026-11.com.example:${sandbox.name('disks')}`;
    const target = await sandbox.scst.driver().addTarget(name);
    sandbox.atEnd(() => target.remove());
    await target.luns.add(device.name, 0);
    // Only this target: others of the kernel are not the suite's.
    await using iscsi = await serveIscsi(sandbox.scst, { portals: [{ address: '127.0.0.1', port: 0 }], settings: { targets: new Map([[name, {}]]) }, journalDirectory: join(sandbox.directory, 'iscsi') });
    const url = `iscsi://127.0.0.1:${iscsi.portals[0]?.port ?? 0}/${name}/0`;
    const asked = await run('iscsi-inq', [url], { timeout: 60_000 });
    expect(asked.stdout).toMatch(/Vendor:SCST_FIO/u);
    const commands = ['write -P 0x5a 1M 64k', 'flush', 'read -P 0x5a 1M 64k', 'read -P 0 2M 64k'];
    const { stdout } = await run('qemu-io', ['-f', 'raw', ...commands.flatMap((command) => ['-c', command]), url], { timeout: 100_000 });
    expect(stdout).not.toMatch(/failed|mismatch/iu);
    expect((await readFile(file)).subarray(1 << 20, (1 << 20) + 65_536).every((byte) => byte === 0x5a)).toBe(true);
    await eventually('the initiators’ sessions have gone', async () => iscsi.sessions.length === 0 && (await target.sessions()).length === 0);
  });
});
