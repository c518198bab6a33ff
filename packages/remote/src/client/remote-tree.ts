import { encodeName, MAX_ATTRIBUTE_WRITE, type OperationOptions, type SysfsAccess, type SysfsEntry, type SysfsFile, type SysfsStat, type SysfsTree } from '@scst/sysfs';
import { encodePath } from '../protocol/path.js';
import { LEASE_HEADER } from '../protocol/version.js';
import { entriesOf, numberOf, statOf, textOf } from './answers.js';
import type { Lease } from './lease.js';
import { RemoteFile } from './remote-file.js';
import { sysfsCall } from './sysfs-call.js';
import type { Transport } from './transport.js';

/** A tree behind a socket. Operations run concurrently, over pooled connections; those that block leave room for reads. */
export class RemoteTree implements SysfsTree {
  readonly description: string;
  readonly #transport: Transport;
  readonly #lease: Lease;

  /** @internal Made by connect(). */
  constructor(transport: Transport, lease: Lease, description: string) {
    this.#transport = transport;
    this.#lease = lease;
    this.description = description;
  }

  stat(path: string, options?: OperationOptions): Promise<SysfsStat> {
    return this.#get('stat', path, options, statOf);
  }

  list(path: string, options?: OperationOptions): Promise<SysfsEntry[]> {
    return this.#get('list', path, options, entriesOf);
  }

  readlink(path: string, options?: OperationOptions): Promise<string> {
    return this.#get('readlink', path, options, (json) => textOf(json, 'target'));
  }

  read(path: string, { signal }: OperationOptions = {}): Promise<Uint8Array> {
    const known = { operation: 'read', path };
    return sysfsCall(known, signal, () => this.#transport.bytes({ method: 'GET', path: `${place(path)}?read`, pool: 'reads', signal, known }));
  }

  write(path: string, data: Uint8Array | string, { signal }: OperationOptions = {}): Promise<number> {
    const input = typeof data === 'string' ? encodeName(data) : data;
    const known = { operation: 'write', path, input };
    // More than one write takes would be cut by the tree; it need not travel.
    const body = [input.subarray(0, MAX_ATTRIBUTE_WRITE)];
    return sysfsCall(known, signal, async () => numberOf(await this.#transport.json({ method: 'PUT', path: place(path), pool: 'writes', body, signal, known }), 'written'));
  }

  async chmod(path: string, mode: number, { signal }: OperationOptions = {}): Promise<void> {
    const known = { operation: 'chmod', path };
    const body = [encodeName(JSON.stringify({ mode }))];
    await sysfsCall(known, signal, () => this.#transport.json({ method: 'PATCH', path: place(path), pool: 'writes', body, signal, known }));
  }

  open(path: string, access: SysfsAccess, { signal }: OperationOptions = {}): Promise<SysfsFile> {
    const known = { operation: 'open', path };
    const body = [encodeName(JSON.stringify({ path, access }))];
    return sysfsCall(known, signal, async () => {
      const headers = { [LEASE_HEADER]: await this.#lease.id() };
      const answer = await this.#transport.json({ method: 'POST', path: '/files', pool: 'reads', headers, body, signal, known });
      return new RemoteFile(this.#transport, textOf(answer, 'id'), path);
    });
  }

  #get<T>(operation: string, path: string, { signal }: OperationOptions = {}, take: (json: unknown) => T): Promise<T> {
    const known = { operation, path };
    return sysfsCall(known, signal, async () => take(await this.#transport.json({ method: 'GET', path: `${place(path)}?${operation}`, pool: 'reads', signal, known })));
  }
}

const place = (path: string): string => `/tree/${encodePath(path)}`;
