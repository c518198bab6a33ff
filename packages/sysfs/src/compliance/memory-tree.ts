import { compareBytes, concatBytes, toBytes } from '../bytes.js';
import type { ErrnoName } from '../errno.js';
import { SysfsError } from '../errors.js';
import { throwIfInterrupted, type InterruptedCall } from '../interrupt.js';
import { encodeName } from '../names.js';
import { baseName, parentPath, pathParts } from '../paths.js';
import type { OperationOptions, SysfsAccess, SysfsEntry, SysfsFile, SysfsStat, SysfsTree } from '../tree.js';
import { MemoryFile } from './memory-file.js';
import { directoryNode, fileNode, linkNode, markRemoved, type DirectoryNode, type MemoryAttribute, type MemoryNode } from './memory-nodes.js';
import { canonicalName, walk } from './memory-walk.js';

/**
 * A SysfsTree in memory, made of what the caller puts into it: the reference for the contract and a fake for tests.
 *
 * @example
 * let value = '0';
 * const tree = new MemoryTree();
 * tree.file('targets/t/comment', { show: () => `${value}\n`, store: (data) => { value = decodeName(data); } });
 * await tree.write('targets/t/comment', 'mine');
 */
export class MemoryTree implements SysfsTree {
  readonly description: string;
  readonly #root = directoryNode();

  constructor({ description = 'memory' }: { description?: string | undefined } = {}) {
    this.description = description;
  }

  /** Makes a directory, and those above it. One that exists is left as it is. */
  directory(path: string): this {
    this.#makeDirectory(path);
    return this;
  }

  /** Makes a file, and the directories above it. A file of the name is replaced; who holds it open reads ENODEV. */
  file(path: string, attribute: MemoryAttribute): this {
    this.#place(path, fileNode(attribute));
    return this;
  }

  /** Makes a symbolic link, and the directories above it. */
  link(path: string, target: string): this {
    this.#place(path, linkNode(target));
    return this;
  }

  /** Removes a file, a link, or a directory with all below it. What is not there is no error. */
  remove(path: string): this {
    const parent = walk(this.#root, parentPath(path), true);
    const name = canonicalName(baseName(path));
    if (typeof parent === 'string' || parent.type !== 'directory') return this;
    const node = parent.children.get(name);
    if (node !== undefined) markRemoved(node);
    parent.children.delete(name);
    return this;
  }

  /** Whether something stands at the path; links are not followed. */
  has(path: string): boolean {
    return typeof walk(this.#root, path, false) !== 'string';
  }

  stat(path: string, options: OperationOptions = {}): Promise<SysfsStat> {
    return this.#answer({ operation: 'stat', path }, options, false, (node) => ({
      type: node.type,
      mode: node.mode,
      size: node.type === 'file' ? 4096 : 0,
      nlink: node.type === 'directory' ? 2 + [...node.children.values()].filter((child) => child.type === 'directory').length : 1,
      uid: 0,
      gid: 0,
    }));
  }

  list(path: string, options: OperationOptions = {}): Promise<SysfsEntry[]> {
    return this.#answer({ operation: 'list', path }, options, true, (node) => {
      if (node.type !== 'directory') return 'ENOTDIR';
      const entries = [...node.children].map(([name, child]) => ({ name, type: child.type, bytes: encodeName(name) }));
      return entries.sort((a, b) => compareBytes(a.bytes, b.bytes)).map(({ name, type }) => ({ name, type }));
    });
  }

  readlink(path: string, options: OperationOptions = {}): Promise<string> {
    return this.#answer({ operation: 'readlink', path }, options, false, (node) => (node.type === 'link' ? { target: node.target } : 'EINVAL')).then(
      ({ target }) => target,
    );
  }

  chmod(path: string, mode: number, options: OperationOptions = {}): Promise<void> {
    return this.#answer({ operation: 'chmod', path }, options, true, (node) => {
      node.mode = mode & 0o7777;
      return {};
    }).then(() => undefined);
  }

  open(path: string, access: SysfsAccess, options: OperationOptions = {}): Promise<SysfsFile> {
    return this.#open({ operation: 'open', path }, access, options);
  }

  async read(path: string, options: OperationOptions = {}): Promise<Uint8Array> {
    const file = await this.#open({ operation: 'read', path }, 'read', options);
    const pieces: Uint8Array[] = [];
    for (;;) {
      const piece = await file.read(options);
      if (piece.length === 0) return concatBytes(pieces);
      pieces.push(piece);
    }
  }

  async write(path: string, data: Uint8Array | string, options: OperationOptions = {}): Promise<number> {
    const input = toBytes(data);
    const file = await this.#open({ operation: 'write', path, input }, 'write', options);
    return await file.write(input, options);
  }

  async #open(call: InterruptedCall, access: SysfsAccess, options: OperationOptions): Promise<MemoryFile> {
    const open = (node: MemoryNode): MemoryFile | ErrnoName => {
      const writes = access !== 'read';
      if (node.type === 'link') return 'ELOOP';
      if (node.type === 'directory') return writes ? 'EISDIR' : new MemoryFile(node, call.path, access);
      const { show, store } = node.attribute;
      // As kernfs: even root needs a permission bit and a function behind it.
      if (access !== 'write' && ((node.mode & 0o444) === 0 || show === undefined)) return 'EACCES';
      if (writes && ((node.mode & 0o222) === 0 || store === undefined)) return 'EACCES';
      return new MemoryFile(node, call.path, access);
    };
    return await this.#answer(call, options, true, open, 'open');
  }

  /** Finds the node of a path and gives what the function makes of it, or throws the errno. */
  async #answer<T extends object>(
    call: InterruptedCall,
    { signal }: OperationOptions,
    follow: boolean,
    answer: (node: MemoryNode) => T | ErrnoName,
    at?: 'open',
  ): Promise<T> {
    throwIfInterrupted(signal, call);
    const node = walk(this.#root, call.path, follow);
    const result = typeof node === 'string' ? node : answer(node);
    if (typeof result === 'string') throw new SysfsError({ ...call, errno: result, at });
    return await Promise.resolve(result);
  }

  #makeDirectory(path: string): DirectoryNode {
    let directory = this.#root;
    for (const part of pathParts(path).map(canonicalName)) {
      const child: MemoryNode = directory.children.get(part) ?? directoryNode();
      if (child.type !== 'directory') throw new SysfsError({ operation: 'mkdir', path, errno: 'ENOTDIR' });
      directory.children.set(part, child);
      directory = child;
    }
    return directory;
  }

  #place(path: string, node: MemoryNode): void {
    const parent = this.#makeDirectory(parentPath(path));
    const name = canonicalName(baseName(path));
    const before = parent.children.get(name);
    if (before !== undefined) markRemoved(before);
    parent.children.set(name, node);
  }
}
