import { encodeLun, readU32, readU8, writeU16 } from '@scst/scsi';
import type { ConnectionTransport, EngineConnection } from '../engine.js';
import type { EngineContext } from '../engine-context.js';
import type { ConnectionAddresses } from '../host.js';
import type { Limits } from '../limits.js';
import { Login } from '../login/login.js';
import { type ConnectionParameters, DEFAULT_DATA_SEGMENT_LENGTH, defaultConnectionParameters, defaultParameters } from '../login/parameters.js';
import { AT, HEADER_LENGTH, NO_TAG, OPCODE, OPCODE_MASK } from '../pdu/opcode.js';
import { asyncMessage, reject } from '../pdu/target-pdus.js';
import type { IscsiConnectionInfo } from '../session-info.js';
import type { Session } from '../session/session.js';
import type { IscsiTask } from '../session/task.js';
import type { TaskOwner } from '../session/task-owner.js';
import { CommandPath } from './command-path.js';
import { Liveness } from './liveness.js';
import { Output } from './output.js';
import { type PduHandler, PduReader } from './pdu-reader.js';
import { Requests } from './requests.js';
import { ResponseWriter } from './response-writer.js';
import { type Slab, SLAB_LENGTH } from './slab.js';

/** Bytes read at a time from those who send little, as most that wait do. */
const SHORT_INBOX = 16 * 1024;
/** Short reads after which a connection counts as one that sends little. */
const MANY_READS = 256;

export interface AsyncDetails {
  readonly lun?: number | undefined;
  readonly sense?: Uint8Array | undefined;
  readonly parameter2?: number | undefined;
  readonly parameter3?: number | undefined;
}

/** One connection: the bytes that come, whose PDUs go to the login and then to the session, and the bytes that go. */
export class Connection implements EngineConnection, PduHandler, TaskOwner {
  readonly context: EngineContext;
  readonly limits: Limits;
  readonly addresses: ConnectionAddresses;
  readonly reader: PduReader;
  readonly output: Output;
  readonly writer: ResponseWriter;
  readonly liveness: Liveness;
  /** Connection identifier, once the login has said it. */
  cid = 0;
  session: Session | null = null;
  parameters: ConnectionParameters = defaultConnectionParameters();
  /** The clock at the beginning of the last chunk or tick. */
  now: number;

  readonly #transport: ConnectionTransport;
  #login: Login | null;
  #commands: CommandPath | null = null;
  #requests: Requests | null = null;
  /** `closing`: the last answer is on its way, and nothing more is listened to. */
  #state: 'open' | 'closing' | 'closed' = 'open';
  #isReceiving = false;
  #isFlushDue = false;
  #isHeldByLogin = false;
  #isHeldByBacklog = false;
  #isTransportPaused = false;
  /** Memory that the data of the PDU being read is put together in, unless it goes to a task's. */
  #collecting: Slab | null = null;
  #filling: IscsiTask | null = null;

