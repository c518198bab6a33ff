import { randomBytes } from 'node:crypto';
import { SysfsError } from '@scst/sysfs';

interface Held {
  readonly value: AsyncDisposable;
  readonly lease: string | undefined;
  /** Requests that use it now. */
  uses: number;
  expiry: NodeJS.Timeout | undefined;
}

const newId = (): string => randomBytes(12).toString('hex');

/**
 * What clients hold open: files and logical units. A handle lives until it is let go, until its lease ends (the connection the
 * client keeps for that purpose closes, by its death at the latest), or, where it has none, until it was idle for long.
 */
export class Handles {
  readonly #limit: number;
  readonly #idle: number;
  readonly #held = new Map<string, Held>();
  readonly #leases = new Set<string>();

  constructor(limit: number, idle: number) {
    this.#limit = limit;
    this.#idle = idle;
  }

  /** How many handles there are. */
  get size(): number {
    return this.#held.size;
  }

  /** Begins a lease. */
  lease(): string {
    const id = newId();
    this.#leases.add(id);
    return id;
  }

  /** Ends a lease and lets go of its handles. */
  async endLease(lease: string): Promise<void> {
    this.#leases.delete(lease);
    await Promise.all([...this.#held].filter(([, held]) => held.lease === lease).map(([id]) => this.remove(id)));
  }

  /** @throws SysfsError `EMFILE` when no more can be held open; to be asked before the thing is opened. */
  checkRoom(path: string): void {
    if (this.#held.size < this.#limit) return;
    throw new SysfsError({ operation: 'open', path, errno: 'EMFILE', at: 'open', reason: `the server holds ${this.#limit} files and logical units open, and takes no more` });
  }

  /**
   * Keeps a thing for a client.
   *
   * @throws SysfsError `ENODEV` when the lease has ended meanwhile; the thing is let go of then.
   */
  async add(value: AsyncDisposable, lease: string | undefined, path: string): Promise<string> {
    try {
      if (lease !== undefined && !this.#leases.has(lease)) throw gone('open', path);
      this.checkRoom(path);
    } catch (error) {
      await value[Symbol.asyncDispose]();
      throw error;
    }
    const id = newId();
    const held: Held = { value, lease, uses: 0, expiry: undefined };
    this.#held.set(id, held);
    this.#watch(id, held);
    return id;
  }

  /**
   * Works with a handle's value, which does not expire meanwhile.
   *
   * @param is Whether the handle is of the kind asked for.
   * @throws SysfsError `ENODEV` when there is none of that id and kind.
   */
  async use<T extends AsyncDisposable, R>(id: string, is: (value: AsyncDisposable) => value is T, work: (value: T) => Promise<R>): Promise<R> {
    const held = this.#held.get(id);
    if (held === undefined || !is(held.value)) throw gone('use', '');
    held.uses += 1;
    clearTimeout(held.expiry);
    try {
      return await work(held.value);
    } finally {
      held.uses -= 1;
      if (this.#held.get(id) === held) this.#watch(id, held);
    }
  }

  /** Lets go of a handle. One that is gone already is no error. */
  async remove(id: string): Promise<void> {
    const held = this.#held.get(id);
    if (held === undefined) return;
    this.#held.delete(id);
    clearTimeout(held.expiry);
    // A thing that fails to close is closed as far as the client can tell, and nobody else is left to be told.
    await Promise.resolve(held.value[Symbol.asyncDispose]()).catch(() => undefined);
  }

  async removeAll(): Promise<void> {
    this.#leases.clear();
    await Promise.all([...this.#held.keys()].map((id) => this.remove(id)));
  }

  #watch(id: string, held: Held): void {
    if (held.lease !== undefined || held.uses > 0) return;
    held.expiry = setTimeout(() => void this.remove(id), this.#idle);
    held.expiry.unref();
  }
}

const gone = (operation: string, path: string): SysfsError =>
  new SysfsError({
    operation,
    path,
    errno: 'ENODEV',
    reason: 'the server no longer holds it open',
    hint: 'It expired, or the server was started anew. Open it again.',
  });
