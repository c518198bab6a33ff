import { decodeCdb } from '../cdb/command.js';
import { commandOf, COMMANDS } from '../cdb/commands.js';
import { encodeStandardInquiry } from '../data/inquiry.js';
import { encodeLun } from '../data/lun.js';
import { encodeReadCapacity10, encodeReadCapacity16 } from '../data/read-capacity.js';
import { encodeReportLuns } from '../data/report-luns.js';
import { STATUS, TransportError, type CommandRequest, type CommandResult, type LogicalUnit } from '../logical-unit.js';
import { encodeSense } from '../sense/encode-sense.js';
import { SENSE_CONDITION, type SenseCondition } from '../sense/sense-condition.js';

/** How a {@link MemoryDisk} is made. */
export interface MemoryDiskOptions {
  /** Bytes. Default: 512. */
  readonly blockLength?: number | undefined;
  /** Default: 2048, which is 1 MiB of 512 bytes. */
  readonly blockCount?: number | undefined;
  /** Milliseconds that each command takes; zero (default) completes without a timer. */
  readonly latency?: number | undefined;
}

/** What a command did: the data-in it made or the data-out it took, and the condition that ended it. */
interface Outcome {
  readonly data?: Uint8Array | undefined;
  /** Bytes of data-out that the CDB asks for. */
  readonly wanted?: number | undefined;
  readonly condition?: SenseCondition | undefined;
}

const NOTHING = new Uint8Array(0);

/**
 * A small disk in memory that keeps the contract of {@link LogicalUnit}: for tests of what sits on top of one, and to show the contract at
 * work. It knows TEST UNIT READY, REQUEST SENSE, INQUIRY, READ CAPACITY, REPORT LUNS, READ and WRITE (6 to 16 bytes) and SYNCHRONIZE CACHE.
 */
export class MemoryDisk implements LogicalUnit {
  readonly description: string = 'memory disk';
  readonly #blockLength: number;
  readonly #medium: Uint8Array;
  readonly #latency: number;
  readonly #unitAttentions: SenseCondition[] = [];
  readonly #inFlight = new Set<Promise<unknown>>();
  #closed = false;

  constructor(options: MemoryDiskOptions = {}) {
    this.#blockLength = options.blockLength ?? 512;
    this.#medium = new Uint8Array(this.#blockLength * (options.blockCount ?? 2048));
    this.#latency = options.latency ?? 0;
  }

  /** Makes the next command that reports them end with this unit attention. */
  raiseUnitAttention(condition: SenseCondition): void {
    this.#unitAttentions.push(condition);
  }

  execute(request: CommandRequest): Promise<CommandResult> {
    const running = this.#run(request);
    this.#inFlight.add(running);
    const done = (): boolean => this.#inFlight.delete(running);
    running.then(done, done);
    return running;
  }

