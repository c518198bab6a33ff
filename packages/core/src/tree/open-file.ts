import { encodeName, type OperationOptions, type ReadOptions, type SysfsAccess, type SysfsFile } from '@scst/sysfs';
import { type CoreTree, failure } from './core-tree.js';
import { interruptible } from './interruptible.js';
import { type Place } from './walk.js';

const DEFAULT_COUNT = 4096;
const NOTHING = new Uint8Array(0);

/**
 * An attribute held open (SPEC sysfs 1.1). A read that begins where the last one ended continues in its text; all others, and those
 * at offset 0, generate the text anew.
 */
export class OpenFile implements SysfsFile {
  readonly #tree: CoreTree;
  readonly #path: string;
  readonly #access: SysfsAccess;
  readonly #place: Place;
  #text: Uint8Array = NOTHING;
  /** Where the last read ended, by whichever offset it was made. */
  #readEnd = 0;
  /** Where a read without an offset begins. */
  #position = 0;
  #closed = false;

  constructor(tree: CoreTree, path: string, access: SysfsAccess, place: Place) {
    this.#tree = tree;
    this.#path = path;
    this.#access = access;
    this.#place = place;
  }

  read({ count = DEFAULT_COUNT, offset, signal }: ReadOptions = {}): Promise<Uint8Array> {
    const call = { operation: 'read', path: this.#path };
    return interruptible(call, signal, async () => {
      if (this.#closed || this.#access === 'write') throw failure(call, 'EBADF');
      const position = offset ?? this.#position;
      if (position === 0 || position !== this.#readEnd) this.#text = await this.#tree.show(call, this.#place);
      else if (position >= this.#text.length) this.#tree.checkThere(call, this.#place);
      const piece = this.#text.slice(position, position + count);
      this.#readEnd = position + piece.length;
      if (offset === undefined) this.#position = position + piece.length;
      return piece.length === 0 ? NOTHING : piece;
    });
  }

  write(data: Uint8Array | string, { signal }: OperationOptions = {}): Promise<number> {
    const input = typeof data === 'string' ? encodeName(data) : data;
    const call = { operation: 'write', path: this.#path, input };
    return interruptible(call, signal, () => {
      if (this.#closed || this.#access === 'read') throw failure(call, 'EBADF');
      return this.#tree.store(call, this.#place, input);
    });
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
