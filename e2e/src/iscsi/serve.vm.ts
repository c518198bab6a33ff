// `scst-local serve --scsi-device … --iscsi …`: a disk of the machine, passed through to Linux's own initiator.
// @vm modules sg ext4 crc32c_generic
// @vm programs iscsid:open-iscsi iscsiadm:open-iscsi mkfs.ext4:e2fsprogs
// @vm processors 2
// @vm timeout 400
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { read } from '@scst/scsi';
import { awaitDevices, isReady, SgDevice } from '@scst/sg-io';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServerProcess, startAndFail } from '../durability/server-process.js';
import { succeed } from '../kernel/standin.js';
import { KernelModule } from '../vm/guest/kernel-module.js';
import { ScsiDebug } from '../vm/guest/scsi-debug.js';
import { OpenIscsi } from './open-iscsi.js';

const CLI = fileURLToPath(new URL('../../../apps/cli/dist/cli.js', import.meta.url));
const PORTAL = '127.0.0.1:13261';
const TARGET = 'iqn.2026-11.com.example:passed-through';
/** Milliseconds for a program on an emulated processor. */
const PATIENCE = 120_000;
const TEXT = 'written through iSCSI to a disk that is passed through';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scst-serve-'));
  await mkdir(join(directory, 'mounted'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const options = (flags: readonly string[], config?: string): Parameters<typeof ServerProcess.start>[0] => ({
  program: CLI, socket: join(directory, 'socket'), stateDirectory: join(directory, 'state'), config, flags: ['--module', 'scst_disk', ...flags], patience: PATIENCE,
});

describe('scst-local serve', () => {
  it('passes a disk of the machine through to an initiator of iSCSI', async () => {
    await using initiator = await OpenIscsi.start({ initiator: 'iqn.2026-11.com.example:guest', portal: PORTAL });
    await using driver = await ScsiDebug.load({ dev_size_mb: 16 });
    const { address, sg } = await driver.device();
    const config = join(directory, 'scst.conf');
    await writeFile(config, `HANDLER dev_disk {\n\tDEVICE ${address}\n}\nTARGET_DRIVER iscsi {\n\tenabled 1\n\tTARGET ${TARGET} {\n\t\tenabled 1\n\t\tLUN 0 ${address}\n\t}\n}\n`);
    await using server = await ServerProcess.start(options(['--scsi-device', address, '--iscsi', PORTAL], config));
    expect(await initiator.discover()).toEqual([TARGET]);
    await initiator.set(TARGET, { 'node.conn[0].timeo.noop_out_timeout': 30, 'node.conn[0].timeo.login_timeout': 60 });
    expect(await initiator.logIn(TARGET)).toMatchObject({ status: 0 });
    const { disk, generic } = await initiator.device(0);
    expect(generic).not.toBe(sg);
    const folder = join(directory, 'mounted');
    await succeed('mkfs.ext4', '-q', disk);
    await succeed('mount', disk, folder);
    await writeFile(join(folder, 'file'), TEXT);
    await succeed('umount', folder);
    expect(await initiator.logOut(TARGET)).toMatchObject({ status: 0 });

    // The machine's own disk has the file system now.
    await using direct = await SgDevice.open(sg);
    const superblock = await read(direct, { lba: 2n, blocks: 2, blockLength: 512, unitAttentionRetries: 8 });
    expect(Buffer.from(superblock).readUInt16LE(0x38)).toBe(0xef53);
    const { node = '' } = (await awaitDevices(() => true, { timeout: 1000 })).find((device) => device.address === address) ?? {};
    await succeed('blockdev', '--flushbufs', node);
    await succeed('mount', '-o', 'ro', node, folder);
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe(TEXT);
    await succeed('umount', folder);

    expect(await server.stop()).toBe(0);
    expect(server.stderr).not.toContain('warning');
    await expect(access(join(directory, 'socket'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('does not lend what the machine has mounted, and says why', async () => {
    await KernelModule.load('sd_mod');
    await using driver = await ScsiDebug.load({ dev_size_mb: 16 });
    await driver.waitFor(1);
    const [disk] = await awaitDevices((devices) => devices.length === 1 && devices.every((device) => isReady(device, new Set(['sg', 'sd_mod']))), { timeout: 60_000 });
    const [node, folder] = [disk?.node ?? '', join(directory, 'mounted')];
    await succeed('mkfs.ext4', '-q', node);
    await succeed('mount', node, folder);
    try {
      const { exit, stderr } = await startAndFail(options(['--scsi-device', disk?.address ?? '']));
      expect([exit, stderr]).toEqual([1, expect.stringContaining(`the SCSI device ${disk?.address ?? ''} is this machine’s own: ${node} is mounted on ${folder} (ext4)`)]);
    } finally {
      await succeed('umount', folder);
    }
  });
});
