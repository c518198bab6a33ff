import { ERRNO } from '@scst/sysfs';
import type { Answer, Operation } from '../operations/operation.js';
import { NOT_SUPPORTED, operations, refusals } from '../operations/table.js';
import { INIT_FLAG, initIn, initOut, KERNEL_VERSION, OLDEST_MINOR } from '../protocol/init.js';
import { reply, request as requestCodec, type Request } from '../protocol/message.js';
import { OPCODE } from '../protocol/opcode.js';
import { ProtocolError } from '../protocol/protocol-error.js';
import { batchForget, forgetIn, interruptIn } from '../protocol/requests.js';
import { LONGEST_LISTED_NAME, type ServedTree } from '../served/served-tree.js';
import { deferred } from './deferred.js';
import { errnoOf } from './errno-of.js';
import { Turns } from './turns.js';

/** Where replies go. */
export interface Channel {
  /** Sends one reply. False when the kernel no longer wants it: the program was killed, or the mount has gone. */
  send(message: Uint8Array): boolean;
}

export interface SessionOptions {
  /** The most reads and writes the tree is asked for at a time. */
  maxTransfers: number;
  /** Told of errors that were answered with an errno they did not name: defects of the tree, or of the protocol. */
  onError: (error: unknown) => void;
}

/**
 * The most bytes of a write that come in one request. More than the 4096 that count, so that a longer write(2) is one request,
 * answered short, and does not come in pieces of 4096 that would each be a command.
 */
export const MAX_WRITE = 8192;

/** Pages a request may hold: a writev(2) of many short pieces, each in a page of its own, is one request too. */
const MAX_PAGES = 256;

/** Background requests (there are few: files are not read ahead) before the kernel holds more back. */
const MAX_BACKGROUND = 64;
const CONGESTION_THRESHOLD = 48;

/** How long a quick operation may go on after an interrupt until it is taken to hang. */
const INTERRUPT_GRACE = 1000;

interface Call {
  readonly controller: AbortController;
  readonly transfer: boolean;
  timer: NodeJS.Timeout | undefined;
}

/**
 * One connection with the kernel: takes its requests, gives them to the operations, and sends the answers. Knows nothing of devices
 * and mounts.
 */
export class Session {
  readonly #served: ServedTree;
  readonly #channel: Channel;
  readonly #onError: (error: unknown) => void;
  readonly #turns: Turns;
  readonly #calls = new Map<number, Call>();
  readonly #idle = new Set<() => void>();
  readonly #started = deferred();
  #protocol: { major: number; minor: number } | undefined;

  constructor(served: ServedTree, channel: Channel, { maxTransfers, onError }: SessionOptions) {
    this.#served = served;
    this.#channel = channel;
    this.#turns = new Turns(maxTransfers);
    this.#onError = onError;
    // Whoever mounts awaits it; a session that ends before is not an unhandled rejection.
    this.#started.promise.catch(() => undefined);
  }

  /** Resolves when the kernel's INIT has been answered. @throws ProtocolError when it cannot be. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  /** The protocol version agreed on. */
  get protocol(): { major: number; minor: number } | undefined {
    return this.#protocol;
  }

  /** Requests that have not been answered. */
  get inFlight(): number {
    return this.#calls.size;
  }

  /** Takes one request. */
  receive(message: Uint8Array): void {
    let request: Request;
    try {
      request = requestCodec.decode(message);
    } catch (error) {
      this.#onError(error);
      return;
    }
    try {
      this.#dispatch(request);
    } catch (error) {
      const { errno, named } = errnoOf(error);
      if (!named) this.#onError(error);
      if (!WITHOUT_REPLY.has(request.opcode)) this.#send(request.unique, errno);
    }
  }

