import {
  decodeName,
  encodeName,
  fromByteString,
  MAX_ATTRIBUTE_READ,
  MAX_ATTRIBUTE_WRITE,
  type OperationOptions,
  type SysfsAccess,
  type SysfsEntry,
  SysfsError,
  type SysfsFile,
  type SysfsStat,
  type SysfsTree,
  toByteString,
} from '@scst/sysfs';
import { type ByteString } from '../bytes.js';
import { ScstError } from '../errors.js';
import { type DirectoryEntry, type FileEntry } from './directory.js';
import { interruptible } from './interruptible.js';
import { Modes } from './modes.js';
import { OpenFile } from './open-file.js';
import { type Place, stillThere, walk, WalkError } from './walk.js';
import { Queued, type WorkQueue } from './work-queue.js';

/** What the views of one machine share: the root of all its directories, and the changed modes. */
export class TreeRoot {
  readonly root: DirectoryEntry;
  readonly queue: () => WorkQueue;
  readonly modes = new Modes();

  constructor(root: DirectoryEntry, queue: () => WorkQueue) {
    this.root = root;
    this.queue = queue;
  }
}

/** An operation, for the error it may end in. */
export interface Call {
  readonly operation: string;
  readonly path: string;
  readonly input?: Uint8Array | undefined;
}

const NOTHING = new Uint8Array(0);

/** What stat(2) says of every file of sysfs. */
const FILE_SIZE = 4096;

/** A directory of the machine and all below it, as a tree. Directories above it are reached through links alone. */
export class CoreTree implements SysfsTree {
  readonly description: string;
  readonly #tree: TreeRoot;
  readonly #base: readonly ByteString[];

  /** `base`: the directory, from the root of the machine; it need not exist yet. */
  constructor(tree: TreeRoot, base: readonly ByteString[], description: string) {
    this.#tree = tree;
    this.#base = base;
    this.description = description;
  }

  stat(path: string, { signal }: OperationOptions = {}): Promise<SysfsStat> {
    const call = { operation: 'stat', path };
    return interruptible(call, signal, () => {
      const place = this.#walk(call, false);
      const { entry } = place;
      return {
        type: entry.kind,
        mode: this.#tree.modes.of(place),
        size: entry.kind === 'file' && !entry.uncut ? FILE_SIZE : 0,
        nlink: entry.kind === 'directory' ? 2 + subdirectories(entry) : 1,
        uid: 0,
        gid: 0,
      };
    });
  }

  list(path: string, { signal }: OperationOptions = {}): Promise<SysfsEntry[]> {
    const call = { operation: 'list', path };
    return interruptible(call, signal, () => {
      const { entry } = this.#walk(call, true);
      if (entry.kind !== 'directory') throw failure(call, 'ENOTDIR');
      const broken = entry.broken?.();
      if (broken !== undefined) throw failure(call, broken);
      // `.` and `..` as names of objects are not told apart from the directory's own.
      const named = [...entry.names()].filter(([name]) => name !== '.' && name !== '..');
      named.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
      return named.map(([name, type]) => ({ name: nameOf(name), type }));
    });
  }

  readlink(path: string, { signal }: OperationOptions = {}): Promise<string> {
    const call = { operation: 'readlink', path };
    return interruptible(call, signal, () => {
      const { entry } = this.#walk(call, false);
      if (entry.kind !== 'link') throw failure(call, 'EINVAL');
      return nameOf(entry.target);
    });
  }

  chmod(path: string, mode: number, { signal }: OperationOptions = {}): Promise<void> {
    const call = { operation: 'chmod', path };
    return interruptible(call, signal, () => {
      this.#tree.modes.set(this.#walk(call, true), mode);
    });
  }

  open(path: string, access: SysfsAccess, { signal }: OperationOptions = {}): Promise<SysfsFile> {
    const call = { operation: 'open', path };
    return interruptible(call, signal, () => {
      const place = this.#open(call, access);
      return new OpenFile(this, path, access, place);
    });
  }

