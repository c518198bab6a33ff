import { constants, type Dirent, type Stats } from 'node:fs';
import { compareBytes, concatBytes, toBytes } from '../bytes.js';
import { SysfsError } from '../errors.js';
import { interrupted, orInterrupted, throwIfInterrupted, type InterruptedCall } from '../interrupt.js';
import { decodeName, encodeName } from '../names.js';
import { isTreePath, joinPath } from '../paths.js';
import type { OperationOptions, SysfsAccess, SysfsEntry, SysfsEntryType, SysfsFile, SysfsStat, SysfsTree } from '../tree.js';
import { HostFile } from './host-file.js';
import { blockingLane, quickLane, unboundedLane, type Lane } from './lane.js';
import * as system from './system.js';

/** Where the kernel's SCST has its tree. */
export const KERNEL_ROOT = '/sys/kernel/scst_tgt';

export interface HostTreeOptions {
  /** Directory of the tree: the kernel's, a mount, any folder. Default: `/sys/kernel/scst_tgt`. */
  root?: string | undefined;
  /** For people. Default: `kernel at ROOT` for the kernel's, else `ROOT`. */
  description?: string | undefined;
}

const FLAGS: Record<SysfsAccess, number> = { read: constants.O_RDONLY, write: constants.O_WRONLY, readwrite: constants.O_RDWR };

/**
 * Attributes the kernel reads through its work queue, so that a slow command makes their readers wait as well (SPEC 1.5): a target's
 * counters for one, and not the session's of the same names.
 */
const QUEUED_READ =
  /^(?:trace_m?cmds|devices\/[^/]+\/filename|targets\/[^/]+\/[^/]+\/(?:[^/]+_count(?:_kb)?|dif_checks_failed|sessions\/[^/]+\/(?:active_commands|dif_checks_failed)))$/u;

/**
 * A tree in the file system: the kernel's own, a mounted copy, or any folder with files in it.
 *
 * Operations run in libuv's thread pool and never block the event loop. What may block for long (every write, and the reads that
 * go through SCST's work queue) takes at most half of the pool's threads, over all trees of the process; the rest of it waits in
 * order. A program that must have more commands blocked at the same time sets UV_THREADPOOL_SIZE before it starts.
 */
export class HostTree implements SysfsTree {
  readonly description: string;
  /** Directory of the tree. */
  readonly root: string;
  readonly #rootBytes: Uint8Array;

  constructor({ root = KERNEL_ROOT, description }: HostTreeOptions = {}) {
    this.root = root;
    this.description = description ?? (root === KERNEL_ROOT ? `kernel at ${root}` : root);
    this.#rootBytes = encodeName(root.endsWith('/') ? root.slice(0, -1) : root);
  }

  /** Whether an SCST tree is there: `scst` is loaded, or something serves a tree at `root`. */
  static async isAvailable({ root }: HostTreeOptions = {}): Promise<boolean> {
    const stat = await new HostTree({ root }).stat('targets').catch(() => undefined);
    return stat?.type === 'directory';
  }

  /**
   * The tree at `root`, checked.
   *
   * @throws SysfsError `ENOENT` with a hint when no SCST tree is there.
   */
  static async open(options: HostTreeOptions = {}): Promise<HostTree> {
    const tree = new HostTree(options);
    if (await HostTree.isAvailable(options)) return tree;
    throw new SysfsError({
      operation: 'open',
      path: '',
      errno: 'ENOENT',
      at: 'open',
      reason: `there is no SCST tree at ${tree.root}`,
      hint: tree.root === KERNEL_ROOT ? 'Load the module: modprobe scst.' : 'Mount a tree there, or name another directory.',
    });
  }

  stat(path: string, options: OperationOptions = {}): Promise<SysfsStat> {
    return this.#quick({ operation: 'stat', path }, options, async (place) => toStat(await system.lstat(place)));
  }

