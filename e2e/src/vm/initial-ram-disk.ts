import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { moduleOrder } from './module-order.js';
import type { Kernel } from './prerequisites.js';

/** Tags of the folders that the guest mounts. */
export const TAG = { root: 'rootfs', shared: 'shared' } as const;
/** Where the folder that host and guest share is in the guest. */
export const SHARED = '/run/scst-vm';

const DRIVERS = ['virtio_pci', '9pnet_virtio', '9p', 'overlay'];

/** The host's root file system below a layer in memory, so that the guest sees all of it and changes nothing. */
const init = (modules: readonly string[], { freshTmp }: { freshTmp: boolean }): string => `#!/bin/busybox sh
B=/bin/busybox
$B mount -t proc proc /proc; $B mount -t sysfs sys /sys; $B mount -t devtmpfs dev /dev
for module in ${modules.join(' ')}; do $B insmod /lib/$module || $B echo "vm: $module could not be loaded"; done
give_up() { $B echo "vm: $1"; $B poweroff -f; }
NINE=trans=virtio,version=9p2000.L,msize=262144
$B mount -t 9p -o $NINE,ro,cache=loose ${TAG.root} /lower || give_up 'the root file system of the host could not be mounted'
$B mount -t tmpfs tmpfs /layer; $B mkdir /layer/upper /layer/work
$B mount -t overlay -o lowerdir=/lower,upperdir=/layer/upper,workdir=/layer/work overlay /root || give_up 'no layer could be put over the root file system'
for folder in proc sys dev run tmp; do $B mkdir -p /root/$folder; done
$B mount -t proc proc /root/proc; $B mount -t sysfs sys /root/sys; $B mount -t devtmpfs dev /root/dev
$B mkdir -p /root/dev/pts /root/dev/shm; $B mount -t devpts devpts /root/dev/pts; $B mount -t tmpfs shm /root/dev/shm
$B mount -t tmpfs run /root/run; ${freshTmp ? '$B mount -t tmpfs tmp /root/tmp; $B chmod 1777 /root/tmp' : ':'}
$B mount -t debugfs debug /root/sys/kernel/debug 2>/dev/null; $B mount -t configfs config /root/sys/kernel/config 2>/dev/null
$B mkdir -p /root${SHARED}; $B mount -t 9p -o $NINE ${TAG.shared} /root${SHARED} || give_up 'the shared folder could not be mounted'
$B ip link set lo up; $B hostname guest
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8
exec $B switch_root -c /dev/console /root /bin/sh -c 'sh ${SHARED}/main.sh </dev/null >/dev/ttyS1 2>&1; echo $? >${SHARED}/status; sync; echo o >/proc/sysrq-trigger; sleep 60'
`;

export interface InitialRamDisk {
  /** For the file and what it is made of. */
  readonly directory: string;
  readonly kernel: Kernel;
  readonly busybox: string;
  /** Names of modules; what they need comes with them. */
  readonly drivers: readonly string[];
  /** Text of its first program, given the files of the modules in the order in which they can be loaded; they are in /lib. */
  readonly init: (modules: readonly string[]) => string;
}

/** Writes the file a kernel starts from: busybox, modules, and a first program. Returns its path. */
export const packInitialRamDisk = ({ directory, kernel, busybox, drivers, init: text }: InitialRamDisk): string => {
  const tree = join(directory, 'initial');
  for (const folder of ['bin', 'proc', 'sys', 'dev', 'root', 'lib', 'lower', 'layer']) mkdirSync(join(tree, folder), { recursive: true });
  const modules = moduleOrder(readFileSync(join(kernel.modules, 'modules.dep'), 'utf8'), drivers);
  for (const path of modules) copyFileSync(join(kernel.modules, path), join(tree, 'lib', basename(path)));
  copyFileSync(busybox, join(tree, 'bin', 'busybox'));
  writeFileSync(join(tree, 'init'), text(modules.map((path) => basename(path))));
  chmodSync(join(tree, 'init'), 0o755);
  const image = join(directory, 'initial.cpio');
  const { status, stderr } = spawnSync('sh', ['-c', 'find . | cpio -o -H newc > "$0"', image], { cwd: tree, encoding: 'utf8' });
  if (status !== 0) throw new Error(`cpio failed: ${stderr}`);
  return image;
};

/** Writes the file that the machine of the suites starts from; its folder is for intermediate files too. */
export const writeInitialRamDisk = (directory: string, kernel: Kernel, busybox: string, options: { freshTmp: boolean }): string =>
  packInitialRamDisk({ directory, kernel, busybox, drivers: DRIVERS, init: (modules) => init(modules, options) });