  read(path: string, { signal }: OperationOptions = {}): Promise<Uint8Array> {
    const call = { operation: 'read', path };
    return interruptible(call, signal, () => this.#show(call, fileAt(call, this.#open(call, 'read'))));
  }

  write(path: string, data: Uint8Array | string, { signal }: OperationOptions = {}): Promise<number> {
    const input = typeof data === 'string' ? encodeName(data) : data;
    const call = { operation: 'write', path, input };
    return interruptible(call, signal, () => this.#store(call, fileAt(call, this.#open(call, 'write')), input));
  }

  /** @internal Generates the text of a place that was opened earlier. */
  show(call: Call, place: Place): Uint8Array | Promise<Uint8Array> {
    return this.#show(call, this.#file(call, place));
  }

  /** @internal One write(2) to a place that was opened earlier. */
  store(call: Call, place: Place, input: Uint8Array): number | Promise<number> {
    return this.#store(call, this.#file(call, place), input);
  }

  /** @internal Throws `ENODEV` when what was opened has been removed. */
  checkThere(call: Call, place: Place): void {
    this.#file(call, place);
  }

  #show(call: Call, file: FileEntry): Uint8Array | Promise<Uint8Array> {
    const { show } = file;
    if (show === undefined) throw failure(call, 'EIO');
    if (file.queuedRead) return explaining(call, async () => bytesOf(file, await this.#tree.queue().read(show)));
    return explaining(call, () => bytesOf(file, show()));
  }

  #store(call: Call, file: FileEntry, input: Uint8Array): number | Promise<number> {
    const taken = input.length > MAX_ATTRIBUTE_WRITE && !file.uncut ? input.subarray(0, MAX_ATTRIBUTE_WRITE) : input;
    if (taken.length === 0) return 0;
    const { store } = file;
    // Only chmod(2) lets such a file be opened for writing.
    if (store === undefined) throw failure(call, 'EIO');
    return explaining(call, () => {
      const work = store(toByteString(taken));
      const done = work instanceof Queued ? this.#tree.queue().write(work) : work;
      return done instanceof Promise ? done.then(() => taken.length) : taken.length;
    });
  }

  #file(call: Call, place: Place): FileEntry {
    const file = fileAt(call, place);
    if (!stillThere(this.#tree.root, place)) throw removed(call);
    return file;
  }

  /** open(2): permission is checked against the mode, even for root. */
  #open(call: Call, access: SysfsAccess): Place {
    const place = this.#walk(call, true, 'open');
    const { entry } = place;
    if (entry.kind === 'link') throw failure(call, 'ELOOP', undefined, 'open');
    if (entry.kind === 'directory') {
      if (access !== 'read') throw failure(call, 'EISDIR', undefined, 'open');
      return place;
    }
    const mode = this.#tree.modes.of(place);
    if ((access !== 'write' && (mode & 0o444) === 0) || (access !== 'read' && (mode & 0o222) === 0)) throw failure(call, 'EACCES', undefined, 'open');
    return place;
  }

  #walk(call: Call, follow: boolean, at: 'open' | 'transfer' = 'transfer'): Place {
    try {
      return walk(this.#tree.root, this.#base, byteStringOf(call.path), follow);
    } catch (error) {
      if (error instanceof WalkError) throw failure(call, error.code, undefined, at);
      throw error;
    }
  }
}

/** The file of a place. */
const fileAt = (call: Call, { entry }: Place): FileEntry => {
  if (entry.kind === 'directory') throw failure(call, 'EISDIR');
  if (entry.kind === 'link') throw removed(call);
  return entry;
};

const removed = (call: Call): SysfsError => failure(call, 'ENODEV', 'the object the file belonged to has been removed');

/** The error of a call, for those outside. */
export const failure = (call: Call, errno: SysfsError['code'], reason?: string, at?: 'open' | 'transfer'): SysfsError =>
  new SysfsError({ ...call, errno, reason, at });

/** Runs what objects do, and turns what they throw into the tree's errors. */
const explaining = <T>(call: Call, work: () => T | Promise<T>): T | Promise<T> => {
  try {
    const result = work();
    return result instanceof Promise ? result.catch((error: unknown) => rethrow(call, error)) : result;
  } catch (error) {
    return rethrow(call, error);
  }
};

const rethrow = (call: Call, error: unknown): never => {
  if (!(error instanceof ScstError)) throw error;
  throw new SysfsError({ ...call, errno: error.code, reason: nameOf(error.message), cause: error });
};

/** What a read of a file gives of its text. */
const bytesOf = (file: FileEntry, text: ByteString): Uint8Array => {
  if (text === '') return NOTHING;
  return fromByteString(file.uncut ? text : text.slice(0, MAX_ATTRIBUTE_READ));
};

const ASCII = /^[\0-\x7f]*$/;

/** A byte string for people. Most are ASCII, which needs no turning. */
const nameOf = (text: ByteString): string => (ASCII.test(text) ? text : decodeName(fromByteString(text)));

/** The reverse. */
const byteStringOf = (name: string): ByteString => (ASCII.test(name) ? name : toByteString(encodeName(name)));

const subdirectories = (directory: DirectoryEntry): number => {
  let count = 0;
  for (const [, kind] of directory.names()) if (kind === 'directory') count += 1;
  return count;
};
