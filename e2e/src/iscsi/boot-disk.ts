import { execFile } from 'node:child_process';
import { copyFile, mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packInitialRamDisk } from '../vm/initial-ram-disk.js';
import type { Kernel } from '../vm/prerequisites.js';

const run = promisify(execFile);

/** Where Debian's grub-pc-bin has the parts of a boot loader for PC firmware. */
export const GRUB = '/usr/lib/grub/i386-pc';
const SECTOR = 512;
/** Sectors: partition 1, a file system with kernel and initial RAM disk, and partition 2, which the guest writes to. */
const PARTITIONS = [{ start: 2048, sectors: 80 << 11, type: 0x83 }, { start: 2048 + (80 << 11), sectors: 1 << 11, type: 0xda }] as const;
/** Offsets of the partition table and of the signature in a master boot record. */
const [TABLE, ENTRY, ACTIVE] = [446, 16, 0x80];

/** What the guest does: says that it runs, copies the sector it is to write, and reads it back past its caches. */
const init = (modules: readonly string[], { says, writes }: Guest): string => `#!/bin/busybox sh
B=/bin/busybox
$B mount -t proc proc /proc; $B mount -t sysfs sys /sys; $B mount -t devtmpfs dev /dev
for module in ${modules.join(' ')}; do $B insmod /lib/$module; done
for attempt in 1 2 3 4 5 6 7 8 9 10; do [ -b /dev/vda2 ] && break; $B sleep 1; done
$B echo '${writes}' | $B dd of=/dev/vda2 bs=${SECTOR} conv=sync,fsync 2>/dev/null
echo 3 >/proc/sys/vm/drop_caches
$B echo "${says} $($B cat /sys/block/vda/size) sectors, read back: $($B dd if=/dev/vda2 bs=${writes.length} count=1 2>/dev/null)" >/dev/console
$B poweroff -f
`;

interface Guest {
  /** Word on the console. */
  readonly says: string;
  /** Text at the start of partition 2. */
  readonly writes: string;
}

export interface BootDisk {
  readonly image: string;
  readonly sectors: number;
  /** Offset, in bytes, of what the guest writes. */
  readonly written: number;
}

/** Makes a disk that PC firmware boots: a boot loader in its first sectors, and a partition with a kernel. No mount is needed for it. */
export const makeBootDisk = async (directory: string, machine: { readonly kernel: Kernel; readonly busybox: string }, guest: Guest): Promise<BootDisk> => {
  const [system, data] = PARTITIONS;
  const initrd = packInitialRamDisk({ directory, ...machine, drivers: ['virtio_pci', 'virtio_blk'], init: (modules) => init(modules, guest) });
  const files = join(directory, 'files');
  await mkdir(files);
  await copyFile(machine.kernel.image, join(files, 'vmlinuz'));
  await copyFile(initrd, join(files, 'initrd'));
  const fileSystem = join(directory, 'files.ext2');
  await run('mkfs.ext2', ['-q', '-d', files, fileSystem, `${system.sectors / 2}k`]);

  const [loader, config] = [join(directory, 'core.img'), join(directory, 'grub.cfg')];
  await writeFile(config, 'set root=(hd0,msdos1)\nlinux /vmlinuz console=ttyS0 quiet panic=-1 tsc=reliable no_timer_check\ninitrd /initrd\nboot\n');
  await run('grub-mkimage', ['-O', 'i386-pc', '-d', GRUB, '-p', '(hd0,msdos1)/', '-c', config, '-o', loader, 'biosdisk', 'part_msdos', 'ext2', 'linux']);

  const image = join(directory, 'disk.img');
  const sectors = data.start + data.sectors;
  const [core, content] = await Promise.all([readFile(loader), readFile(fileSystem)]);
  if (core.length > (system.start - 1) * SECTOR) throw new Error(`the boot loader of ${core.length} bytes does not fit before the first partition`);
  await using disk = await open(image, 'w');
  await disk.truncate(sectors * SECTOR);
  await disk.write(withTable(await readFile(join(GRUB, 'boot.img'))), 0, SECTOR, 0);
  await disk.write(core, 0, core.length, SECTOR);
  await disk.write(content, 0, content.length, system.start * SECTOR);
  return { image, sectors, written: data.start * SECTOR };
};

/** A first sector with the partition table in it. */
const withTable = (bootSector: Buffer): Buffer => {
  // What the loader's first sector has in the table's place is code for floppy disks.
  const record = Buffer.from(bootSector).fill(0, TABLE, TABLE + 4 * ENTRY);
  for (const [index, { start, sectors, type }] of PARTITIONS.entries()) {
    const at = TABLE + index * ENTRY;
    record[at] = index === 0 ? ACTIVE : 0;
    record[at + 4] = type;
    record.writeUInt32LE(start, at + 8);
    record.writeUInt32LE(sectors, at + 12);
  }
  return record;
};
