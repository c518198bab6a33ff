import { encodeName, SysfsError, type SysfsTree, toByteString } from '@scst/sysfs';
import { ScstCore, type ScstCoreOptions } from './core.js';
import { ScstError } from './errors.js';
import { type OpenStoreOptions, StoreError, type BlockStore, type Storage } from './store/block-store.js';
import { MemoryStore } from './store/memory-store.js';

/** What a test puts in place of a file: its content, a size, or what else is there. */
export type TestFile = MemoryStore | 'directory' | 'character' | 'fifo';

/** Files in memory. */
export class TestStorage implements Storage {
  readonly files = new Map<string, TestFile>([['/dev/null', 'character']]);
  readonly state = new Map<string, Uint8Array>();
  /** Paths whose open does not end before the promise does. */
  readonly slow = new Map<string, Promise<void>>();

  async open(path: string, options: OpenStoreOptions): Promise<BlockStore> {
    await this.slow.get(path);
    const file = this.files.get(path);
    if (file === undefined) throw new StoreError('ENOENT', `${path} does not exist`);
    if (!(file instanceof MemoryStore)) throw new StoreError('EINVAL', `${path} is a ${file}`);
    if (options.accept === 'block') throw new StoreError('ENOTBLK', `${path} is not a block device`);
    return file;
  }

  stat(path: string): ReturnType<Storage['stat']> {
    const file = this.files.get(path);
    return Promise.resolve(file === undefined ? 'missing' : file instanceof MemoryStore ? 'file' : file);
  }

  readState(path: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.state.get(path));
  }

  writeState(path: string, data: Uint8Array): Promise<void> {
    this.state.set(path, data);
    return Promise.resolve();
  }

  removeState(path: string): Promise<void> {
    this.state.delete(path);
    return Promise.resolve();
  }
}

/** A core with its modules loaded, and short ways to use its tree. */
export class TestCore implements AsyncDisposable {
  readonly storage: TestStorage;
  readonly core: ScstCore;

  private constructor(core: ScstCore, storage: TestStorage) {
    this.core = core;
    this.storage = storage;
  }

  static async start(
    options: ScstCoreOptions = {},
    modules: Record<string, Record<string, string>> = { scst: {}, scst_vdisk: {}, scst_local: {} },
  ): Promise<TestCore> {
    const storage = new TestStorage();
    const core = new ScstCore({ profile: 'recorded', scan: 'manual', storage, ...options });
    for (const [name, parameters] of Object.entries(modules)) await core.modules.load(name, parameters);
    return new TestCore(core, storage);
  }

  /** The tree that administers it. */
  get tree(): SysfsTree {
    return this.core.administration === 'procfs' ? this.core.procfs : this.core.tree;
  }

  /** Writes, and gives the errno it failed with, or `ok`. */
  async write(path: string, text: string): Promise<string> {
    return await outcome(this.tree.write(path, text));
  }

  /** The text of a file, or the errno. */
  async read(path: string): Promise<string> {
    try {
      return toByteString(await this.tree.read(path));
    } catch (error) {
      return errnoOf(error);
    }
  }

  /** The names in a directory, or the errno. */
  async names(path: string): Promise<string[] | string> {
    try {
      return (await this.tree.list(path)).map(({ name }) => name);
    } catch (error) {
      return errnoOf(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.core.close();
  }
}

/** `ok`, or the errno a call failed with. */
export const outcome = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call;
    return 'ok';
  } catch (error) {
    return errnoOf(error);
  }
};

/** `ok`, or the errno with which objects refuse. */
export const outcomeOf = (work: () => unknown): Promise<string> => outcome(Promise.resolve().then(work));

const errnoOf = (error: unknown): string => {
  if (error instanceof SysfsError || error instanceof ScstError) return error.code;
  throw error;
};

/** A name as the byte string the objects know it by. */
export const bytes = (name: string): string => toByteString(encodeName(name));
