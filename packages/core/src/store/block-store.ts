/**
 * Where a virtual device keeps its blocks. Small on purpose: `size`, `read`, `write`, `flush` and `close` make a store.
 *
 * Callbacks instead of promises: a store that has the data at hand may call `done` before it returns, and nothing is
 * allocated for it. `done` is called exactly once.
 */
export interface BlockStore {
  /** Bytes, as found when the store was opened or last refreshed. */
  readonly size: bigint;
  /** What the store is made of; decides what VPD pages and READ CAPACITY (16) say. */
  readonly geometry: StoreGeometry;
  /** Tells the thing itself from another one that has taken its name: of a file, device and inode. Absent: there is no other one. */
  readonly identity?: string;
  /** Fills the whole buffer from `position` (bytes). Fewer bytes than asked are an error (`SHORT`). */
  read(buffer: Uint8Array, position: number, done: StoreCallback): void;
  /** Writes the whole buffer at `position` (bytes). */
  write(buffer: Uint8Array, position: number, done: StoreCallback): void;
  /** Everything written and acknowledged so far is on stable storage when `done` is called without an error. */
  flush(done: StoreCallback): void;
  /**
   * Frees a range; it reads as zeros afterwards, unless this is a block device without `geometry.discardZeroes`. Absent: the store
   * cannot.
   */
  unmap?(position: number, length: number, done: StoreCallback): void;
  /** Makes a range read as zeros and frees it where it can. Absent: `unmap` does that. */
  zero?(position: number, length: number, done: StoreCallback): void;
  /** The longest write in bytes that is done as a whole or not at all, whatever happens. Absent: none is. */
  readonly atomicWriteLength?: number;
  /**
   * Which parts of a range are allocated, in order, without gaps; what may be counts as allocated. No more than `limit` extents
   * are looked at, and they may end before the range does. Absent: everything is allocated.
   */
  extents?(position: number, length: number, limit?: number): Promise<StoreExtent[]>;
  /** Looks at the size anew. */
  refresh(): Promise<bigint>;
  /** Whether another thing has taken the name under which this one was opened. Absent: none can. */
  isReplaced?(): Promise<boolean>;
  close(): Promise<void>;
}

export type StoreCallback = (error: StoreError | null) => void;

export interface StoreExtent {
  position: number;
  length: number;
  allocated: boolean;
}

export interface StoreGeometry {
  readonly kind: 'file' | 'block' | 'memory';
  /** Bytes, of the backing block device; 512 for files. */
  readonly logicalBlockSize: number;
  readonly physicalBlockSize: number;
  /** Bytes; 0 when the block device cannot discard. For files: of no meaning. */
  readonly discardGranularity: number;
  readonly discardMaxBytes: number;
  /** A discarded block reads as zeros. */
  readonly discardZeroes: boolean;
  readonly rotational: boolean;
}

/** A store's failure. `code` is an errno name, or `SHORT` for fewer bytes than asked. */
export class StoreError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}

/** How a device opens its backing file. */
export interface OpenStoreOptions {
  readOnly: boolean;
  /** O_DSYNC: every write is stable before it completes. */
  writeThrough: boolean;
  /** What may be opened; others fail with `EINVAL`, or `ENOTBLK` where only a block device will do. */
  accept: 'file-or-block' | 'block';
}

/**
 * The files of the machine, as the core sees them: backing files, and its own state below `/var/lib/scst`. Injected, so
 * that recordings replay in a temporary directory and programs keep state where they like. Paths are byte strings.
 */
export interface Storage {
  /** Rejects with a `StoreError` whose code is the errno (`ENOENT`, `EINVAL`, `ENOTBLK`, `EROFS`, `EACCES`). */
  open(path: string, options: OpenStoreOptions): Promise<BlockStore>;
  /** Small state files. Missing: undefined. */
  readState(path: string): Promise<Uint8Array | undefined>;
  /** Atomically: temporary file, fsync, rename, fsync of the directory. Makes missing directories of its own only. */
  writeState(path: string, data: Uint8Array): Promise<void>;
  removeState(path: string): Promise<void>;
  /** What is at a path: for `pr_file_name`, T10-PI tag files and checks before opening. */
  stat(path: string): Promise<'file' | 'directory' | 'block' | 'character' | 'fifo' | 'missing'>;
}
