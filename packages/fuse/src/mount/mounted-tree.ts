import { topmostAt, type MountEntry } from '@scst/sysfs';
import { constants } from 'node:fs';
import { open, statfs } from 'node:fs/promises';
import { FuseError } from '../errors.js';
import type { ServedTree } from '../served/served-tree.js';
import { within } from '../session/deferred.js';
import type { Device } from '../session/device.js';
import type { Session } from '../session/session.js';
import { abortConnection, type ExitGuard } from './exit-guard.js';
import type { Mount, UnmountOptions } from './mount.js';
import { readMountTable } from './mount-table.js';
import { detach } from './mountpoint.js';

const DEFAULT_GRACE = 1000;

/** How long the thread may take to end after it was given a request to end with. */
const END_TIMEOUT = 3000;

/** O_PATH of open(2), which Node has no name for: names a directory without a request to who serves it. */
const O_PATH = 0o10000000;

interface Parts {
  readonly directory: string;
  /** `major:minor` in the mount table. */
  readonly device: string;
  readonly served: ServedTree;
  readonly connection: Device;
  readonly session: Session;
  readonly guard: ExitGuard;
  readonly signals: readonly NodeJS.Signals[];
}

/**
 * A mounted tree.
 *
 * The thread that reads requests blocks in the kernel, and a process cannot end while it does. So every way out ends the connection
 * first: the thread is told to stop, is given a request to wake up with, and closes the device.
 */
export class MountedTree implements Mount {
  readonly directory: string;
  readonly closed: Promise<void>;
  readonly #parts: Parts;
  #unmounting: Promise<void> | undefined;
  #ended = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.directory = parts.directory;
    for (const signal of parts.signals) process.on(signal, this.#onSignal);
    this.closed = parts.connection.ended.then(() => {
      // Not before: while the thread is in the kernel, the process needs the guard to end.
      parts.guard.release();
      this.#end();
    });
  }

  get protocol(): { major: number; minor: number } | undefined {
    return this.#parts.session.protocol;
  }

  get inFlight(): number {
    return this.#parts.session.inFlight;
  }

  get openFiles(): number {
    return this.#parts.served.files.size;
  }

  unmount({ graceMilliseconds = DEFAULT_GRACE }: UnmountOptions = {}): Promise<void> {
    this.#unmounting ??= this.#unmount(graceMilliseconds).finally(() => {
      // Where something covered the tree it is still served, and can be unmounted later.
      if (!this.#ended) this.#unmounting = undefined;
    });
    return this.#unmounting;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.unmount();
  }

  async #unmount(grace: number): Promise<void> {
    if (this.#ended) return;
    const { connection, session } = this.#parts;
    const entries = await readMountTable();
    if (!this.#isListed(entries)) {
      // Somebody has unmounted it, while it was in use here or in another mount namespace.
      connection.stop();
      abortConnection(this.#parts.device);
      await this.#waitForEnd();
      return;
    }
    if (!this.#isOnTop(entries)) {
      throw new FuseError('COVERED', `something else is mounted over ${this.directory}`, { directory: this.directory, hint: `Unmount that first: umount ${this.directory}` });
    }
    // The mount is detached at once; the handle keeps a way to send the request the thread is woken up with.
    const handle = await open(this.directory, O_PATH | constants.O_DIRECTORY);
    try {
      const failure = await detach(this.directory).then(() => undefined, (error: unknown) => error);
      await within(grace, session.idle());
      connection.stop();
      await statfs(`/proc/self/fd/${handle.fd}`).catch(() => undefined);
      await this.#waitForEnd();
      // Somebody may have been quicker.
      if (failure instanceof Error && this.#isListed(await readMountTable())) throw failure;
    } finally {
      await handle.close();
    }
  }

  async #waitForEnd(): Promise<void> {
    if (await within(END_TIMEOUT, this.closed)) return;
    this.#parts.connection.unref();
    this.#end();
  }

  #isListed(entries: readonly MountEntry[]): boolean {
    return entries.some((entry) => entry.device === this.#parts.device && entry.directory === this.directory);
  }

  #isOnTop(entries: readonly MountEntry[]): boolean {
    return topmostAt(entries, this.directory)?.device === this.#parts.device;
  }

  /** Once: nothing is served any more. */
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const signal of this.#parts.signals) process.removeListener(signal, this.#onSignal);
    this.#parts.session.abandon();
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    void this.unmount({ graceMilliseconds: 0 })
      .catch(() => undefined)
      .then(() => {
        process.removeListener(signal, this.#onSignal);
        if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
      });
  };
}
