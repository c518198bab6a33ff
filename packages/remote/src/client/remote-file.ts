import { encodeName, MAX_ATTRIBUTE_WRITE, SysfsError, type OperationOptions, type ReadOptions, type SysfsFile } from '@scst/sysfs';
import { numberOf } from './answers.js';
import { sysfsCall, type SysfsCall } from './sysfs-call.js';
import type { Transport } from './transport.js';

/** A file the server holds open. Its position is the server's. */
export class RemoteFile implements SysfsFile {
  readonly #transport: Transport;
  readonly #url: string;
  readonly #path: string;
  #closed = false;

  /** @internal Opened by RemoteTree. */
  constructor(transport: Transport, id: string, path: string) {
    this.#transport = transport;
    this.#url = `/files/${id}`;
    this.#path = path;
  }

  async read({ count, offset, signal }: ReadOptions = {}): Promise<Uint8Array> {
    const known = { operation: 'read', path: this.#path };
    this.#checkOpen(known);
    const query = new URLSearchParams();
    if (count !== undefined) query.set('count', String(count));
    if (offset !== undefined) query.set('offset', String(offset));
    // A read moves the position, so unlike other GETs it must not be repeated when the connection breaks.
    return await sysfsCall(known, signal, () => this.#transport.bytes({ method: 'GET', path: `${this.#url}?${query.toString()}`, pool: 'reads', once: true, signal, known }));
  }

  async write(data: Uint8Array | string, { signal }: OperationOptions = {}): Promise<number> {
    const input = typeof data === 'string' ? encodeName(data) : data;
    const known = { operation: 'write', path: this.#path, input };
    this.#checkOpen(known);
    const body = [input.subarray(0, MAX_ATTRIBUTE_WRITE)];
    return await sysfsCall(known, signal, async () => numberOf(await this.#transport.json({ method: 'PUT', path: this.#url, pool: 'writes', body, signal, known }), 'written'));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // Where the server is gone the file is closed as well.
    await this.#transport.json({ method: 'DELETE', path: this.#url, pool: 'reads' }).catch(() => undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #checkOpen(call: SysfsCall): void {
    if (this.#closed) throw new SysfsError({ ...call, errno: 'EBADF', reason: 'the file has been closed' });
  }
}