  reset(): Promise<void> {
    if (this.#closed) return Promise.reject(new TransportError('CLOSED', `${this.description} is closed`));
    this.raiseUnitAttention(SENSE_CONDITION.BUS_DEVICE_RESET_FUNCTION_OCCURRED);
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#inFlight);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(request: CommandRequest): Promise<CommandResult> {
    if (this.#closed) throw new TransportError('CLOSED', `${this.description} is closed`);
    await this.#wait(request);
    const outcome = this.#unitAttention(request.cdb) ?? this.#perform(request);
    const offered = request.dataIn?.length ?? request.dataOut?.length ?? 0;
    if (outcome.condition !== undefined) {
      return { status: STATUS.CHECK_CONDITION, sense: encodeSense(outcome.condition), residual: offered, dataIn: NOTHING };
    }
    if (request.dataIn === undefined) return { status: STATUS.GOOD, sense: NOTHING, residual: offered - (outcome.wanted ?? 0), dataIn: NOTHING };
    const moved = (outcome.data ?? NOTHING).subarray(0, offered);
    request.dataIn.set(moved);
    return { status: STATUS.GOOD, sense: NOTHING, residual: offered - moved.length, dataIn: request.dataIn.subarray(0, moved.length) };
  }

  /** Lets the command take its time; rejects when it is aborted or its timeout comes first. */
  async #wait({ signal, timeout }: CommandRequest): Promise<void> {
    const aborted = (): TransportError => new TransportError('ABORTED', 'the command was aborted', { cause: signal?.reason });
    if (signal?.aborted === true) throw aborted();
    if (this.#latency === 0) return;
    await new Promise<void>((resolve, reject) => {
      const late = timeout !== undefined && timeout < this.#latency;
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', onAbort);
          if (late) reject(new TransportError('TIMEOUT', `no status within ${timeout} ms`));
          else resolve();
        },
        late ? timeout : this.#latency,
      );
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(aborted());
      };
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** SPC-5 5.14: INQUIRY, REPORT LUNS and REQUEST SENSE pass a unit attention by; every other command reports it. */
  #unitAttention(cdb: Uint8Array): Outcome | undefined {
    const passes: readonly (number | undefined)[] = [COMMANDS.inquiry.opcode, COMMANDS.reportLuns.opcode, COMMANDS.requestSense.opcode];
    const condition = passes.includes(cdb[0]) ? undefined : this.#unitAttentions.shift();
    return condition === undefined ? undefined : { condition };
  }

  #perform({ cdb, dataOut }: CommandRequest): Outcome {
    const command = commandOf(cdb);
    switch (command) {
      case COMMANDS.testUnitReady:
      case COMMANDS.synchronizeCache10:
      case COMMANDS.synchronizeCache16:
        return {};
      case COMMANDS.requestSense: {
        const { allocationLength } = decodeCdb(COMMANDS.requestSense, cdb);
        return { data: encodeSense(this.#unitAttentions.shift() ?? SENSE_CONDITION.NO_SENSE).subarray(0, allocationLength) };
      }
      case COMMANDS.inquiry: {
        const { evpd, pageCode, allocationLength } = decodeCdb(COMMANDS.inquiry, cdb);
        if (evpd || pageCode !== 0) return { condition: SENSE_CONDITION.INVALID_FIELD_IN_CDB };
        const inquiry = { version: 6, cmdQue: true, vendorIdentification: 'SCST', productIdentification: 'memory disk', productRevisionLevel: '1' };
        return { data: encodeStandardInquiry(inquiry).subarray(0, allocationLength) };
      }
      case COMMANDS.reportLuns:
        return { data: encodeReportLuns([encodeLun(0)]).subarray(0, decodeCdb(COMMANDS.reportLuns, cdb).allocationLength) };
      case COMMANDS.readCapacity10:
        return { data: encodeReadCapacity10(this.#capacity()) };
      case COMMANDS.readCapacity16:
        return { data: encodeReadCapacity16(this.#capacity()).subarray(0, decodeCdb(COMMANDS.readCapacity16, cdb).allocationLength) };
      default:
        return this.#transfer(cdb, dataOut);
    }
  }

  #capacity(): { lastLba: number; blockLength: number } {
    return { lastLba: this.#medium.length / this.#blockLength - 1, blockLength: this.#blockLength };
  }

  #transfer(cdb: Uint8Array, dataOut: Uint8Array = NOTHING): Outcome {
    const range = rangeOf(cdb);
    if (range === undefined) return { condition: SENSE_CONDITION.INVALID_COMMAND_OPERATION_CODE };
    const from = Number(range.lba) * this.#blockLength;
    const wanted = range.blocks * this.#blockLength;
    if (from + wanted > this.#medium.length) return { condition: SENSE_CONDITION.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE };
    if (range.direction === 'in') return { data: this.#medium.subarray(from, from + wanted) };
    this.#medium.set(dataOut.subarray(0, wanted), from);
    return { wanted };
  }
}

interface Range {
  readonly direction: 'in' | 'out';
  readonly lba: bigint | number;
  readonly blocks: number;
}

/** Where a READ or WRITE works; undefined for any other command. */
function rangeOf(cdb: Uint8Array): Range | undefined {
  const command = commandOf(cdb);
  switch (command) {
    case COMMANDS.read6:
    case COMMANDS.write6: {
      const { lba, transferLength } = decodeCdb(COMMANDS.read6, cdb);
      return { direction: command === COMMANDS.read6 ? 'in' : 'out', lba, blocks: transferLength === 0 ? 256 : transferLength };
    }
    case COMMANDS.read10:
    case COMMANDS.write10: {
      const { lba, transferLength } = decodeCdb(COMMANDS.read10, cdb);
      return { direction: command === COMMANDS.read10 ? 'in' : 'out', lba, blocks: transferLength };
    }
    case COMMANDS.read12:
    case COMMANDS.write12: {
      const { lba, transferLength } = decodeCdb(COMMANDS.read12, cdb);
      return { direction: command === COMMANDS.read12 ? 'in' : 'out', lba, blocks: transferLength };
    }
    case COMMANDS.read16:
    case COMMANDS.write16: {
      const { lba, transferLength } = decodeCdb(COMMANDS.read16, cdb);
      return { direction: command === COMMANDS.read16 ? 'in' : 'out', lba, blocks: transferLength };
    }
    default:
      return undefined;
  }
}
