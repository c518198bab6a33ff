import { type CommandRequest, type CommandResult, type LogicalUnit, type ResetKind, TransportError } from '@scst/scsi';
import { CommandQueue } from './command-queue.js';
import { Descriptors, openOwn } from './descriptors.js';
import { type DeviceNode, identifyNode, sgNodeOf, timeoutOf } from './device-node.js';
import { v3Header, v4Header } from './header/command-header.js';
import { IoctlPool } from './ioctl-pool.js';
import { type CommandTarget, SgCommand } from './sg-command.js';
import { type SgResult } from './sg-result.js';
import { ioctlFault, transportFault } from './transport-fault.js';

export interface SgDeviceOptions {
  /** Commands under way at a time; others wait in the order they came. 1 to 1024; default 64. */
  readonly depth?: number | undefined;
  /** Milliseconds for commands that do not say. Default: what the kernel gives the device (its `timeout` in sysfs), or 60,000. */
  readonly timeout?: number | undefined;
}

/** What SG_SCSI_RESET of the kernel can reset: more than a `LogicalUnit` has to. */
export type SgResetKind = ResetKind | 'bus' | 'host';

const [DEFAULT_DEPTH, LARGEST_DEPTH, DEFAULT_TIMEOUT] = [64, 1024, 60_000];
const SG_SCSI_RESET = 0x2284;
const RESET = { lun: 1, bus: 2, host: 3, target: 4 } as const;
/** A reset that fails is not tried as the next larger one. */
const NO_ESCALATION = 0x100;

/**
 * A SCSI device behind a node of sg (`/dev/sg0`) or bsg (`/dev/bsg/0:0:0:0`): a `LogicalUnit` whose commands go through the kernel's SG_IO.
 *
 * What the kernel allows and what it does not:
 * - It has no way to abort a command under way. An aborted signal rejects at once; the command itself goes on until it ends or times out, and its data
 *   stays in memory of its own, so that the caller's buffers are free from then on. A command that still waits here is never sent.
 * - A command that times out is aborted by the kernel's error handling, which may reset the device; the promise rejects with `TIMEOUT` after that.
 *   On bsg the kernel makes a timeout below 7 seconds one of 7 seconds.
 * - Commands with data in both directions and the task attribute ACA are refused. ORDERED is kept here: the command starts when those before it have
 *   ended, and those after it wait for it.
 * - CDBs of more than 32 bytes are refused by kernels from 6.0 on.
 */
export class SgDevice implements LogicalUnit {
  readonly description: string;
  /** `/dev/sg0`, `/dev/bsg/0:0:0:0` */
  readonly path: string;
  /** The driver of the node: sg takes headers of version 3, bsg of version 4. */
  readonly kind: 'sg' | 'bsg';
  readonly #node: DeviceNode;
  readonly #target: CommandTarget;
  readonly #descriptors: Descriptors;
  readonly #queue: CommandQueue;
  #closing: Promise<void> | undefined;
  #resets = 0;

  private constructor(node: DeviceNode, target: CommandTarget, descriptors: Descriptors, depth: number) {
    this.path = node.path;
    this.description = node.path;
    this.kind = node.kind;
    this.#node = node;
    this.#target = target;
    this.#descriptors = descriptors;
    this.#queue = new CommandQueue(target, descriptors, depth);
  }

  /** Opens a node for reading and writing. Throws an {@link SgError}, or a `RangeError` for options that cannot be. */
  static async open(path: string, options: SgDeviceOptions = {}): Promise<SgDevice> {
    const { depth = DEFAULT_DEPTH, timeout } = options;
    if (!Number.isInteger(depth) || depth < 1 || depth > LARGEST_DEPTH) throw new RangeError(`depth: expected an integer from 1 to ${LARGEST_DEPTH}, not ${depth}`);
    if (timeout !== undefined && (!Number.isInteger(timeout) || timeout < 1)) throw new RangeError(`timeout: expected a positive integer of milliseconds, not ${timeout}`);
    const pool = IoctlPool.get();
    const node = await identifyNode(path);
    const own = node.sysfs === undefined ? undefined : await timeoutOf(node.sysfs);
    const target = { description: path, pool, header: node.kind === 'sg' ? v3Header : v4Header, timeout: timeout ?? own ?? DEFAULT_TIMEOUT };
    return new SgDevice(node, target, await Descriptors.open(pool, path, node.kind, depth), depth);
  }

  /** Executes a command. Rejects with a `TransportError` only when the device gave no status. */
  execute(request: CommandRequest): Promise<CommandResult> {
    return new Promise((resolve, reject) => {
      const finish = (result: SgResult): void => {
        const fault = transportFault(this.description, result);
        if (fault === undefined) resolve(counted(request, result));
        else reject(fault);
      };
      this.#add(request, finish, reject);
    });
  }

