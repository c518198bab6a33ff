import { MAX_ATTRIBUTE_WRITE } from '../attribute/text.js';
import { toBytes } from '../bytes.js';
import { SysfsError } from '../errors.js';
import { interrupted, orInterrupted, throwIfInterrupted, type InterruptedCall } from '../interrupt.js';
import type { OperationOptions, ReadOptions, SysfsFile } from '../tree.js';
import type { Lane } from './lane.js';
import * as system from './system.js';

/** A file descriptor as a {@link SysfsFile}. The position is the descriptor's own, in the kernel. */
export class HostFile implements SysfsFile {
  readonly #fd: number;
  readonly #path: string;
  readonly #readLane: Lane;
  readonly #writeLane: Lane;
  #inFlight = 0;
  #closing = false;
  #closed: Promise<void> | undefined;

  /** @internal Opened by HostTree. */
  constructor(fd: number, path: string, readLane: Lane, writeLane: Lane) {
    this.#fd = fd;
    this.#path = path;
    this.#readLane = readLane;
    this.#writeLane = writeLane;
  }

  read({ count = 4096, offset, signal }: ReadOptions = {}): Promise<Uint8Array> {
    return this.#run({ operation: 'read', path: this.#path }, this.#readLane, signal, () => system.read(this.#fd, count, offset ?? null));
  }

  write(data: Uint8Array | string, { signal }: OperationOptions = {}): Promise<number> {
    const input = toBytes(data).slice(0, MAX_ATTRIBUTE_WRITE);
    return this.#run({ operation: 'write', path: this.#path, input }, this.#writeLane, signal, () => system.write(this.#fd, input));
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#closeWhenIdle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run<T>(call: InterruptedCall, lane: Lane, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    if (this.#closing) throw new SysfsError({ ...call, errno: 'EBADF', reason: 'the file has been closed' });
    throwIfInterrupted(signal, call);
    this.#inFlight += 1;
    const running = lane.run(work, signal).finally(() => {
      this.#inFlight -= 1;
      if (this.#closing) void this.#closeWhenIdle();
    });
    try {
      return await orInterrupted(running, signal, call);
    } catch (error) {
      if (signal?.aborted === true && !(error instanceof SysfsError)) throw interrupted(signal, call);
      throw system.toSysfsError(error, call);
    }
  }

  /**
   * The number of a descriptor may be given to another file as soon as it is closed, so it is closed only when no operation that
   * names it is left in the thread pool. close() itself does not wait for those: one may be a write the kernel answers never.
   */
  async #closeWhenIdle(): Promise<void> {
    if (this.#inFlight > 0) return;
    this.#closed ??= system.close(this.#fd);
    await this.#closed;
  }
}