  constructor(context: EngineContext, addresses: ConnectionAddresses, transport: ConnectionTransport) {
    this.context = context;
    this.limits = context.limits;
    this.addresses = addresses;
    this.#transport = transport;
    this.now = context.environment.now();
    this.reader = new PduReader(this, DEFAULT_DATA_SEGMENT_LENGTH);
    this.output = new Output(context.pool, transport, context.nothing, this.#onSent);
    const { maxBurstLength } = defaultParameters();
    this.writer = new ResponseWriter(this.output, { expCmdSn: 0, maxCmdSn: 0 }, { maxDataLength: DEFAULT_DATA_SEGMENT_LENGTH, maxBurstLength });
    this.liveness = new Liveness(this);
    this.#login = new Login(this);
  }

  get info(): IscsiConnectionInfo {
    const { headerDigest, dataDigest, maxXmitDataSegmentLength } = this.parameters;
    return { ...this.addresses, cid: this.cid, headerDigest, dataDigest, maxXmitDataSegmentLength };
  }

  get isLoggedIn(): boolean {
    return this.#login === null;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  // Bytes in.

  /** What is read into, or the last reading is in; commands that use what lies there refer to it as well. */
  #inbox: Slab | null = null;
  #isInboxRead = false;
  #isInboxLong = false;
  /** Reads in a row that a short inbox would have done for. */
  #shortReads = 0;

  get inbox(): Uint8Array {
    this.#inbox ??= this.#newInbox();
    return this.#inbox.bytes;
  }

  #newInbox(): Slab {
    const slab = this.context.pool.acquire(this.#isInboxLong ? SLAB_LENGTH : SHORT_INBOX, null);
    slab.references = 1;
    return slab;
  }

  received(count: number): void {
    const slab = this.#inbox;
    if (slab === null) return;
    this.#isInboxRead = true;
    this.receive(slab.bytes.subarray(0, count));
    this.#isInboxRead = false;
    const fits = this.#adaptInbox(count);
    if (slab.references > 1 || !fits) this.#dropInbox();
  }

  /** A long inbox for those who fill a short one, until they have not for a while. False: the present one is of the other length. */
  #adaptInbox(count: number): boolean {
    if (!this.#isInboxLong) {
      this.#isInboxLong = count === SHORT_INBOX;
      return !this.#isInboxLong;
    }
    this.#shortReads = count < SHORT_INBOX ? this.#shortReads + 1 : 0;
    this.#isInboxLong = this.#shortReads < MANY_READS;
    return this.#isInboxLong;
  }

  /** Memory that the PDU being looked at lies in, for a command that needs it until it ends. Null: it lies in memory of others. */
  keepInbox(): Slab | null {
    if (!this.#isInboxRead || this.#inbox === null) return null;
    this.#inbox.references++;
    return this.#inbox;
  }

  #dropInbox(): void {
    if (this.#inbox !== null) this.context.pool.dereference(this.#inbox);
    this.#inbox = null;
  }

  receive(chunk: Uint8Array): void {
    if (this.#state !== 'open') return;
    this.liveness.heard = true;
    this.#isReceiving = true;
    this.reader.receive(chunk);
    this.#isReceiving = false;
    this.flush();
  }

  collect(header: Uint8Array, at: number, dataLength: number): void {
    const opcode = readU8(header, at) & OPCODE_MASK;
    let length = dataLength;
    if (this.#commands !== null) {
      if (opcode === OPCODE.DATA_OUT) {
        const task = this.#commands.taskToFill(header, at, dataLength);
        if (task !== null && task.outSlab !== null) {
          task.isBeingFilled = true;
          this.#filling = task;
          this.reader.collectInto(task.outSlab.bytes, readU32(header, at + AT.BUFFER_OFFSET));
          return;
        }
      } else if (opcode === OPCODE.SCSI_COMMAND) {
        length = this.#commands.roomFor(header, at, dataLength);
      }
    }
    const slab = this.context.pool.acquire(length, null);
    slab.references = 1;
    this.#collecting = slab;
    this.reader.collectInto(slab.bytes, 0);
  }

  pdu(header: Uint8Array, at: number, data: Uint8Array, dataAt: number, dataLength: number, collected: boolean, isIntact: boolean): void {
    const slab = this.#collecting;
    const filling = this.#filling;
    this.#collecting = null;
    this.#filling = null;
    let kept = false;
    if (filling !== null) this.#stopFilling(filling);
    if (this.#login !== null) {
      this.#login.request(header.subarray(at, at + HEADER_LENGTH), data.slice(dataAt, dataAt + dataLength));
    } else if (this.#commands !== null && (readU8(header, at) & OPCODE_MASK) === OPCODE.SCSI_COMMAND) {
      kept = this.#commands.scsiCommand(header, at, data, dataAt, dataLength, collected ? slab : null, isIntact);
    } else if (this.#commands !== null && (readU8(header, at) & OPCODE_MASK) === OPCODE.DATA_OUT) {
      this.#commands.dataOut(header, at, data, dataAt, dataLength, filling, isIntact);
    } else {
      this.#requests?.request(header, at, data, dataAt, dataLength, isIntact);
    }
    if (slab !== null && !kept) this.context.pool.release(slab);
  }

  /** A PDU no longer writes into a task's memory. If the task has gone meanwhile, its memory went with it. */
  #stopFilling(task: IscsiTask): void {
    task.isBeingFilled = false;
  }

  broken(reason: string): void {
    this.drop(reason);
  }

  // Login.

  /** Listens to nothing while a login looks something up. */
  holdForLogin(isHeld: boolean): void {
    this.#isHeldByLogin = isHeld;
    if (isHeld) {
      this.reader.pause();
      this.#updateFlow();
      return;
    }
    this.#updateFlow();
    if (this.#state !== 'open') return;
    this.#isReceiving = true;
    this.reader.resume();
    this.#isReceiving = false;
    this.flush();
  }

  /** The login has succeeded, and its last response has been written. */
  enterFullFeaturePhase(session: Session, parameters: ConnectionParameters): void {
    this.parameters = parameters;
    this.#login = null;
    this.#requests = new Requests(this, session);
    if (session.kind === 'normal') this.#commands = new CommandPath(this, session);
    this.reader.maxDataLength = parameters.maxRecvDataSegmentLength;
    this.reader.headerDigest = this.writer.headerDigest = parameters.headerDigest === 'CRC32C';
    this.reader.dataDigest = this.writer.dataDigest = parameters.dataDigest === 'CRC32C';
    this.writer.maxDataLength = parameters.maxXmitDataSegmentLength;
    this.writer.maxBurstLength = session.parameters.maxBurstLength;
    this.writer.window = session;
    this.context.connectionLoggedIn(this);
  }

  // Tasks.

  taskDone(task: IscsiTask): void {
    this.#commands?.end(task, this.#state === 'open');
    if (!this.#isReceiving) this.scheduleFlush();
  }

  memoryFreed(task: IscsiTask): void {
    if (this.#state !== 'open') return;
    this.#commands?.memoryFreed(task);
    this.scheduleFlush();
  }

  /** Ends a command that nobody waits for any more: at once where it is not at work, else when the nexus has given it up. */
  abandon(task: IscsiTask): void {
    if (task.isAborting) return;
    task.isAborting = true;
    if (task.state === 'submitted') {
      try {
        this.session?.nexus?.abort(task.lun, task);
      } catch (error) {
        this.hostFailed(error);
      }
      return;
    }
    task.aborted = true;
    this.#commands?.end(task, false);
  }

  /** The host threw where it should not: that ends a command, not the server. */
  hostFailed(error: unknown): void {
    const { initiator, targetName } = this.session ?? {};
    const message = `the target failed: ${error instanceof Error ? error.message : String(error)}`;
    this.context.log({ kind: 'target-failed', message, connection: this.addresses, initiatorName: initiator?.initiatorName, targetName });
  }

  // Bytes out.

  /** Rejects a PDU (RFC 7143 11.17), whose header goes back. */
  reject(reason: number, header: Uint8Array, at: number): void {
    this.writer.send(reject.encode({ final: true, reason, initiatorTaskTag: NO_TAG }), header.slice(at, at + HEADER_LENGTH));
  }

  sendAsync(event: number, { lun, sense, parameter2, parameter3 }: AsyncDetails): void {
    if (this.#state !== 'open') return;
    let data: Uint8Array | undefined;
    if (sense !== undefined) {
      data = new Uint8Array(2 + sense.length);
      writeU16(data, 0, sense.length);
      data.set(sense, 2);
    }
    const lunBytes = lun === undefined ? undefined : { lun: encodeLun(lun) };
    this.writer.send(
      asyncMessage.encode({ final: true, event, initiatorTaskTag: NO_TAG, ...lunBytes, parameter2: parameter2 ?? 0, parameter3: parameter3 ?? 0 }),
      data,
    );
    this.scheduleFlush();
  }

  scheduleFlush(): void {
    if (this.#isFlushDue || this.#isReceiving) return;
    this.#isFlushDue = true;
    this.context.environment.defer(this.#flushNow);
  }

  readonly #flushNow = (): void => {
    this.#isFlushDue = false;
    this.flush();
  };

  flush(): void {
    if (this.#state === 'closed') return;
    this.output.flush();
    if (this.output.backlog > this.limits.sendBacklog && !this.#isHeldByBacklog) {
      this.#isHeldByBacklog = true;
      this.#updateFlow();
    }
  }

  readonly #onSent = (): void => {
    if (this.output.backlog <= this.limits.sendBacklog) this.session?.memoryFreed();
    if (this.#isHeldByBacklog && this.output.backlog <= this.limits.sendBacklog / 2) {
      this.#isHeldByBacklog = false;
      this.#updateFlow();
    }
    if (this.#state === 'closed') this.output.trim();
  };

  #updateFlow(): void {
    const isPaused = this.#isHeldByLogin || this.#isHeldByBacklog;
    if (isPaused === this.#isTransportPaused || this.#state === 'closed') return;
    this.#isTransportPaused = isPaused;
    if (isPaused) this.#transport.pause();
    else this.#transport.resume();
  }

  // The end.

  /** Sends what was gathered and closes once it has gone; what comes meanwhile is not listened to. */
  endAfterFlush(reason: string): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.reader.stop();
    this.output.flush();
    this.#transport.end();
    this.#leave(reason);
  }

  /** Closes at once because something is wrong. */
  drop(reason: string): void {
    if (this.#state === 'closed') return;
    this.context.log({
      kind: 'connection-dropped',
      message: reason,
      connection: this.addresses,
      initiatorName: this.session?.initiator.initiatorName,
      targetName: this.session?.targetName,
    });
    this.closeNow(reason);
  }

  /** What was gathered still goes, as far as the peer takes it at once. */
  closeNow(reason: string): void {
    if (this.#state === 'closed') return;
    const wasOpen = this.#state === 'open';
    this.#state = 'closed';
    this.reader.stop();
    if (wasOpen) {
      this.output.flush();
      this.#transport.end();
    }
    this.#transport.destroy();
    this.#leave(reason);
  }

  closed(): void {
    // Until now the socket may have read into it.
    this.#dropInbox();
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.reader.stop();
    this.output.discard();
    this.#leave('the connection was closed');
  }

  #hasLeft = false;

  #leave(reason: string): void {
    if (this.#collecting !== null) this.context.pool.release(this.#collecting);
    this.#collecting = null;
    if (this.#filling !== null) this.#stopFilling(this.#filling);
    this.#filling = null;
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.output.trim();
    this.#login?.abandon();
    this.session?.connectionGone(this, reason);
    this.context.connectionEnded(this);
  }
}