  /** The same with everything that the kernel says: also what never got to the device resolves, with its host status. */
  send(request: CommandRequest): Promise<SgResult> {
    return new Promise((resolve, reject) => {
      this.#add(request, resolve, reject);
    });
  }

  #add(request: CommandRequest, resolve: (result: SgResult) => void, reject: (error: TransportError) => void): void {
    const problem = this.#unusable(request);
    if (problem !== undefined) {
      reject(problem);
      return;
    }
    this.#queue.add(new SgCommand(this.#target, request, resolve, reject));
  }

  #unusable({ signal }: CommandRequest): TransportError | undefined {
    if (this.#closing !== undefined) return this.#closed();
    return signal?.aborted === true ? new TransportError('ABORTED', `${this.description}: the command was aborted before it had started`, { cause: signal.reason }) : undefined;
  }

  #closed(): TransportError {
    return new TransportError('CLOSED', `${this.description} is closed`);
  }

  /**
   * Executes a command on this thread, which stands still until it has ended: no timer, no other promise, no signal in between. The fastest way for
   * one command at a time, in programs that do nothing else. Beside commands under way it counts as one more. Throws as `execute` rejects.
   */
  executeSync(request: CommandRequest): CommandResult {
    const result = this.sendSync(request);
    const fault = transportFault(this.description, result);
    if (fault !== undefined) throw fault;
    return counted(request, result);
  }

  /** The same with everything that the kernel says. */
  sendSync(request: CommandRequest): SgResult {
    const problem = this.#unusable(request);
    if (problem !== undefined) throw problem;
    const { pool } = this.#target;
    let outcome: SgResult | TransportError | undefined;
    const keep = (value: SgResult | TransportError): void => {
      outcome = value;
    };
    const command = new SgCommand(this.#target, request, keep, keep);
    const slot = pool.acquire();
    if (slot === undefined) throw new TransportError('REFUSED', `${this.description}: too many commands are under way`);
    const fd = this.#descriptors.acquire();
    command.call(slot, fd);
    this.#descriptors.release(fd);
    if (outcome === undefined || outcome instanceof TransportError) throw outcome ?? this.#closed();
    return outcome;
  }

  /**
   * Resets the logical unit, its target, the bus, or the host with all its devices, through SG_SCSI_RESET; the kernel asks for CAP_SYS_ADMIN and
   * CAP_SYS_RAWIO. A reset that the host's driver cannot do is not tried as a larger one: it rejects with a `TransportError`.
   */
  async reset(kind: SgResetKind): Promise<void> {
    if (this.#closing !== undefined) throw this.#closed();
    this.#resets++;
    try {
      await this.#withSgDescriptor(async (fd) => {
        const argument = new Uint8Array(4);
        new DataView(argument.buffer).setInt32(0, RESET[kind] | NO_ESCALATION, true);
        const { errno } = await this.#target.pool.ioctl(fd, SG_SCSI_RESET, argument);
        if (errno !== 0) throw ioctlFault(this.description, `a reset of the ${kind}`, errno);
      });
    } finally {
      this.#resets--;
      this.#resetsDone();
    }
  }

  #resetsDone: () => void = () => undefined;

  /** Bsg has no ioctl for resets: the sg node of the same device has. */
  async #withSgDescriptor(work: (fd: number) => Promise<void>): Promise<void> {
    if (this.kind === 'sg') return work(this.#descriptors.first);
    const { sysfs } = this.#node;
    const sg = sysfs === undefined ? undefined : await sgNodeOf(sysfs);
    if (sg === undefined) throw new TransportError('REFUSED', `${this.description}: bsg cannot reset, and the device has no sg node; \`modprobe sg\` makes one`);
    const { pool } = this.#target;
    const fd = await openOwn(pool, sg);
    try {
      await work(fd);
    } finally {
      pool.close(fd);
    }
  }

  /** Commands that wait are failed with `CLOSED`; those under way, which the kernel cannot be made to let go of, are waited for. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#queue.failWaiting(() => this.#closed());
    await this.#queue.idle();
    if (this.#resets > 0) await new Promise<void>((resolve) => (this.#resetsDone = () => { if (this.#resets === 0) resolve(); }));
    this.#descriptors.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The result with a residual that goes with its data, where the kernel counted none though no data came. */
const counted = ({ dataIn }: CommandRequest, result: SgResult): SgResult =>
  dataIn !== undefined && dataIn.length > 0 && result.dataIn.length === 0 && result.residual === 0 ? { ...result, residual: dataIn.length } : result;
