import { type SysfsTree, topmostAt } from '@scst/sysfs';
import { openSync, constants } from 'node:fs';
import { FuseError } from '../errors.js';
import { ServedTree } from '../served/served-tree.js';
import { within } from '../session/deferred.js';
import { Device } from '../session/device.js';
import { Session } from '../session/session.js';
import { attach } from './attach.js';
import { ExitGuard } from './exit-guard.js';
import { MountedTree } from './mounted-tree.js';
import { readMountTable } from './mount-table.js';
import { detach, prepareMountpoint } from './mountpoint.js';
import { withDefaults, type MountOptions } from './options.js';
import { assertSupported, DEVICE_PATH } from './support.js';

/** How a mount is taken down. */
export interface UnmountOptions {
  /** How long reads and writes under way may take to end, in milliseconds, before they are aborted. Default: 1000. */
  graceMilliseconds?: number | undefined;
}

/** A tree that is mounted, and served by this process. It keeps the process alive until it is unmounted. */
export interface Mount extends AsyncDisposable {
  /** Where: absolute, without links. */
  readonly directory: string;
  /** Resolves when it is served no more: it was unmounted, here or by umount(8). Never rejects. */
  readonly closed: Promise<void>;
  /** The FUSE protocol version agreed on with the kernel. */
  readonly protocol: { readonly major: number; readonly minor: number } | undefined;
  /** Requests being answered. */
  readonly inFlight: number;
  /** Files programs hold open. */
  readonly openFiles: number;
  /**
   * Unmounts. The directory is free at once, also when programs are using the tree; what they have under way gets the grace, then
   * their operations are aborted and everything they hold open answers ENOTCONN. Calling it twice, or after the mount has gone, is
   * no error.
   *
   * @throws FuseError `COVERED` (it is served on), `UNMOUNT_FAILED` (it is not served any more).
   */
  unmount(options?: UnmountOptions): Promise<void>;
}

const START_TIMEOUT = 10_000;

/**
 * Mounts a tree on an empty directory, where any program can use it as if it were sysfs.
 *
 * This process serves the mount. It must not touch it with synchronous calls: `fs.readFileSync` below the directory would wait for an
 * answer that only the waiting thread can give, and so would `spawn` with a `cwd` there. They fail with EDEADLK when the main thread
 * serves, and hang when another does. `fs.promises` is fine. The mount is taken down by `unmount()`, by the end of an
 * `await using` block, and when the process exits. A server that was killed leaves a dead mount, which the next mount() on that
 * directory clears away.
 *
 * @throws FuseError where it cannot be done; {@link FuseError.hint} says what to do about it.
 */
export const mount = async (tree: SysfsTree, directory: string, options: MountOptions = {}): Promise<Mount> => {
  const settings = withDefaults(options);
  await assertSupported();
  const place = await prepareMountpoint(directory, settings.allowNonEmpty);

  const served = new ServedTree(tree, settings);
  const fd = openSync(DEVICE_PATH, constants.O_RDWR);
  const connection = new Device(fd, (message) => { session.receive(message); });
  const session = new Session(served, connection, settings);
  const guard = new ExitGuard(connection, place);
  let attached = false;
  try {
    await attach(fd, place, settings.allowOther);
    attached = true;
    if (!(await within(START_TIMEOUT, session.started))) throw new FuseError('MOUNT_FAILED', `the kernel did not begin to use ${place}`, { directory: place });
    const entry = topmostAt(await readMountTable(), place);
    if (entry === undefined) throw new FuseError('MOUNT_FAILED', `${place} is not in the mount table`, { directory: place });
    guard.device = entry.device;
    return new MountedTree({ directory: place, device: entry.device, served, connection, session, guard, signals: settings.unmountOnSignals });
  } catch (error) {
    connection.stop();
    // Without a mount the thread looks for the stop by itself; with one, losing the mount wakes it up.
    if (attached) await detach(place).catch(() => undefined);
    if (await within(START_TIMEOUT, connection.ended)) guard.release();
    throw error instanceof FuseError ? error : new FuseError('MOUNT_FAILED', `mount on ${place} failed`, { directory: place, cause: error });
  }
};
