import { type CommandRequest, SENSE_KEY, STATUS, TransportError, tryDecodeSense } from '@scst/scsi';
import { type CommandHeader, SG_IO } from './header/command-header.js';
import { type IoctlOwner, type IoctlPool } from './ioctl-pool.js';
import { type SgResult } from './sg-result.js';
import { ioctlFault } from './transport-fault.js';

/** Statuses and sense keys of commands that ended before any data moved: many drivers count no residual for them. */
const WITHOUT_DATA: ReadonlySet<number> = new Set([STATUS.BUSY, STATUS.RESERVATION_CONFLICT, STATUS.TASK_SET_FULL, STATUS.ACA_ACTIVE]);
const KEYS_WITHOUT_DATA: ReadonlySet<number> = new Set([SENSE_KEY.NOT_READY, SENSE_KEY.ILLEGAL_REQUEST, SENSE_KEY.UNIT_ATTENTION]);

const movedNothing = (status: number, sense: Uint8Array): boolean => {
  if (status !== STATUS.CHECK_CONDITION) return WITHOUT_DATA.has(status);
  const decoded = tryDecodeSense(sense);
  return decoded !== undefined && KEYS_WITHOUT_DATA.has(decoded.senseKey);
};

/** What a device's commands have in common. */
export interface CommandTarget {
  readonly description: string;
  readonly pool: IoctlPool;
  readonly header: CommandHeader;
  /** Milliseconds, for commands that say nothing. */
  readonly timeout: number;
}

const NO_BYTES = new Uint8Array(0);
/** The kernel counts in jiffies and takes no more than an int of them. */
const LONGEST_TIMEOUT = 0x7fff_ffff;

/** Why SG_IO cannot express a request, or undefined. */
const problemOf = ({ cdb, dataIn, dataOut, timeout, attribute }: CommandRequest, longestCdb: number): string | undefined => {
  if (cdb.length < 6 || cdb.length > longestCdb) return `a CDB of 6 to ${longestCdb} bytes was expected, not one of ${cdb.length}`;
  if (dataIn !== undefined && dataIn.length > 0 && dataOut !== undefined && dataOut.length > 0) return 'the kernel takes no commands with data in both directions';
  if (timeout !== undefined && !(Number.isInteger(timeout) && timeout > 0 && timeout <= LONGEST_TIMEOUT)) return `a timeout of 1 to ${LONGEST_TIMEOUT} ms was expected, not ${timeout}`;
  return attribute === 'aca' ? 'the kernel sends no commands with the task attribute ACA' : undefined;
};

/** One command from its request to its result. Its data goes through memory of the pool: the caller's own buffers are touched before it starts and after it has ended, never in between. */
export class SgCommand implements IoctlOwner {
  readonly #target: CommandTarget;
  readonly #request: CommandRequest;
  readonly #direction: 'none' | 'in' | 'out';
  readonly #length: number;
  /** Told once the ioctl has ended, whether or not anybody still waits for the command. */
  onEnded: ((command: SgCommand) => void) | undefined;
  /** The descriptor it has gone to. */
  fd = -1;
  readonly #resolve: (result: SgResult) => void;
  readonly #reject: (error: TransportError) => void;
  #settled = false;
  /** Listens to the signal, where there is one. */
  #aborted: (() => void) | undefined;

  /** Throws a `TransportError` `REFUSED` for a request that SG_IO cannot express. */
  constructor(target: CommandTarget, request: CommandRequest, resolve: (result: SgResult) => void, reject: (error: TransportError) => void) {
    const inLength = request.dataIn?.length ?? 0;
    const outLength = request.dataOut?.length ?? 0;
    const problem = problemOf(request, target.header.longestCdb);
    if (problem !== undefined) throw new TransportError('REFUSED', `${target.description}: ${problem}`);
    this.#target = target;
    this.#request = request;
    this.#direction = inLength > 0 ? 'in' : outLength > 0 ? 'out' : 'none';
    this.#length = inLength + outLength;
    this.#resolve = resolve;
    this.#reject = reject;
    if (request.signal !== undefined) this.#listen(request.signal);
  }

