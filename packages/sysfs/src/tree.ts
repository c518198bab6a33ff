/**
 * The control seam: an SCST is a tree of attributes, and it does not matter who serves it.
 *
 * ## Contract, for those who implement it
 *
 * - **Paths** are relative to the root of the tree, separated by `/`, without a leading `/`; `''` is the root.
 *   A trailing `/` is allowed on directories. Paths are never normalised: `.` and `..` are not followed by implementations.
 *   Links in the middle of a path are followed as the kernel does.
 * - **Names** are byte strings in the kernel. Here they are JavaScript strings: UTF-8 where it is valid, and each byte
 *   that is not part of valid UTF-8 as the lone surrogate U+DC80…U+DCFF (byte 0x80…0xFF). `encodeName`/`decodeName` convert.
 * - **A write is one write(2)**: it reaches the attribute once, or not at all. At most 4096 bytes are taken and the number
 *   taken is returned; a longer write is *not* continued. A write of zero bytes succeeds and never reaches the attribute.
 * - **Errors** are {@link SysfsError}s that carry the errno the kernel gives. `at` says whether open(2) or the transfer failed.
 * - **Order**: operations started one after another without awaiting may run concurrently, as system calls of different
 *   threads do. Whoever needs an order awaits.
 * - **Cancellation**: an aborted signal makes the call reject with `EINTR`. Work that a mgmt write had begun may go on, as
 *   in the kernel; nothing else is left behind.
 * - **Opened files** read the text generated at offset 0 until they read at offset 0 again; a positional read (`offset` given)
 *   generates it anew. After the object behind the file has gone, reads and writes give `ENODEV`.
 */
export interface SysfsTree {
  /** Where this tree is, for people: `kernel at /sys/kernel/scst_tgt`, `core in memory`. */
  readonly description: string;
  /** lstat(2): links are not followed. */
  stat(path: string, options?: OperationOptions): Promise<SysfsStat>;
  /** The entries of a directory, sorted by the bytes of their names, without `.` and `..`. */
  list(path: string, options?: OperationOptions): Promise<SysfsEntry[]>;
  /** The target of a symbolic link, as stored. */
  readlink(path: string, options?: OperationOptions): Promise<string>;
  /** open(2). Permission is checked against the mode even for root; a directory opens for reading only and reads `EISDIR`. */
  open(path: string, access: SysfsAccess, options?: OperationOptions): Promise<SysfsFile>;
  /** Opens, reads to the end and closes. */
  read(path: string, options?: OperationOptions): Promise<Uint8Array>;
  /** Opens for writing, writes once and closes. Returns the number of bytes taken. */
  write(path: string, data: Uint8Array | string, options?: OperationOptions): Promise<number>;
  /** chmod(2) of a file or directory: permission bits only. */
  chmod(path: string, mode: number, options?: OperationOptions): Promise<void>;
}

/** An attribute held open. */
export interface SysfsFile extends AsyncDisposable {
  /** read(2) from the file's own position, or pread(2) when `offset` is given. An empty result is the end. */
  read(options?: ReadOptions): Promise<Uint8Array>;
  /** One write(2). The offset is of no meaning. Returns the number of bytes taken (at most 4096). */
  write(data: Uint8Array | string, options?: OperationOptions): Promise<number>;
  /** close(2). Closing twice is no error. */
  close(): Promise<void>;
}

export interface OperationOptions {
  /** Ends the call with `EINTR`. */
  signal?: AbortSignal | undefined;
}

export interface ReadOptions extends OperationOptions {
  /** Most bytes to return. Default: 4096. */
  count?: number | undefined;
  /** pread(2): the offset in the text. Default: the file's own position, which then moves. */
  offset?: number | undefined;
}

/** How a file is opened: O_RDONLY, O_WRONLY, O_RDWR. */
export type SysfsAccess = 'read' | 'write' | 'readwrite';

export type SysfsEntryType = 'file' | 'directory' | 'link';

export interface SysfsEntry {
  readonly name: string;
  readonly type: SysfsEntryType;
}

export interface SysfsStat {
  readonly type: SysfsEntryType;
  /** Permission bits, e.g. 0o644. */
  readonly mode: number;
  /** 4096 for files, 0 for directories and links. */
  readonly size: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
}
