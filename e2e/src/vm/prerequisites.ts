import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What a virtual machine is made of. */
export interface Kernel {
  /** As `uname -r` gives it. */
  readonly version: string;
  readonly image: string;
  /** Folder of its modules. */
  readonly modules: string;
}

export interface Missing {
  readonly what: string;
  /** The Debian package that has it. */
  readonly debian: string;
}

const EMULATOR = 'qemu-system-x86_64';
const FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The path of a program, also of those that only root has in its PATH. */
export const findProgram = (name: string): string | undefined =>
  [...(process.env['PATH'] ?? '').split(delimiter), ...FOLDERS].map((folder) => join(folder, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

const byVersion = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

/** The newest kernel that is installed with its modules. */
const findKernel = (): Kernel | undefined => {
  const versions = existsSync('/lib/modules') ? readdirSync('/lib/modules').sort(byVersion).reverse() : [];
  return versions
    .map((version) => ({ version, image: `/boot/vmlinuz-${version}`, modules: `/lib/modules/${version}` }))
    .find(({ image, modules }) => existsSync(image) && existsSync(join(modules, 'modules.dep')));
};

/** Where what a boot takes is, or what is missing of it. */
export const findMachine = (): { kernel: Kernel; emulator: string; busybox: string } | { missing: readonly Missing[] } => {
  const kernel = findKernel();
  const [emulator, busybox, cpio] = [EMULATOR, 'busybox', 'cpio'].map(findProgram);
  if (kernel !== undefined && emulator !== undefined && busybox !== undefined && cpio !== undefined) return { kernel, emulator, busybox };
  const missing: Missing[] = [];
  if (emulator === undefined) missing.push({ what: EMULATOR, debian: 'qemu-system-x86' });
  if (kernel === undefined) missing.push({ what: 'a kernel in /boot with its modules in /lib/modules', debian: 'linux-image-amd64' });
  if (busybox === undefined) missing.push({ what: 'busybox', debian: 'busybox-static' });
  if (cpio === undefined) missing.push({ what: 'cpio', debian: 'cpio' });
  return { missing };
};
