import { encodeSense, readU8, SENSE_CONDITION, STATUS, type SenseCondition, type SenseFormat, type TaskAttribute } from '@scst/scsi';
import type { CommandRow, Direction, Execute } from '../commands/command.js';
import type { DeviceServer } from './device-server.js';
import type { Nexus } from './nexus.js';
import type { SessionObject, VirtualDeviceObject } from './objects.js';
import type { ProfileRules } from './profile-rules.js';
import type { ScsiTask } from './task.js';
import type { StoreCallback, StoreError } from '../store/block-store.js';

const NO_SENSE = new Uint8Array(0);

/** Shared by all commands that nobody waits for; never added to. */
const NOBODY: (() => void)[] = [];

const ignore = (): void => {
  // Nothing was asked of the store.
};

/**
 * A command between its arrival and its status: the task of the initiator and what the device server found out about it.
 * What a row's `execute` works with.
 */
export class ActiveCommand {
  task: ScsiTask;
  nexus: Nexus;
  row: CommandRow;

  /** As decoded; `none` where nothing is moved. */
  direction: Direction = 'none';
  /** LOGICAL BLOCK ADDRESS as a double: exact below 2^53, and rounded, never below a capacity it exceeds, above. */
  lba = 0;
  /** Bytes that the CDB asks to move between initiator and device. */
  transferLength = 0;
  /** Bytes of the medium that the command covers; differs from the above in VERIFY and WRITE SAME. */
  rangeLength = 0;

  /** Byte on the medium where the range begins; set by the range check, beyond 2^53 where that is no place on any store. */
  position = 0;

  /** Result so far. */
  status: number = STATUS.GOOD;
  sense: Uint8Array = NO_SENSE;
  /** Data-in bytes moved; for blocks, what the CDB asks for, be it more than the initiator's buffer holds. */
  moved = 0;

  /** Set when a reset, an abort or the end of the nexus has cut the command off; whatever it does then, it ends as aborted. */
  aborted = false;
  /** The aborted command's status: TASK ABORTED where TAS asks for it, else none is delivered. */
  reportsAbort = false;
  /** Data-out was fetched, so it counts as moved. */
  dataFetched = false;
  /** The command has its status and is being handed back. */
  ended = false;
  /** As sent, or HEAD OF QUEUE where the row says so. */
  attribute: TaskAttribute = 'simple';
  /** Held back by the task set. */
  queued = false;
  /** The task set's neighbours. */
  older: ActiveCommand | null = null;
  newer: ActiveCommand | null = null;
  /** In the task set. */
  admitted = false;
  /** Counted among the device's running commands. */
  running = false;
  /** At work on its blocks. */
  onMedium: 'no' | 'waiting' | 'at work' = 'no';
  /** What is to be done once the blocks are free. */
  resume: Execute | undefined = undefined;
  /** Has its status, which an auto contingent allegiance holds back. */
  held = false;
  /** Told when the command has ended. */
  endWaiters: (() => void)[] = NOBODY;
  /** Was put off once for a transition of the asymmetric access state. */
  hasMetTransition = false;
  /** May go on although an auto contingent allegiance holds others back. */
  allowedDuringAca = false;
  /** `performance.now()` at arrival while latency is measured. */
  arrived = 0;

  /** What happens when the store has done what it was asked for; a plain function, so that nothing is made for each command. */
  afterStore: (command: ActiveCommand, error: StoreError | null) => void = ignore;
  /** Goes to the store as its callback. */
  readonly storeDone: StoreCallback = (error) => {
    this.afterStore(this, error);
  };

  constructor(task: ScsiTask, nexus: Nexus, row: CommandRow) {
    this.task = task;
    this.nexus = nexus;
    this.row = row;
  }

  /** Makes the object stand for another command. Only for one that nobody refers to any more. */
  reuse(task: ScsiTask, nexus: Nexus, row: CommandRow): void {
    this.task = task;
    this.nexus = nexus;
    this.row = row;
    this.position = 0;
    this.status = STATUS.GOOD;
    this.sense = NO_SENSE;
    this.moved = 0;
    this.dataFetched = false;
    this.ended = false;
    this.admitted = false;
    this.allowedDuringAca = false;
    this.hasMetTransition = false;
    this.arrived = 0;
    this.endWaiters = NOBODY;
  }

  get cdb(): Uint8Array {
    return this.task.cdb;
  }

  get session(): SessionObject {
    return this.nexus.session;
  }

  get server(): DeviceServer {
    return this.nexus.server;
  }

