import { encodeSense, readU32, readU8, SENSE_CONDITION, STATUS, type SenseCondition, type TaskAttribute } from '@scst/scsi';
import { type AdditionalHeader, decodeAdditionalHeader } from '../pdu/additional-header.js';
import { AT, COMMAND_FLAG, FINAL, HEADER_LENGTH, IMMEDIATE, NO_TAG } from '../pdu/opcode.js';
import { REJECT_REASON } from '../pdu/target-pdus.js';
import { lunOf } from '../session/lun.js';
import { next } from '../session/serial.js';
import type { Session } from '../session/session.js';
import { DataSequence, type IscsiTask } from '../session/task.js';
import type { Connection } from './connection.js';
import type { Slab } from './slab.js';

const NO_DATA = new Uint8Array(0);
/** Bytes from which a command's data is worth holding on to all of the memory that it was read into, rather than copying it. */
const WORTH_KEEPING = 32 * 1024;
const NO_ADDITIONAL_HEADER: AdditionalHeader = {};

/** ATTR (RFC 7143 11.3.1.2): untagged, simple, ordered, head of queue, ACA. */
const ATTRIBUTES: readonly TaskAttribute[] = ['simple', 'simple', 'ordered', 'head-of-queue', 'aca'];

const PROTOCOL_SERVICE_CRC_ERROR: SenseCondition = { senseKey: 0x0b, additionalSenseCode: 0x47, additionalSenseCodeQualifier: 0x05 };
const UNEXPECTED_UNSOLICITED_DATA: SenseCondition = { senseKey: 0x0b, additionalSenseCode: 0x0c, additionalSenseCodeQualifier: 0x0c };
const INSUFFICIENT_RESOURCES: SenseCondition = { senseKey: 0x05, additionalSenseCode: 0x55, additionalSenseCodeQualifier: 0x03 };

/** RFC 7143 11.4.7.2: the sense data of errors that are iSCSI's own. */
const senseOf = (condition: SenseCondition): Uint8Array => encodeSense(condition);

/** The SCSI commands of one connection, from the PDU to the nexus and back. */
export class CommandPath {
  readonly #connection: Connection;
  readonly #session: Session;
  #lastTransferTag = 0;

  constructor(connection: Connection, session: Session) {
    this.#connection = connection;
    this.#session = session;
  }

  /** A SCSI Command PDU (11.3), with its immediate data. `slab`: where that was put together, which the task may keep; returns whether it did. */
  scsiCommand(header: Uint8Array, at: number, data: Uint8Array, dataAt: number, dataLength: number, slab: Slab | null, isIntact: boolean): boolean {
    const session = this.#session;
    const immediate = (readU8(header, at) & IMMEDIATE) !== 0;
    const cmdSn = readU32(header, at + AT.CMD_SN);
    const place = immediate ? 'now' : session.place(cmdSn);
    if (place === 'outside') return false;
    const reason = this.#findFault(header, at, dataLength, immediate);
    if (reason !== 0) {
      // The number is used up: what the window says to that is known before the answer is written.
      if (!immediate) this.#refused(cmdSn, place === 'early');
      this.#connection.reject(reason, header, at);
      if (!immediate) session.runEarly();
      return false;
    }
    const task = this.#newTask(header, at, immediate);
    const kept = dataLength > 0 && this.#immediateData(task, data, dataAt, dataLength, slab, isIntact);
    if (!isIntact) this.#connection.reject(REJECT_REASON.DATA_DIGEST_ERROR, header, at);
    if (place === 'early') {
      session.keepEarly(cmdSn, () => {
        if (session.tasks.get(task.initiatorTaskTag) !== task || task.cmdSn !== cmdSn) return;
        task.isDue = true;
        this.#advance(task);
      });
    } else {
      task.isDue = true;
      this.#advance(task);
      if (!immediate) session.runEarly();
    }
    return kept;
  }

