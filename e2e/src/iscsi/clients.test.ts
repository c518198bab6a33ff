import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type IscsiSettings, serveIscsi } from '@scst/iscsi-driver';
import { Scst } from '@scst/local';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const TARGET = 'iqn.2026-11.com.example:clients';
const SIZE = 8 << 20;

const lacking = ['qemu-img', 'qemu-io', 'iscsi-ls'].filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);
const hasBlockDriver = spawnSync('sh', ['-c', 'ls /usr/lib/*/qemu/block-iscsi.so']).status === 0;
const why = lacking.length > 0 ? `${lacking.join(', ')} not installed` : hasBlockDriver ? '' : 'QEMU’s iSCSI client is not installed (Debian: qemu-block-extra)';

const withDisk = async (settings: IscsiSettings, use: (url: (credentials?: string) => string, backing: string, directory: string) => Promise<void>): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'scst-iscsi-clients-'));
  try {
    const backing = join(directory, 'backing.img');
    await writeFile(backing, Buffer.alloc(SIZE));
    await using scst = await Scst.open({ connect: 'embedded' });
    await scst.handler('vdisk_fileio').add('disk1', { filename: backing });
    await (await scst.driver().addTarget(TARGET)).luns.add('disk1', 0);
    await using iscsi = await serveIscsi(scst, { portals: [{ address: '127.0.0.1', port: 0 }], settings });
    const portal = `127.0.0.1:${iscsi.portals[0]?.port ?? 0}`;
    await use((credentials = '') => `iscsi://${credentials}${portal}/${TARGET}/0`, backing, directory);
    // An initiator may be gone before its session's nexus has let go.
    await expect.poll(() => iscsi.sessions.length, { timeout: 5000 }).toBe(0);
  } finally {
    await rm(directory, { recursive: true });
  }
};

describe.skipIf(why !== '')(`QEMU and libiscsi as initiators${why === '' ? '' : ` (skipped: ${why})`}`, () => {
  it('write an image to the target, and read it back', async () => {
    await withDisk({}, async (url, backing, directory) => {
      const image = join(directory, 'image.raw');
      const bytes = Buffer.alloc(SIZE);
      for (let at = 0; at < SIZE; at += 4096) bytes.writeUInt32BE(at, at);
      await writeFile(image, bytes);
      await run('qemu-img', ['convert', '-n', '-f', 'raw', '-O', 'raw', image, url()], { timeout: 60_000 });
      expect((await readFile(backing)).equals(bytes)).toBe(true);
      const back = join(directory, 'back.raw');
      await run('qemu-img', ['convert', '-f', 'raw', '-O', 'raw', url(), back], { timeout: 60_000 });
      expect((await readFile(back)).equals(bytes)).toBe(true);
    });
  });

  it('write, flush, discard and read blocks', async () => {
    await withDisk({}, async (url, backing) => {
      const commands = ['write -P 0x5a 1M 64k', 'flush', 'read -P 0x5a 1M 64k', 'writev -P 0xa5 4k 4k 8k', 'read -P 0xa5 4k 12k', 'read -P 0 2M 1M'];
      const { stdout } = await run('qemu-io', ['-f', 'raw', ...commands.flatMap((command) => ['-c', command]), url()], { timeout: 60_000 });
      expect(stdout).not.toMatch(/failed|mismatch/iu);
      expect((await readFile(backing)).subarray(1 << 20, (1 << 20) + 65_536).every((byte) => byte === 0x5a)).toBe(true);
    });
  });

  it('log in with CHAP, and not with a wrong secret', async () => {
    const settings = { targets: new Map([[TARGET, { chap: { incoming: [{ name: 'anne', secret: 'a-secret-of-16-b' }] } }]]) };
    await withDisk(settings, async (url) => {
      await run('qemu-io', ['-r', '-f', 'raw', '-c', 'read -P 0 0 4k', url('anne%a-secret-of-16-b@')], { timeout: 60_000 });
      await expect(run('qemu-io', ['-r', '-f', 'raw', '-c', 'read 0 4k', url('anne%another-secret-0@')], { timeout: 60_000 })).rejects.toThrow();
      await expect(run('qemu-io', ['-r', '-f', 'raw', '-c', 'read 0 4k', url()], { timeout: 60_000 })).rejects.toThrow();
    });
  });

  it('discover the targets that they may see', async () => {
    await withDisk({}, async (url) => {
      const portal = url().replace(/\/iqn.*$/u, '/');
      expect((await run('iscsi-ls', [portal], { timeout: 30_000 })).stdout).toContain(`Target:${TARGET}`);
    });
  });
});
