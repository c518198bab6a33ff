import { parseAttribute } from '../attribute/text.js';
import { SysfsError } from '../errors.js';
import { baseName, resolveLink } from '../paths.js';
import type { SysfsEntry, SysfsTree } from '../tree.js';
import { forMany } from './for-many.js';
import { Limiter } from './limiter.js';

/** An attribute as it was read. */
export interface LiveAttribute {
  readonly value: string;
  /** Carries the `[key]` mark. */
  readonly key: boolean;
}

export interface TreeReaderOptions {
  /** Most operations under way at a time. Default: 32. */
  concurrency?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Reads a tree once: every list, link and attribute is read when it is first asked for, and never again. What is not there is
 * undefined, since a tree may change while it is read.
 */
export class TreeReader {
  readonly tree: SysfsTree;
  readonly #limiter: Limiter;
  readonly #signal: AbortSignal | undefined;
  readonly #lists = new Map<string, Promise<readonly SysfsEntry[] | undefined>>();
  readonly #attributes = new Map<string, Promise<LiveAttribute | undefined>>();
  readonly #links = new Map<string, Promise<string | undefined>>();
  readonly #targets = new Map<string, Promise<string | undefined>>();
  readonly #modes = new Map<string, Promise<number | undefined>>();

  readonly #remembers: boolean;

  constructor(tree: SysfsTree, options: TreeReaderOptions = {}, origin?: TreeReader) {
    this.tree = tree;
    this.#remembers = origin === undefined;
    this.#limiter = origin === undefined ? new Limiter(options.concurrency ?? 32) : origin.#limiter;
    this.#signal = origin === undefined ? forMany(options.signal) : origin.#signal;
  }

  /**
   * A reader that remembers nothing, for what is looked at once: the texts of a large configuration would fill the memory. Its
   * operations count with those of this reader.
   */
  passing(): TreeReader {
    return new TreeReader(this.tree, {}, this);
  }

  /** The entries of a directory. */
  list(path: string): Promise<readonly SysfsEntry[] | undefined> {
    return this.#once(this.#lists, path, () => this.tree.list(path, this.#options()));
  }

  /** Names of the entries of a type: by default the directories. */
  async names(path: string, type: SysfsEntry['type'] = 'directory'): Promise<string[]> {
    return ((await this.list(path)) ?? []).filter((entry) => entry.type === type).map(({ name }) => name);
  }

  /** Whether a name stands in a directory. */
  async has(directory: string, name: string): Promise<boolean> {
    return ((await this.list(directory)) ?? []).some((entry) => entry.name === name);
  }

  /** An attribute; undefined when it is not there or cannot be read. */
  attribute(path: string): Promise<LiveAttribute | undefined> {
    return this.#once(this.#attributes, path, async () => parseAttribute(await this.tree.read(path, this.#options())));
  }

  /** The bytes of an attribute that is no text. Not remembered. */
  async bytes(path: string): Promise<Uint8Array | undefined> {
    return await this.#read(() => this.tree.read(path, this.#options()));
  }

  /** The name a link leads to. */
  link(path: string): Promise<string | undefined> {
    return this.#once(this.#links, path, async () => baseName(await this.tree.readlink(path, this.#options())));
  }

  /** Where a link leads in the tree. */
  leadsTo(path: string): Promise<string | undefined> {
    return this.#once(this.#targets, path, async () => {
      const target = resolveLink(path, await this.tree.readlink(path, this.#options()));
      if (target === undefined) throw new SysfsError({ operation: 'readlink', path, errno: 'ENOENT', reason: 'the link leads out of the tree' });
      return target;
    });
  }

  /** Permission bits. */
  mode(path: string): Promise<number | undefined> {
    return this.#once(this.#modes, path, async () => (await this.tree.stat(path, this.#options())).mode);
  }

  #options(): { signal: AbortSignal | undefined } {
    return { signal: this.#signal };
  }

  #once<T>(memory: Map<string, Promise<T | undefined>>, path: string, read: () => Promise<T>): Promise<T | undefined> {
    if (!this.#remembers) return this.#read(read);
    const known = memory.get(path);
    if (known !== undefined) return known;
    const reading = this.#read(read);
    memory.set(path, reading);
    return reading;
  }

  async #read<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await this.#limiter.run(read);
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }
}

const GONE: ReadonlySet<string> = new Set(['ENOENT', 'ENODEV', 'ENOTDIR', 'EACCES', 'EISDIR']);

/** True for the errors of what is not there, was there, or is not to be read. */
export const isGone = (error: unknown): boolean => error instanceof SysfsError && GONE.has(error.code);
