import { MAX_ATTRIBUTE_READ, MAX_ATTRIBUTE_WRITE } from '../attribute/text.js';
import { toBytes } from '../bytes.js';
import type { ErrnoName } from '../errno.js';
import { SysfsError } from '../errors.js';
import { orInterrupted, throwIfInterrupted, type InterruptedCall } from '../interrupt.js';
import type { OperationOptions, ReadOptions, SysfsAccess, SysfsFile } from '../tree.js';
import { AttributeRefusal, type DirectoryNode, type FileNode } from './memory-nodes.js';

/** A node of a MemoryTree held open. Reads keep the books of the kernel's seq_file. */
export class MemoryFile implements SysfsFile {
  readonly #node: FileNode | DirectoryNode;
  readonly #path: string;
  readonly #access: SysfsAccess;
  #text: Uint8Array = new Uint8Array();
  /** The file's own position. */
  #position = 0;
  /** Where the last read of the text ended; a read that does not begin there generates the text anew. */
  #textPosition = 0;
  #closed = false;

  constructor(node: FileNode | DirectoryNode, path: string, access: SysfsAccess) {
    this.#node = node;
    this.#path = path;
    this.#access = access;
  }

  async read({ count = 4096, offset, signal }: ReadOptions = {}): Promise<Uint8Array> {
    const call = { operation: 'read', path: this.#path };
    const node = this.#ready(call, 'write', signal);
    const from = offset ?? this.#position;
    if (offset !== undefined || from === 0 || from !== this.#textPosition) {
      const { show } = node.attribute;
      const text = await this.#attempt(call, signal, async () => (show === undefined ? '' : await show()));
      this.#text = toBytes(text).slice(0, MAX_ATTRIBUTE_READ);
    }
    const piece = this.#text.slice(from, from + count);
    this.#textPosition = from + piece.length;
    if (offset === undefined) this.#position = this.#textPosition;
    return piece;
  }

  async write(data: Uint8Array | string, { signal }: OperationOptions = {}): Promise<number> {
    const input = toBytes(data).slice(0, MAX_ATTRIBUTE_WRITE);
    const call = { operation: 'write', path: this.#path, input };
    const node = this.#ready(call, 'read', signal);
    const { store } = node.attribute;
    if (input.length > 0) await this.#attempt(call, signal, async () => { await store?.(input); });
    return input.length;
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @param barred The access that does not allow the operation. */
  #ready(call: InterruptedCall, barred: SysfsAccess, signal: AbortSignal | undefined): FileNode {
    throwIfInterrupted(signal, call);
    const refuse = (errno: ErrnoName): SysfsError => new SysfsError({ ...call, errno });
    if (this.#closed || this.#access === barred) throw refuse('EBADF');
    if (this.#node.type === 'directory') throw refuse('EISDIR');
    if (this.#node.removed) throw refuse('ENODEV');
    return this.#node;
  }

  async #attempt<T>(call: InterruptedCall, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    try {
      return await orInterrupted(work(), signal, call);
    } catch (error) {
      if (error instanceof AttributeRefusal) throw new SysfsError({ ...call, errno: error.code, reason: error.reason, cause: error });
      throw error;
    }
  }
}