  /** The virtual device. Rows that pass-through devices can reach use `nexus.device`. */
  get device(): VirtualDeviceObject {
    return this.nexus.server.virtualDevice;
  }

  get rules(): ProfileRules {
    return this.nexus.server.rules;
  }

  /** SERVICE ACTION, bits 0-4 of byte 1. */
  get serviceAction(): number {
    return readU8(this.task.cdb, 1) & 0x1f;
  }

  /** Data-out: parameter list, or blocks. As long as the CDB says or as was sent, whichever is shorter, if the profile minds. */
  get dataOut(): Uint8Array {
    const sent = this.task.dataOut;
    if (sent === null) return NO_SENSE;
    return sent.length > this.transferLength && this.rules.dataLength === 'cdb' ? sent.subarray(0, this.transferLength) : sent;
  }

  /** How much data-in is asked for: what the CDB says, or the size of the initiator's buffer, which SCST takes for it. */
  get allocationLength(): number {
    return this.rules.dataLength === 'cdb' ? this.transferLength : (this.task.dataIn?.length ?? 0);
  }

  /** Ends with GOOD. */
  good(): void {
    this.server.end(this);
  }

  /**
   * Data-in, cut to the CDB's length and the initiator's buffer, then GOOD. `moved`: what the residual counts as moved, where
   * that is not what fits the buffer.
   */
  reply(data: Uint8Array, moved?: number): void {
    const buffer = this.task.dataIn;
    if (buffer !== null) {
      const length = Math.min(data.length, this.transferLength, buffer.length);
      buffer.set(length === data.length ? data : data.subarray(0, length));
      this.moved = moved ?? length;
    } else {
      this.moved = Math.min(data.length, this.transferLength);
    }
    this.server.end(this);
  }

  /** Ends with CHECK CONDITION. */
  fail(condition: SenseCondition): void {
    this.setSense(encodeSense({ ...condition, format: this.server.senseFormat }));
    this.server.end(this);
  }

  /** 5/24/00 pointing at a byte of the CDB, and the most significant bit of the field if one is given. */
  invalidFieldInCdb(byte: number, bit?: number): void {
    this.#invalidField(SENSE_CONDITION.INVALID_FIELD_IN_CDB, true, byte, bit);
  }

  /** 5/26/00 pointing at a byte of the parameter list. `format`: where it is not the present one. */
  invalidFieldInParameterList(byte: number, bit?: number, format?: SenseFormat): void {
    this.#invalidField(SENSE_CONDITION.INVALID_FIELD_IN_PARAMETER_LIST, false, byte, bit, format);
  }

  #invalidField(condition: SenseCondition, inCdb: boolean, fieldPointer: number, bitPointer: number | undefined, format = this.server.senseFormat): void {
    this.setSense(
      encodeSense({
        ...condition,
        format,
        senseKeySpecific: { kind: 'field-pointer', inCdb, fieldPointer, bitPointer },
      }),
    );
    this.server.end(this);
  }

  /** Ends with CHECK CONDITION and these sense bytes. */
  failWith(sense: Uint8Array): void {
    this.setSense(sense);
    this.server.end(this);
  }

  /** Ends with a status that has no sense data: RESERVATION CONFLICT, BUSY, TASK SET FULL, ACA ACTIVE. */
  end(status: number): void {
    this.status = status;
    this.server.end(this);
  }

  /** The device is short of something, or has too many commands: TASK SET FULL, or BUSY to a session's only command. */
  busy(): void {
    this.end(this.session.activeCommands <= 1 ? STATUS.BUSY : STATUS.TASK_SET_FULL);
  }

  /**
   * Cuts the command off. One that has not started, or has its status already, ends at once; one at work ends when it notices.
   * `reports`: it ends with TASK ABORTED, else without any status.
   */
  abort(reports: boolean): void {
    if (this.ended || this.aborted) return;
    this.aborted = true;
    this.reportsAbort = reports;
    if (this.running && !this.held) return;
    if (this.admitted) this.server.forgetWaiting(this);
    this.held = false;
    this.server.end(this);
  }

  /** Resolves when the command has ended. */
  async whenEnded(): Promise<void> {
    if (this.ended) return;
    await new Promise<void>((resolve) => {
      this.endWaiters = [...this.endWaiters, resolve];
    });
  }

  /** CHECK CONDITION, without ending the command yet. */
  setSense(sense: Uint8Array): void {
    this.status = STATUS.CHECK_CONDITION;
    this.sense = sense;
    this.moved = 0;
  }
}