  /** Resolves when nothing is in flight. */
  idle(): Promise<void> {
    if (this.#calls.size === 0) return Promise.resolve();
    return new Promise((resolve) => { this.#idle.add(resolve); });
  }

  /** Ends everything in flight without a reply: the kernel has gone. */
  abandon(): void {
    this.#started.reject(new ProtocolError('the connection with the kernel ended before it began'));
    for (const unique of [...this.#calls.keys()]) this.#take(unique)?.controller.abort();
    this.#served.closeAll();
  }

  #dispatch(request: Request): void {
    const { opcode, unique, nodeid, body } = request;
    switch (opcode) {
      case OPCODE.INIT:
        this.#init(unique, body);
        return;
      case OPCODE.DESTROY:
        this.#send(unique, 0);
        return;
      case OPCODE.FORGET:
        this.#served.nodes.forget(nodeid, forgetIn.decode(body).nlookup);
        return;
      case OPCODE.BATCH_FORGET:
        for (const one of batchForget.decode(body)) this.#served.nodes.forget(one.nodeid, one.nlookup);
        return;
      case OPCODE.INTERRUPT:
        this.#interrupt(interruptIn.decode(body).unique);
        return;
      default: {
        const operation = operations.get(opcode);
        if (operation === undefined) this.#send(unique, refusals.get(opcode) ?? NOT_SUPPORTED);
        else void this.#run(operation, request);
      }
    }
  }

  #init(unique: number, body: Uint8Array): void {
    const { major, minor, max_readahead, flags } = initIn.decode(body);
    if (major < KERNEL_VERSION.major || (major === KERNEL_VERSION.major && minor < OLDEST_MINOR)) {
      this.#send(unique, ERRNO.EPROTO);
      this.#started.reject(new ProtocolError(`the kernel speaks FUSE ${major}.${minor}, at least ${KERNEL_VERSION.major}.${OLDEST_MINOR} is needed`));
      return;
    }
    // A kernel of a later major version is told ours and begins again with it.
    const agreed = { major: KERNEL_VERSION.major, minor: major === KERNEL_VERSION.major ? Math.min(minor, KERNEL_VERSION.minor) : KERNEL_VERSION.minor };
    const wanted = INIT_FLAG.BIG_WRITES | INIT_FLAG.PARALLEL_DIROPS | INIT_FLAG.MAX_PAGES;
    const answer = initOut.encode({
      ...agreed,
      max_readahead,
      flags: flags & wanted,
      max_background: MAX_BACKGROUND,
      congestion_threshold: CONGESTION_THRESHOLD,
      max_write: MAX_WRITE,
      time_gran: 1,
      max_pages: MAX_PAGES,
    });
    this.#send(unique, 0, answer);
    if (major > KERNEL_VERSION.major) return;
    if (minor >= LONGEST_LISTED_NAME.sinceMinor) this.#served.longestListedName = LONGEST_LISTED_NAME.long;
    this.#protocol = agreed;
    this.#started.resolve();
  }

  async #run(operation: Operation, request: Request): Promise<void> {
    const { unique } = request;
    const controller = new AbortController();
    this.#calls.set(unique, { controller, transfer: operation.transfer, timer: undefined });
    let answer: Answer | undefined;
    let errno = 0;
    const turn = operation.transfer ? this.#turns.take() : undefined;
    try {
      if (turn !== undefined) await turn;
      // Interrupted while it waited for its turn: it has been answered.
      if (!controller.signal.aborted) answer = await operation.run(this.#served, request, controller.signal);
    } catch (error) {
      const of = errnoOf(error);
      errno = of.errno;
      if (!of.named) this.#onError(error);
    } finally {
      if (operation.transfer) this.#turns.pass();
    }
    const delivered = this.#take(unique) !== undefined && this.#send(unique, errno, answer?.body);
    if (!delivered) answer?.undelivered?.();
  }

  /** The program waits for its request no longer. The operation is told, and may end as it likes; the program does not wait for that. */
  #interrupt(unique: number): void {
    const call = this.#calls.get(unique);
    if (call === undefined) return;
    if (call.transfer) this.#end(unique);
    else call.timer ??= setTimeout(() => { this.#end(unique); }, INTERRUPT_GRACE).unref();
  }

  #end(unique: number): void {
    const call = this.#take(unique);
    if (call === undefined) return;
    this.#send(unique, ERRNO.EINTR);
    call.controller.abort();
  }

  /** Takes a call off the list. Undefined when it has been answered already. */
  #take(unique: number): Call | undefined {
    const call = this.#calls.get(unique);
    clearTimeout(call?.timer);
    this.#calls.delete(unique);
    if (this.#calls.size === 0) {
      for (const resolve of this.#idle) resolve();
      this.#idle.clear();
    }
    return call;
  }

  #send(unique: number, errno: number, body: Uint8Array = NOTHING): boolean {
    return this.#channel.send(reply.encode({ unique, errno, body: errno === 0 ? body : NOTHING }));
  }
}

const NOTHING = new Uint8Array();

/** Requests the kernel expects no reply to, and would take one for another's. */
const WITHOUT_REPLY: ReadonlySet<number> = new Set([OPCODE.FORGET, OPCODE.BATCH_FORGET, OPCODE.INTERRUPT]);
