import { type Binding, loadBinding, SLOT } from './binding.js';

/** Ioctls that can be under way at a time in one thread of JavaScript. */
const CAPACITY = 1024;
/** A thread waits for each ioctl under way, in 64 KiB of stack. One that has had nothing to do for the time ends. */
const IDLE_MILLISECONDS = 10_000;
/** Bytes of data memory that slots keep for the next command; beyond it, what a command used is given back when it ends. */
const KEPT = 32 << 20;
const PAGE = 4096;
/** Descriptors that all devices together may have beyond what each cannot do without: a process has no more than some thousand. */
const EXTRA_DESCRIPTORS = 256;

/** Memory for the data of a command. */
interface Block {
  readonly memory: ArrayBuffer;
  readonly bytes: Uint8Array;
  readonly address: bigint;
}

/** Who is told that the ioctl of a slot has ended. `errno` is 0 where it succeeded. */
export interface IoctlOwner {
  ended(slot: number, errno: number): void;
}

/**
 * The ioctls of one thread of JavaScript. Each has a slot: memory of the native part in which its argument lies, which stays where it is, whatever
 * becomes of the caller's own buffers, until the kernel is done with it.
 */
export class IoctlPool {
  /** All slots: the argument of slot `n` is at `n * SLOT.SIZE`. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Where the memory of the slots is. */
  readonly address: bigint;
  /** How the argument of each slot was last laid out; whoever writes one in another way says so. */
  readonly layouts: unknown[] = new Array<unknown>(CAPACITY).fill(undefined);
  readonly #binding: Binding;
  readonly #submitted: Uint32Array;
  readonly #completed: Uint32Array;
  readonly #free: number[];
  readonly #owners: (IoctlOwner | undefined)[] = new Array<IoctlOwner | undefined>(CAPACITY).fill(undefined);
  readonly #blocks: (Block | undefined)[] = new Array<Block | undefined>(CAPACITY).fill(undefined);
  /** What devices have of `EXTRA_DESCRIPTORS`; whoever opens or closes one counts it here. */
  extraDescriptors = 0;
  /** Called once each when a slot is free again. */
  #waiting: (() => void)[] = [];
  #kept = 0;
  #pending = 0;
  readonly #flush = (): void => {
    const count = this.#pending;
    this.#pending = 0;
    if (count > 0) this.#binding.submit(count);
  };

  private constructor(binding: Binding) {
    const memory = binding.open(CAPACITY, CAPACITY, IDLE_MILLISECONDS, (count) => {
      this.#collect(count);
    });
    this.#binding = binding;
    this.address = binding.address(memory);
    this.bytes = new Uint8Array(memory, 0, CAPACITY * SLOT.SIZE);
    this.view = new DataView(memory, 0, CAPACITY * SLOT.SIZE);
    this.#submitted = new Uint32Array(memory, CAPACITY * SLOT.SIZE, CAPACITY);
    this.#completed = new Uint32Array(memory, CAPACITY * SLOT.SIZE + 4 * CAPACITY, CAPACITY);
    this.#free = Array.from({ length: CAPACITY }, (_, index) => CAPACITY - 1 - index);
  }

  static #shared: IoctlPool | undefined;

  /** The pool of this thread of JavaScript. Throws an `SgError` where there is no native part. */
  static get(): IoctlPool {
    return (IoctlPool.#shared ??= new IoctlPool(loadBinding()));
  }

  /** Takes a slot; undefined where all are taken: `onFree` tells when to ask again. */
  acquire(): number | undefined {
    return this.#free.pop();
  }

  onFree(callback: () => void): void {
    this.#waiting.push(callback);
  }

  release(slot: number): void {
    const block = this.#blocks[slot];
    if (block !== undefined && this.#kept > KEPT) this.#drop(slot, block);
    this.#free.push(slot);
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const callback of waiting) callback();
  }

  /** Memory of at least `length` bytes for the data of a slot's command, at a page's start. Undefined: there is none. */
  data(slot: number, length: number): Block | undefined {
    const block = this.#blocks[slot];
    if (block !== undefined) {
      if (block.bytes.length >= length) return block;
      this.#drop(slot, block);
    }
    const memory = this.#binding.allocate(Math.ceil(length / PAGE) * PAGE);
    if (memory === undefined) return undefined;
    const made: Block = { memory, bytes: new Uint8Array(memory), address: this.#binding.address(memory) };
    this.#blocks[slot] = made;
    this.#kept += memory.byteLength;
    return made;
  }

  #drop(slot: number, block: Block): void {
    this.#kept -= block.bytes.length;
    this.#blocks[slot] = undefined;
    this.#binding.free(block.memory);
  }

  /** Starts the ioctl whose argument lies in the slot. What is started in one turn of the event loop goes to the kernel together. */
  start(slot: number, fd: number, request: number, owner: IoctlOwner): void {
    this.#prepare(slot, fd, request);
    this.#owners[slot] = owner;
    this.#submitted[this.#pending++] = slot;
    if (this.#pending === 1) process.nextTick(this.#flush);
  }

  /** Makes the ioctl on this thread, which stands still until it has ended. Returns its errno. */
  call(slot: number, fd: number, request: number): number {
    // What was started before goes before.
    this.#flush();
    this.#prepare(slot, fd, request);
    this.#binding.call(slot);
    return this.view.getInt32(slot * SLOT.SIZE + SLOT.ERROR, true);
  }

  #prepare(slot: number, fd: number, request: number): void {
    const at = slot * SLOT.SIZE;
    this.view.setInt32(at + SLOT.FD, fd, true);
    this.view.setUint32(at + SLOT.REQUEST, request, true);
  }

  #collect(count: number): void {
    // An owner may start others, but the list changes only when the next ones are collected.
    for (let index = 0; index < count; index++) {
      const slot = this.#completed[index] ?? 0;
      const owner = this.#owners[slot];
      this.#owners[slot] = undefined;
      owner?.ended(slot, this.view.getInt32(slot * SLOT.SIZE + SLOT.ERROR, true));
    }
  }

  /** An ioctl of which nobody needs more than how it went: the argument's bytes afterwards, and errno. */
  async ioctl(fd: number, request: number, argument: Uint8Array): Promise<{ errno: number; argument: Uint8Array }> {
    const slot = this.acquire() ?? (await this.#nextFree());
    this.#lay(slot, argument);
    const errno = await new Promise<number>((resolve) => {
      this.start(slot, fd, request, { ended: (_, result) => { resolve(result); } });
    });
    return { errno, argument: this.#take(slot, argument.length) };
  }

  /** The same on this thread, which stands still until it has ended. Throws a `RangeError` where every slot is taken. */
  ioctlSync(fd: number, request: number, argument: Uint8Array): { errno: number; argument: Uint8Array } {
    const slot = this.acquire();
    if (slot === undefined) throw new RangeError(`more than ${CAPACITY} ioctls are under way`);
    this.#lay(slot, argument);
    const errno = this.call(slot, fd, request);
    return { errno, argument: this.#take(slot, argument.length) };
  }

  #lay(slot: number, argument: Uint8Array): void {
    this.bytes.set(argument, slot * SLOT.SIZE);
    this.layouts[slot] = undefined;
  }

  /** The first bytes of a slot's argument, with which the slot is free again. */
  #take(slot: number, length: number): Uint8Array {
    const at = slot * SLOT.SIZE;
    const argument = this.bytes.slice(at, at + length);
    this.release(slot);
    return argument;
  }

  /** Whether a device may open a descriptor more than it needs, and there is a slot to ask it which device it is. */
  mayHaveAnother(): boolean {
    return this.extraDescriptors < EXTRA_DESCRIPTORS && this.#free.length > 0;
  }

  async #nextFree(): Promise<number> {
    for (;;) {
      await new Promise<void>((resolve) => {
        this.onFree(resolve);
      });
      const slot = this.acquire();
      if (slot !== undefined) return slot;
    }
  }

  /** A descriptor of the pool's own for an open file, or an errno made negative. */
  adopt(fd: number): number {
    return this.#binding.adopt(fd);
  }

  close(fd: number): void {
    this.#binding.close(fd);
  }
}
