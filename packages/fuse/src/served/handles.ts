import { SysfsError } from '@scst/sysfs';

/** What the kernel holds open, by the numbers it was given. */
export class HandleTable<T> {
  readonly #handles = new Map<number, T>();
  readonly #limit: number;
  #next = 1;

  /** @param limit The most that may be open. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#handles.size;
  }

  /** @throws SysfsError `ENFILE` when no more may be opened. */
  assertRoom(path: string): void {
    if (this.#handles.size >= this.#limit) {
      throw new SysfsError({ operation: 'open', path, errno: 'ENFILE', at: 'open', reason: `${this.#limit} files are open in the mount` });
    }
  }

  /** @throws SysfsError `ENFILE` when no more may be opened. */
  add(path: string, value: T): number {
    this.assertRoom(path);
    const handle = this.#next;
    this.#next += 1;
    this.#handles.set(handle, value);
    return handle;
  }

  /** @throws SysfsError `EBADF` for a number that was not given, or was taken back. */
  get(handle: number): T {
    const value = this.#handles.get(handle);
    if (value === undefined) throw new SysfsError({ operation: 'open', path: `handle ${handle}`, errno: 'EBADF' });
    return value;
  }

  /** Takes a handle back. Returns what it stood for, if it was given. */
  take(handle: number): T | undefined {
    const value = this.#handles.get(handle);
    this.#handles.delete(handle);
    return value;
  }

  /** Takes all of them back. */
  takeAll(): T[] {
    const values = [...this.#handles.values()];
    this.#handles.clear();
    return values;
  }
}