  /** A command that was rejected has used up its CmdSN. */
  #refused(cmdSn: number, isEarly: boolean): void {
    const session = this.#session;
    if (isEarly) {
      session.keepEarly(cmdSn, () => {
        session.openWindow();
      });
    } else {
      session.openWindow();
    }
  }

  /** What is wrong with a command: a reason to reject it, or 0. */
  #findFault(header: Uint8Array, at: number, dataLength: number, immediate: boolean): number {
    const session = this.#session;
    const { parameters } = session;
    const flags = readU8(header, at + AT.FLAGS);
    const expected = readU32(header, at + AT.EXPECTED_DATA_TRANSFER_LENGTH);
    const isWrite = (flags & COMMAND_FLAG.WRITE) !== 0;
    const isFinal = (flags & FINAL) !== 0;
    const tag = readU32(header, at + AT.INITIATOR_TASK_TAG);
    if (tag === NO_TAG || (flags & COMMAND_FLAG.ATTRIBUTE) >= ATTRIBUTES.length) return REJECT_REASON.INVALID_PDU_FIELD;
    if (session.tasks.has(tag)) return REJECT_REASON.TASK_IN_PROGRESS;
    if (immediate && session.immediates >= this.#connection.limits.immediateCommands) return REJECT_REASON.TOO_MANY_IMMEDIATE;
    if (dataLength > 0 && (!isWrite || !parameters.immediateData || dataLength > expected || dataLength > parameters.firstBurstLength)) return REJECT_REASON.PROTOCOL_ERROR;
    if (!isFinal && (!isWrite || parameters.initialR2T)) return REJECT_REASON.PROTOCOL_ERROR;
    return 0;
  }

  #newTask(header: Uint8Array, at: number, immediate: boolean): IscsiTask {
    const session = this.#session;
    const task = this.#connection.context.takeTask(this.#connection);
    const flags = readU8(header, at + AT.FLAGS);
    const expected = readU32(header, at + AT.EXPECTED_DATA_TRANSFER_LENGTH);
    task.initiatorTaskTag = readU32(header, at + AT.INITIATOR_TASK_TAG);
    task.lun = lunOf(header, at + AT.LUN);
    task.lunHigh = readU32(header, at + AT.LUN);
    task.lunLow = readU32(header, at + AT.LUN + 4);
    task.cmdSn = readU32(header, at + AT.CMD_SN);
    task.immediate = immediate;
    task.attribute = ATTRIBUTES[flags & COMMAND_FLAG.ATTRIBUTE] ?? 'simple';
    if (immediate) session.immediates++;
    session.tasks.set(task.initiatorTaskTag, task);
    let additional = NO_ADDITIONAL_HEADER;
    const ahsLength = readU8(header, at + AT.TOTAL_AHS_LENGTH) * 4;
    if (ahsLength > 0) {
      try {
        additional = decodeAdditionalHeader(header.subarray(at + HEADER_LENGTH, at + HEADER_LENGTH + ahsLength));
      } catch {
        task.failure = senseOf(SENSE_CONDITION.INVALID_MESSAGE_ERROR);
      }
    }
    task.setCdb(header, at + AT.CDB, additional.extendedCdb);
    const isRead = (flags & COMMAND_FLAG.READ) !== 0;
    if ((flags & COMMAND_FLAG.WRITE) !== 0) {
      task.writeLength = expected;
      if (isRead) task.readLength = additional.bidiReadLength ?? 0;
      // Data-out of no bytes is not the same as none: the initiator said that the command writes.
      if (expected === 0) task.dataOut = NO_DATA;
      task.dataSince = this.#connection.now;
      if ((flags & FINAL) === 0) task.unsolicited = this.#sequence(NO_TAG, 0, Math.min(expected, session.parameters.firstBurstLength));
      if (expected > this.#connection.limits.transferLength) task.failure ??= senseOf(INSUFFICIENT_RESOURCES);
    } else if (isRead) {
      task.readLength = expected;
      if (expected === 0) task.dataIn = NO_DATA;
    }
    return task;
  }

  #sequence(targetTransferTag: number, offset: number, end: number): DataSequence {
    const sequence = new DataSequence();
    sequence.targetTransferTag = targetTransferTag;
    sequence.offset = offset;
    sequence.end = end;
    return sequence;
  }

  /** Returns whether the task keeps the slab. */
  #immediateData(task: IscsiTask, data: Uint8Array, at: number, length: number, slab: Slab | null, isIntact: boolean): boolean {
    if (task.unsolicited !== null) task.unsolicited.offset = length;
    if (!isIntact) task.failure ??= senseOf(PROTOCOL_SERVICE_CRC_ERROR);
    if (task.failure !== null) return false;
    task.received = length;
    if (slab !== null) {
      task.outSlab = slab;
      this.#session.countMemory(task, slab.bytes.length);
      return true;
    }
    const inbox = length === task.writeLength && length >= WORTH_KEEPING ? this.#connection.keepInbox() : null;
    if (inbox !== null) {
      // All of it, where the socket put it.
      task.dataOut = new Uint8Array(data.buffer, data.byteOffset + at, length);
      task.inbox = inbox;
      this.#session.countMemory(task, inbox.bytes.length);
      return false;
    }
    this.#makeRoom(task, true);
    task.outSlab?.bytes.set(data.subarray(at, at + length));
    return false;
  }

  /** How much memory a command's immediate data should be put together in, so that the rest of its data fits behind. */
  roomFor(header: Uint8Array, at: number, dataLength: number): number {
    const isWrite = (readU8(header, at + AT.FLAGS) & COMMAND_FLAG.WRITE) !== 0;
    const expected = readU32(header, at + AT.EXPECTED_DATA_TRANSFER_LENGTH);
    if (!isWrite || expected <= dataLength || expected > this.#connection.limits.transferLength) return dataLength;
    const { limits } = this.#connection;
    return this.#session.memory + expected <= limits.sessionMemory ? expected : Math.max(dataLength, Math.min(expected, this.#session.parameters.firstBurstLength));
  }

  /**
   * Finds memory for all data of a write. False: there is none at the moment. What comes unsolicited (`atLeastFirstBurst`) always has
   * room, if need be for itself alone.
   */
  #makeRoom(task: IscsiTask, atLeastFirstBurst: boolean): boolean {
    const session = this.#session;
    const { context } = this.#connection;
    const old = task.outSlab;
    if (old !== null && old.bytes.length >= task.writeLength) return true;
    if (session.takeMemory(task, task.writeLength)) {
      const slab = context.pool.acquire(task.writeLength, null);
      slab.references = 1;
      if (old !== null) {
        slab.bytes.set(old.bytes.subarray(0, task.received));
        context.pool.release(old);
      }
      task.outSlab = slab;
      return true;
    }
    if (atLeastFirstBurst && old === null) {
      const slab = context.pool.acquire(Math.min(task.writeLength, session.parameters.firstBurstLength), null);
      task.outSlab = slab;
      session.countMemory(task, slab.bytes.length);
    }
    return false;
  }

  /** The command a Data-Out PDU (11.7) belongs to, if its data may be put together right in the command's memory. */
  taskToFill(header: Uint8Array, at: number, dataLength: number): IscsiTask | null {
    const task = this.#taskOf(header, at);
    if (task === null || task.failure !== null) return null;
    const sequence = this.#sequenceOf(task, readU32(header, at + AT.TARGET_TRANSFER_TAG));
    if (sequence === null || !this.#fits(sequence, header, at, dataLength)) return null;
    if (task.outSlab === null) this.#makeRoom(task, true);
    return task.outSlab !== null && sequence.offset + dataLength <= task.outSlab.bytes.length ? task : null;
  }

  #taskOf(header: Uint8Array, at: number): IscsiTask | null {
    const task = this.#session.tasks.get(readU32(header, at + AT.INITIATOR_TASK_TAG));
    return task === undefined || task.owner !== this.#connection || task.isAborting ? null : task;
  }

  #sequenceOf(task: IscsiTask, tag: number): DataSequence | null {
    if (tag === NO_TAG) return task.unsolicited;
    const { solicited } = task;
    for (let index = 0; index < solicited.length; index++) {
      const sequence = solicited[index] as DataSequence;
      if (sequence.targetTransferTag === tag) return sequence;
    }
    return null;
  }

  #fits(sequence: DataSequence, header: Uint8Array, at: number, dataLength: number): boolean {
    return (
      readU32(header, at + AT.DATA_SN) === sequence.dataSn &&
      readU32(header, at + AT.BUFFER_OFFSET) === sequence.offset &&
      sequence.offset + dataLength <= sequence.end
    );
  }

  /** A Data-Out PDU. `filled`: the data lies in the task's memory already. */
  dataOut(header: Uint8Array, at: number, data: Uint8Array, dataAt: number, dataLength: number, filled: IscsiTask | null, isIntact: boolean): void {
    const task = this.#taskOf(header, at);
    // Data for a command that has been aborted or has failed is still on its way when the initiator does not know yet.
    if (task === null) return;
    const tag = readU32(header, at + AT.TARGET_TRANSFER_TAG);
    const sequence = this.#sequenceOf(task, tag);
    if (sequence === null) {
      if (tag === NO_TAG) task.failure ??= senseOf(UNEXPECTED_UNSOLICITED_DATA);
      else this.#connection.reject(REJECT_REASON.INVALID_PDU_FIELD, header, at);
      this.#advance(task);
      return;
    }
    task.dataSince = this.#connection.now;
    if (!isIntact) {
      this.#connection.reject(REJECT_REASON.DATA_DIGEST_ERROR, header, at);
      task.failure ??= senseOf(PROTOCOL_SERVICE_CRC_ERROR);
    } else if (!this.#fits(sequence, header, at, dataLength)) {
      // A gap, or data out of order (7.8): at error recovery level 0 nothing is sent again.
      task.failure ??= senseOf(PROTOCOL_SERVICE_CRC_ERROR);
    }
    if (task.failure === null) {
      if (filled !== task) {
        if (task.outSlab === null) this.#makeRoom(task, true);
        task.outSlab?.bytes.set(data.subarray(dataAt, dataAt + dataLength), sequence.offset);
      }
      task.received += dataLength;
    }
    sequence.offset += dataLength;
    sequence.dataSn = next(sequence.dataSn);
    if ((readU8(header, at + AT.FLAGS) & FINAL) !== 0 || sequence.offset >= sequence.end) this.#endSequence(task, sequence);
    this.#advance(task);
  }

  #endSequence(task: IscsiTask, sequence: DataSequence): void {
    if (task.unsolicited === sequence) {
      task.unsolicited = null;
      return;
    }
    const { solicited } = task;
    solicited.splice(solicited.indexOf(sequence), 1);
    // F before everything that was asked for.
    if (sequence.offset < sequence.end) task.failure ??= senseOf(PROTOCOL_SERVICE_CRC_ERROR);
  }

  /** Does what can be done for a command: asks for data, carries it out, or ends it. */
  #advance(task: IscsiTask): void {
    if (!task.isDue || task.state !== 'collecting' || task.unsolicited !== null) return;
    if (task.failure !== null) {
      if (task.solicited.length === 0) this.#fail(task, task.failure);
      return;
    }
    if (task.received < task.writeLength) this.#askForData(task);
    else if (task.solicited.length === 0) this.#submit(task);
  }

  #askForData(task: IscsiTask): void {
    const { parameters } = this.#session;
    if (task.solicitedUpTo === 0) task.solicitedUpTo = task.received;
    if (!this.#makeRoom(task, false)) {
      this.#session.waitForMemory(task);
      return;
    }
    while (task.solicited.length < parameters.maxOutstandingR2T && task.solicitedUpTo < task.writeLength) {
      const from = task.solicitedUpTo;
      const end = Math.min(task.writeLength, from + parameters.maxBurstLength);
      const tag = this.#newTransferTag();
      task.solicited.push(this.#sequence(tag, from, end));
      task.solicitedUpTo = end;
      task.dataSince = this.#connection.now;
      this.#connection.writer.r2t(task, tag, from, end - from);
    }
  }

  #newTransferTag(): number {
    this.#lastTransferTag = this.#lastTransferTag >= NO_TAG - 1 ? 1 : this.#lastTransferTag + 1;
    return this.#lastTransferTag;
  }

  #submit(task: IscsiTask): void {
    const session = this.#session;
    if (task.readLength > 0) {
      const { limits, output } = this.#connection;
      const offered = Math.min(task.readLength, limits.transferLength);
      // What has been read for a peer that does not take it is no command's memory any more.
      if (output.backlog > limits.sendBacklog || !session.takeMemory(task, offered)) {
        session.waitForMemory(task);
        return;
      }
      this.#connection.writer.reserveDataIn(task, offered);
    }
    if (task.writeLength > 0 && task.dataOut === null && task.outSlab !== null) {
      const { bytes } = task.outSlab;
      task.dataOut = bytes.length === task.writeLength ? bytes : bytes.subarray(0, task.writeLength);
    }
    task.state = 'submitted';
    try {
      session.nexus?.submit(task.lun, task);
    } catch (error) {
      this.#connection.hostFailed(error);
      // Unless it had ended before.
      if (session.tasks.get(task.initiatorTaskTag) === task) this.#fail(task, senseOf(SENSE_CONDITION.INTERNAL_TARGET_FAILURE));
    }
  }

  /** Memory has been freed. */
  memoryFreed(task: IscsiTask): void {
    task.state = 'collecting';
    this.#advance(task);
  }

  /** Ends a command without the nexus. */
  #fail(task: IscsiTask, sense: Uint8Array): void {
    task.status = STATUS.CHECK_CONDITION;
    task.sense = sense;
    task.residual = task.writeLength > 0 ? task.writeLength : task.readLength;
    this.end(task, true);
  }

  /** A command has its status, or has none any more. `tell`: the initiator hears of it. */
  end(task: IscsiTask, tell: boolean): void {
    this.#session.taskEnded(task);
    const { writer, context } = this.#connection;
    if (tell && !task.aborted) writer.respond(task, this.#moved(task));
    else writer.dropDataIn(task);
    if (task.outSlab !== null) {
      // While a PDU is being put together in it, nobody else may use the memory.
      if (task.isBeingFilled) context.pool.forget(task.outSlab);
      else context.pool.release(task.outSlab);
      task.outSlab = null;
    }
    if (task.inbox !== null) context.pool.dereference(task.inbox);
    task.inbox = null;
    const waiters = task.endWaiters;
    task.endWaiters = null;
    task.dataIn = task.dataOut = null;
    if (!task.isBeingFilled) context.giveTask(task);
    if (waiters !== null) for (const waiter of waiters) waiter();
  }

  /** How much data-in goes to the initiator. */
  #moved(task: IscsiTask): number {
    const { dataIn } = task;
    if (dataIn === null) return 0;
    if (task.status === STATUS.CHECK_CONDITION && !isRecovered(task.sense)) return 0;
    if (task.status !== STATUS.GOOD && task.status !== STATUS.CHECK_CONDITION && task.status !== STATUS.CONDITION_MET) return 0;
    if (task.residual < 0 && dataIn.length < task.readLength) {
      // The command has more than we offered of what the initiator expects.
      task.status = STATUS.CHECK_CONDITION;
      task.sense = senseOf(INSUFFICIENT_RESOURCES);
      task.residual = dataIn.length;
      return 0;
    }
    return Math.max(0, Math.min(dataIn.length, dataIn.length - task.residual));
  }
}

/** Whether data came in spite of the sense: NO SENSE, or RECOVERED ERROR. */
function isRecovered(sense: Uint8Array): boolean {
  if (sense.length < 3) return false;
  const key = readU8(sense, (readU8(sense, 0) & 0x7e) === 0x72 ? 1 : 2) & 0x0f;
  return key <= 1;
}

