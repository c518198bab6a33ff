import { type ErrnoName } from '@scst/sysfs';
import { type ByteString } from '../bytes.js';
import { untilNul } from '../text/words.js';
import { type AttributeRow, type StoreResult, textOf } from './attribute.js';

export type EntryKind = 'file' | 'directory' | 'link';

export interface FileEntry {
  readonly kind: 'file';
  /** The object whose life the file shares. */
  readonly owner: object;
  readonly mode: number;
  /** Absent: the file cannot be read. */
  readonly show?: (() => ByteString) | undefined;
  /** Absent: the file cannot be written. */
  readonly store?: ((text: ByteString) => StoreResult) | undefined;
  readonly queuedRead: boolean;
  /** True: neither what is read nor what is written is cut. */
  readonly uncut: boolean;
}

export interface LinkEntry {
  readonly kind: 'link';
  readonly target: ByteString;
}

/**
 * A directory: a view of an object, made while a path is walked and not kept. Two are the same when they show the same object
 * in the same role.
 */
export interface DirectoryEntry {
  readonly kind: 'directory';
  readonly owner: object;
  /** What the directory is of its owner, e.g. `target` or `target luns`. */
  readonly role: string;
  readonly mode: number;
  lookup(name: ByteString): Entry | undefined;
  names(): Iterable<readonly [name: ByteString, kind: EntryKind]>;
  /** The errno with which listing fails, if it does. */
  broken?: (() => ErrnoName | undefined) | undefined;
}

export type Entry = FileEntry | LinkEntry | DirectoryEntry;

/** A link or directory that is there under a fixed name. */
export interface FixedRow<T> {
  readonly name: ByteString;
  readonly kind: 'directory' | 'link';
  readonly when?: (owner: T) => boolean;
  readonly entry: (owner: T) => Entry;
}

/** Entries that come and go with the object. */
export interface CollectionRow<T> {
  lookup(owner: T, name: ByteString): Entry | undefined;
  names(owner: T): Iterable<readonly [name: ByteString, kind: EntryKind]>;
}

export interface DirectoryTable<T> {
  readonly attributes?: readonly AttributeRow<T>[];
  readonly fixed?: readonly FixedRow<T>[];
  readonly collections?: readonly CollectionRow<T>[];
  readonly broken?: (owner: T) => ErrnoName | undefined;
  /** Default: 0755. */
  readonly mode?: number;
}

/** What directories of one role have in them: tables, shared by all of them. */
export class DirectoryType<T extends object> {
  readonly role: string;
  /** By name: several rows may share one where at most one is there at a time. */
  readonly #attributes: ReadonlyMap<ByteString, readonly AttributeRow<T>[]>;
  readonly #fixed: ReadonlyMap<ByteString, FixedRow<T>>;
  readonly #collections: readonly CollectionRow<T>[];
  readonly #broken: ((owner: T) => ErrnoName | undefined) | undefined;
  readonly #mode: number;

  constructor(role: string, table: DirectoryTable<T>) {
    this.role = role;
    const attributes = new Map<ByteString, AttributeRow<T>[]>();
    for (const row of table.attributes ?? []) attributes.set(row.name, [...(attributes.get(row.name) ?? []), row]);
    this.#attributes = attributes;
    this.#fixed = new Map(table.fixed?.map((row) => [row.name, row]));
    this.#collections = table.collections ?? [];
    this.#broken = table.broken;
    this.#mode = table.mode ?? 0o755;
  }

  /** The directory of an object. */
  of(owner: T): DirectoryEntry {
    const broken = this.#broken;
    return {
      kind: 'directory',
      owner,
      role: this.role,
      mode: this.#mode,
      lookup: (name) => this.#lookup(owner, name),
      names: () => this.#names(owner),
      broken: broken === undefined ? undefined : () => broken(owner),
    };
  }

  #lookup(owner: T, name: ByteString): Entry | undefined {
    const attribute = this.#attributes.get(name)?.find((row) => row.when?.(owner) !== false);
    if (attribute !== undefined) return fileOf(attribute, owner);
    const fixed = this.#fixed.get(name);
    if (fixed !== undefined && fixed.when?.(owner) !== false) return fixed.entry(owner);
    for (const collection of this.#collections) {
      const entry = collection.lookup(owner, name);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  *#names(owner: T): Generator<readonly [ByteString, EntryKind]> {
    for (const [name, rows] of this.#attributes) if (rows.some((row) => row.when?.(owner) !== false)) yield [name, 'file'];
    for (const row of this.#fixed.values()) if (row.when?.(owner) !== false) yield [row.name, row.kind];
    for (const collection of this.#collections) yield* collection.names(owner);
  }
}

/** The file of a row. */
export const fileOf = <T extends object>(row: AttributeRow<T>, owner: T): FileEntry => {
  const { store } = row;
  return {
    kind: 'file',
    owner,
    mode: row.mode,
    show: row.value === undefined && row.text === undefined ? undefined : () => textOf(row, owner),
    store: store === undefined ? undefined : (text) => store(owner, row.raw === true ? text : untilNul(text)),
    queuedRead: row.queuedRead === true,
    uncut: row.uncut === true,
  };
};

/** A link of a fixed name. */
export const linkRow = <T>(name: ByteString, target: (owner: T) => ByteString, when?: (owner: T) => boolean): FixedRow<T> => ({
  name,
  kind: 'link',
  entry: (owner) => ({ kind: 'link', target: target(owner) }),
  ...(when === undefined ? {} : { when }),
});

/** A directory of a fixed name. */
export const directoryRow = <T, U extends object>(name: ByteString, type: DirectoryType<U>, owner: (parent: T) => U): FixedRow<T> => ({
  name,
  kind: 'directory',
  entry: (parent) => type.of(owner(parent)),
});

/** A directory for each member of a map, under the names the map has, or as shown in the tree. */
export const directories = <T, U extends object>(type: DirectoryType<U>, members: (owner: T) => ReadonlyMap<ByteString, U>): CollectionRow<T> => ({
  lookup: (owner, name) => {
    const member = members(owner).get(name);
    return member === undefined ? undefined : type.of(member);
  },
  *names(owner) {
    for (const name of members(owner).keys()) yield [name, 'directory'];
  },
});

/** A link for each member of a map. */
export const links = <T, U>(members: (owner: T) => ReadonlyMap<ByteString, U>, target: (member: U, owner: T) => ByteString): CollectionRow<T> => ({
  lookup: (owner, name) => {
    const member = members(owner).get(name);
    return member === undefined ? undefined : { kind: 'link', target: target(member, owner) };
  },
  *names(owner) {
    for (const name of members(owner).keys()) yield [name, 'link'];
  },
});