  list(path: string, options: OperationOptions = {}): Promise<SysfsEntry[]> {
    return this.#quick({ operation: 'list', path }, options, async (place) => {
      const entries = await system.readdir(place);
      entries.sort((a, b) => compareBytes(a.name, b.name));
      return entries.map(({ name, kind }) => ({ name: decodeName(name), type: entryType(kind) }));
    });
  }

  readlink(path: string, options: OperationOptions = {}): Promise<string> {
    return this.#quick({ operation: 'readlink', path }, options, async (place) => decodeName(await system.readlink(place)));
  }

  chmod(path: string, mode: number, options: OperationOptions = {}): Promise<void> {
    return this.#quick({ operation: 'chmod', path }, options, (place) => system.chmod(place, mode));
  }

  async open(path: string, access: SysfsAccess, { signal }: OperationOptions = {}): Promise<SysfsFile> {
    const call = { operation: 'open', path };
    throwIfInterrupted(signal, call);
    const opening = quickLane.run(() => this.#open(call, access));
    return await orInterrupted(opening, signal, call, (file) => void file.close());
  }

  read(path: string, { signal }: OperationOptions = {}): Promise<Uint8Array> {
    const call = { operation: 'read', path };
    return this.#held(call, 'read', readLane(path), signal, async (file) => {
      const pieces: Uint8Array[] = [];
      for (;;) {
        throwIfInterrupted(signal, call);
        const piece = await file.read();
        if (piece.length === 0) return concatBytes(pieces);
        pieces.push(piece);
      }
    });
  }

  write(path: string, data: Uint8Array | string, { signal }: OperationOptions = {}): Promise<number> {
    const input = toBytes(data);
    return this.#held({ operation: 'write', path, input }, 'write', blockingLane, signal, (file) => file.write(input));
  }

  /** Opens, works and closes, all in one place of a lane, so that those who wait hold no descriptor. */
  async #held<T>(call: InterruptedCall, access: SysfsAccess, lane: Lane, signal: AbortSignal | undefined, work: (file: HostFile) => Promise<T>): Promise<T> {
    throwIfInterrupted(signal, call);
    const running = lane.run(async () => {
      // The place is held until the kernel has answered, aborted or not, so the operations below take no signal.
      const file = await this.#open(call, access, unboundedLane);
      try {
        throwIfInterrupted(signal, call);
        return await work(file);
      } finally {
        await file.close();
      }
    }, signal);
    try {
      return await orInterrupted(running, signal, call);
    } catch (error) {
      if (signal?.aborted === true && !(error instanceof SysfsError)) throw interrupted(signal, call);
      throw system.toSysfsError(error, call);
    }
  }

  async #open(call: InterruptedCall, access: SysfsAccess, lane?: Lane): Promise<HostFile> {
    try {
      const fd = await system.open(this.#place(call), FLAGS[access]);
      return new HostFile(fd, call.path, lane ?? readLane(call.path), lane ?? blockingLane);
    } catch (error) {
      throw system.toSysfsError(error, { ...call, at: 'open' });
    }
  }

  async #quick<T>(call: InterruptedCall, { signal }: OperationOptions, work: (place: Buffer) => Promise<T>): Promise<T> {
    throwIfInterrupted(signal, call);
    const place = this.#place(call);
    const running = quickLane.run(() => work(place));
    try {
      return await orInterrupted(running, signal, call);
    } catch (error) {
      throw system.toSysfsError(error, call);
    }
  }

  #place({ operation, path, input }: InterruptedCall): Buffer {
    if (!isTreePath(path)) {
      throw new SysfsError({ operation, path, input, errno: 'ENOENT', at: 'open', reason: '“.”, “..” and NUL are not part of a tree’s paths' });
    }
    return Buffer.concat([this.#rootBytes, SLASH, encodeName(path)]);
  }
}

const SLASH = encodeName('/');

const readLane = (path: string): Lane => (QUEUED_READ.test(joinPath(path)) ? blockingLane : quickLane);

const entryType = (entry: Dirent | Stats): SysfsEntryType => (entry.isDirectory() ? 'directory' : entry.isSymbolicLink() ? 'link' : 'file');

const toStat = (stats: Stats): SysfsStat => ({
  type: entryType(stats),
  mode: stats.mode & 0o7777,
  size: stats.size,
  nlink: stats.nlink,
  uid: stats.uid,
  gid: stats.gid,
});
