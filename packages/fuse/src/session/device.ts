import { closeSync, readlinkSync, writeSync } from 'node:fs';
import { isMainThread, Worker } from 'node:worker_threads';
import { writeIn } from '../protocol/files.js';
import { inHeader } from '../protocol/message.js';
import { OPCODE } from '../protocol/opcode.js';
import { deferred } from './deferred.js';
import { READER_SOURCE } from './reader-source.js';
import { MAX_WRITE, type Channel } from './session.js';

const STOP = 0;
const ENDED = 1;

/** The largest request is a write; the kernel asks for a buffer of at least `FUSE_MIN_READ_BUFFER`, 8192. */
const BUFFER_SIZE = inHeader.size + writeIn.size + MAX_WRITE;

/** Requests a program does not wait for, or that come with another mount's or no process. */
const UNWAITED: readonly number[] = [OPCODE.INIT, OPCODE.DESTROY, OPCODE.FORGET, OPCODE.BATCH_FORGET, OPCODE.INTERRUPT, OPCODE.RELEASE, OPCODE.RELEASEDIR];

/**
 * The number the kernel gives for requests of this thread, or 0 where it cannot be known: in a thread other than the first, whose
 * number Node does not tell, and where mount(8) runs in another namespace of process numbers than this process.
 */
const servingThread = (): number => {
  try {
    const same = readlinkSync('/proc/self/ns/pid') === readlinkSync('/proc/self/ns/pid_for_children');
    return isMainThread && same ? process.pid : 0;
  } catch {
    return 0;
  }
};

/** What the thread posts when it ends. */
interface End {
  /** Whether it has closed the device. */
  readonly closed: boolean;
}

/** `/dev/fuse`, opened and about to be mounted: requests come in through a thread, replies go out directly. */
export class Device implements Channel {
  readonly #fd: number;
  readonly #control = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  readonly #worker: Worker;
  readonly #ended = deferred();
  #open = true;
  #closed = false;

  /**
   * Starts to read; requests come once it is mounted.
   *
   * @param fd An open `/dev/fuse`, which is the Device's from now on.
   */
  constructor(fd: number, onRequest: (message: Uint8Array) => void) {
    this.#fd = fd;
    this.#worker = new Worker(READER_SOURCE, {
      eval: true,
      name: 'scst-fuse-reader',
      // Loaders of the main thread have no business in this one.
      execArgv: [],
      env: {},
      // The device is opened in one thread and may be closed in the other.
      trackUnmanagedFds: false,
      workerData: { fd, size: BUFFER_SIZE, control: this.#control.buffer, STOP, ENDED, server: servingThread(), unwaited: UNWAITED },
    });
    this.#worker.on('message', (message: Uint8Array | End) => {
      if (message instanceof Uint8Array) onRequest(message);
      else this.#end(message.closed);
    });
    // The thread cannot fail but for lack of memory.
    this.#worker.on('error', () => { this.#end(false); });
  }

  /** Resolves when no request will come any more, and the device is closed. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  send(message: Uint8Array): boolean {
    if (!this.#open) return false;
    try {
      writeSync(this.#fd, message);
      return true;
    } catch {
      // ENOENT: the program was killed and waits no more. ENODEV, EPERM: the mount has gone.
      return false;
    }
  }

  /** Sends no more replies, and ends the connection with the next request, whatever it is. */
  stop(): void {
    this.#open = false;
    Atomics.store(this.#control, STOP, 1);
    Atomics.notify(this.#control, STOP);
  }

  /** Blocks until the connection has ended after {@link stop}, which a request must bring about. False after so many milliseconds. */
  waitForEnd(milliseconds: number): boolean {
    Atomics.wait(this.#control, ENDED, 0, milliseconds);
    return Atomics.load(this.#control, ENDED) === 1;
  }

  /** The thread waits in the kernel for a request that will not come: it keeps the program from ending no longer. */
  unref(): void {
    this.#worker.unref();
  }

  #end(closed: boolean): void {
    this.#open = false;
    if (!closed && !this.#closed) closeSync(this.#fd);
    this.#closed = true;
    this.#ended.resolve();
  }
}