  #listen(signal: AbortSignal): void {
    this.#aborted = () => {
      this.fail(new TransportError('ABORTED', `${this.#target.description}: the command was aborted`, { cause: signal.reason }));
    };
    signal.addEventListener('abort', this.#aborted, { once: true });
  }

  get ordered(): boolean {
    return this.#request.attribute === 'ordered';
  }

  get first(): boolean {
    return this.#request.attribute === 'head-of-queue';
  }

  /** Nobody waits for it any more. */
  get settled(): boolean {
    return this.#settled;
  }

  fail(error: TransportError): void {
    if (this.#settled) return;
    this.#settle();
    this.#reject(error);
  }

  #settle(): void {
    this.#settled = true;
    if (this.#aborted !== undefined) this.#request.signal?.removeEventListener('abort', this.#aborted);
  }

  /** Hands it to the kernel. Fails it where that is not possible: it has then ended. */
  start(slot: number, fd: number): void {
    this.fd = fd;
    if (this.#prepare(slot)) this.#target.pool.start(slot, fd, SG_IO, this);
    else this.#end(slot);
  }

  /** Carries it out on this thread. */
  call(slot: number, fd: number): void {
    if (this.#prepare(slot)) this.ended(slot, this.#target.pool.call(slot, fd, SG_IO));
    else this.#end(slot);
  }

  #prepare(slot: number): boolean {
    const { pool, header, description, timeout } = this.#target;
    const { cdb, dataOut, dataIn } = this.#request;
    if ((dataOut?.length ?? 0) + (dataIn?.length ?? 0) !== this.#length) {
      this.fail(new TransportError('REFUSED', `${description}: the data buffer was transferred or resized before the command had started`));
      return false;
    }
    let address = 0n;
    if (this.#length > 0) {
      const block = pool.data(slot, this.#length);
      if (block === undefined) {
        this.fail(new TransportError('REFUSED', `${description}: there is no memory for ${this.#length} bytes of data`));
        return false;
      }
      if (dataOut !== undefined && dataOut.length > 0) block.bytes.set(dataOut);
      // Where a driver counts as filled what it has not, the caller finds his own bytes there, and not those of another command.
      else if (header.movesInPlace && dataIn !== undefined) block.bytes.set(dataIn);
      address = block.address;
    }
    header.write(pool, slot, {
      cdb,
      direction: this.#direction,
      length: this.#length,
      address,
      timeout: this.#request.timeout ?? timeout,
      attribute: this.#request.attribute ?? 'simple',
    });
    return true;
  }

  ended(slot: number, errno: number): void {
    if (!this.#settled) {
      if (errno !== 0) this.fail(ioctlFault(this.#target.description, 'a command', errno));
      else this.#succeed(slot);
    }
    this.#end(slot);
  }

  #end(slot: number): void {
    this.#target.pool.release(slot);
    this.onEnded?.(this);
  }

  #succeed(slot: number): void {
    const { pool, header, description } = this.#target;
    const { dataIn } = this.#request;
    const { status, hostStatus, driverStatus, residual, duration, sense } = header.read(pool, slot, this.#direction);
    let filled: Uint8Array = NO_BYTES;
    if (this.#direction === 'in' && dataIn !== undefined) {
      if (dataIn.length !== this.#length) {
        this.fail(new TransportError('FAILED', `${description}: the data-in buffer was transferred or resized while the command was in flight; what the device sent is lost`));
        return;
      }
      const moved = movedNothing(status, sense) ? 0 : Math.max(0, Math.min(this.#length, this.#length - residual));
      const source = pool.data(slot, this.#length)?.bytes ?? NO_BYTES;
      dataIn.set(moved === source.length ? source : source.subarray(0, moved));
      filled = moved === dataIn.length ? dataIn : dataIn.subarray(0, moved);
    }
    this.#settle();
    this.#resolve({ status, hostStatus, driverStatus, residual, duration, sense, dataIn: filled });
  }
}
