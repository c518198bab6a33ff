import { FuseError } from '../errors.js';
import { FILE_SYSTEM_TYPE } from './mount-table.js';
import { runProgram } from './programs.js';

const MOUNT_TIMEOUT = 30_000;

/** What the mount table shows as the source. */
const SOURCE = 'scst';

/** The first descriptor after standard error: where mount(8) finds the device. */
const INHERITED_FD = 3;

/** The options of the mount: as sysfs is mounted, and those of FUSE. */
export const mountOptions = (uid: number, gid: number, allowOther: boolean): string =>
  [
    'rw',
    'nosuid',
    'nodev',
    'noexec',
    `fd=${INHERITED_FD}`,
    'rootmode=40000',
    `user_id=${uid}`,
    `group_id=${gid}`,
    // Only the user that mounts gets in otherwise, and may do all; checking modes would ask for those of every directory on the way.
    ...(allowOther ? ['allow_other', 'default_permissions'] : []),
  ].join(',');

/**
 * Mounts an open /dev/fuse on a directory. mount(2) takes the number of the device in the process that calls it: mount(8) inherits it.
 *
 * @throws FuseError `MOUNT_FAILED`, `NO_PERMISSION` or `NO_PROGRAM`.
 */
export const attach = async (fd: number, directory: string, allowOther: boolean): Promise<void> => {
  const options = mountOptions(process.geteuid?.() ?? 0, process.getegid?.() ?? 0, allowOther);
  // -i: no helper of that type, -n: the table is the kernel's, so nothing is written to /etc/mtab.
  const { status, stderr } = await runProgram('mount', ['-i', '-n', '-t', FILE_SYSTEM_TYPE, '-o', options, SOURCE, directory], MOUNT_TIMEOUT, [fd]);
  if (status === 0) return;
  const denied = /permission denied|must be superuser|not permitted/iu.test(stderr);
  throw new FuseError(denied ? 'NO_PERMISSION' : 'MOUNT_FAILED', `mount on ${directory}: ${stderr || 'it did not end'}`, {
    directory,
    hint: denied ? 'A user namespace needs a mount namespace of its own as well: unshare --map-root-user --mount node …' : undefined,
  });
};
