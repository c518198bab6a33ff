// A PC boots from a disk it has over iSCSI: firmware, boot loader, kernel and what the guest writes go through scst-iscsi-target.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { findMachine, findProgram } from '../vm/prerequisites.js';
import { GRUB, makeBootDisk } from './boot-disk.js';
import { ServerProcess } from './server-process.js';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('../../../apps/iscsi-target/dist/cli.js', import.meta.url));
const TARGET = 'iqn.2026-11.com.example:boot';
const SAYS = 'This guest has booted from';
const WRITES = 'written by the guest of an iSCSI disk';

const machine = findMachine();
const lacking = [
  ...('missing' in machine ? machine.missing.map(({ debian }) => debian) : []),
  ...(['grub-mkimage:grub-common', 'mkfs.ext2:e2fsprogs'].filter((words) => findProgram(words.split(':')[0] ?? '') === undefined).map((words) => words.split(':')[1])),
  ...(existsSync(join(GRUB, 'boot.img')) ? [] : ['grub-pc-bin']),
  ...(existsSync('/usr/lib/x86_64-linux-gnu/qemu/block-iscsi.so') ? [] : ['qemu-block-extra']),
];

describe.skipIf(lacking.length > 0)(`a PC with an iSCSI disk${lacking.length === 0 ? '' : ` (skipped: Debian’s ${lacking.join(', ')} not installed)`}`, () => {
  it('boots from it, and writes to it', { timeout: 180_000 }, async () => {
    if ('missing' in machine) return;
    const directory = await mkdtemp(join(tmpdir(), 'scst-boot-'));
    try {
      const { image, sectors, written } = await makeBootDisk(directory, machine, { says: SAYS, writes: WRITES });
      const config = `HANDLER vdisk_fileio {\n\tDEVICE system {\n\t\tfilename ${image}\n\t}\n}\nTARGET_DRIVER iscsi {\n\tenabled 1\n\tTARGET ${TARGET} {\n\t\tenabled 1\n\t\tLUN 0 system\n\t}\n}\n`;
      await using server = await ServerProcess.start({ program: PROGRAM, directory, config, profile: 'scst', portals: ['127.0.0.1:0'] });
      const [portal] = (await server.status()).portals;
      const { stdout } = await run(
        machine.emulator,
        ['-accel', 'tcg', '-m', '384', '-nodefaults', '-display', 'none', '-no-reboot', '-serial', 'stdio', '-drive', `file=iscsi://${portal ?? ''}/${TARGET}/0,format=raw,if=virtio`],
        { timeout: 150_000, killSignal: 'SIGKILL' },
      );
      expect(stdout).toContain(`${SAYS} ${sectors} sectors, read back: ${WRITES}`);
      await using disk = await open(image);
      expect((await disk.read(Buffer.alloc(WRITES.length), 0, WRITES.length, written)).buffer.toString()).toBe(WRITES);
      await expect.poll(async () => (await server.status()).sessions.length, { timeout: 10_000 }).toBe(0);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});
