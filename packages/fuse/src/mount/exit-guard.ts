import { topmostAt } from '@scst/sysfs';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { Device } from '../session/device.js';
import { FILE_SYSTEM_TYPE, readMountTableSync } from './mount-table.js';
import { programEnvironment } from './programs.js';

/** How long each step may take at the end of the process. */
const STEP_TIMEOUT = 2000;

/**
 * Takes a mount down when the process exits, where nothing can be awaited and nobody is left to answer requests. Without it the
 * process would not end: the thread that reads requests blocks in the kernel, and Node waits for it.
 */
export class ExitGuard {
  /** `major:minor` of the mount, once it is known; until then whatever tree is mounted on the directory is the one. */
  device: string | undefined;
  readonly #connection: Device;
  readonly #directory: string;

  constructor(connection: Device, directory: string) {
    this.#connection = connection;
    this.#directory = directory;
    process.on('exit', this.#onExit);
  }

  /** There is nothing to take down any more. */
  release(): void {
    process.removeListener('exit', this.#onExit);
  }

  readonly #onExit = (): void => {
    const connection = this.#connection;
    connection.stop();
    const top = topmostAt(readMountTableSync(), this.#directory);
    const ours = this.device === undefined ? top?.type === FILE_SYSTEM_TYPE : top?.device === this.device;
    if (ours) {
      const settings = { stdio: 'ignore', timeout: STEP_TIMEOUT, killSignal: 'SIGKILL', env: programEnvironment() } as const;
      // The request wakes the thread up, which closes the device instead of answering; from then on every request fails at once.
      spawnSync('stat', ['-f', this.#directory], settings);
      spawnSync('umount', ['-l', this.#directory], settings);
    }
    if (connection.waitForEnd(STEP_TIMEOUT)) return;
    if (this.device !== undefined) abortConnection(this.device);
    if (connection.waitForEnd(STEP_TIMEOUT)) return;
    // The mount is out of reach (covered by another, or left in another mount namespace only): rather an abrupt end than none.
    process.kill(process.pid, 'SIGKILL');
  };
}

/** Ends a connection through fusectl, where that is mounted. @param device `major:minor` of the mount. */
export const abortConnection = (device: string): void => {
  const [, minor = ''] = device.split(':');
  try {
    writeFileSync(`/sys/fs/fuse/connections/${minor}/abort`, '1');
  } catch {
    // Not mounted, not ours to abort, or ended already.
  }
};
