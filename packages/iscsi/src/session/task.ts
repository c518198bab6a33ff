import { cdbLength, readU8, type ScsiTask, STATUS, type TaskAttribute } from '@scst/scsi';
import type { Slab } from '../connection/slab.js';
import type { TaskOwner } from './task-owner.js';

const NOTHING = new Uint8Array(0);
const CDB_LENGTH = 16;

/** A run of Data-Out PDUs: the unsolicited one, or the answer to one R2T. */
export class DataSequence {
  /** The R2T's, or none. */
  targetTransferTag = 0;
  /** Where the next PDU's data goes, and where the sequence ends. */
  offset = 0;
  end = 0;
  dataSn = 0;
}

/**
 * A SCSI command of an initiator on its way through the engine. Used again for others once it has ended, so everything is set by
 * {@link begin}.
 */
export class IscsiTask implements ScsiTask {
  cdb: Uint8Array;
  dataOut: Uint8Array | null = null;
  dataIn: Uint8Array | null = null;
  attribute: TaskAttribute = 'simple';
  status: number = STATUS.GOOD;
  sense: Uint8Array = NOTHING;
  residual = 0;
  aborted = false;

  owner: TaskOwner;
  initiatorTaskTag = 0;
  lun = 0;
  /** The LUN field's two words, for R2Ts. */
  lunHigh = 0;
  lunLow = 0;
  cmdSn = 0;
  immediate = false;
  /** Bytes that the initiator expects to send, and to get. */
  writeLength = 0;
  readLength = 0;

  /** `collecting` until CmdSN is due and the data-out is there; `waiting` for memory; `submitted` to the nexus. */
  state: 'collecting' | 'waiting' | 'submitted' = 'collecting';
  /** Its CmdSN has come up. */
  isDue = false;
  /** Memory that data-out is put together in. */
  outSlab: Slab | null = null;
  /** Memory that data-out was read into, with other PDUs. */
  inbox: Slab | null = null;
  /** Data-out that has come, without gaps. */
  received = 0;
  /** The initiator sends data without being asked. */
  unsolicited: DataSequence | null = null;
  /** R2Ts that are not answered in full, oldest first. */
  readonly solicited: DataSequence[] = [];
  /** Where the next R2T begins. */
  solicitedUpTo = 0;
  r2tSn = 0;
  /** Why the command is not carried out although its data is still being taken. */
  failure: Uint8Array | null = null;
  /** When data last came, or was asked for. */
  dataSince = 0;

  /** Memory reserved for data-in, with room for a header before it. */
  inSlab: Slab | null = null;
  inAt = 0;
  /** Bytes counted in the session's memory. */
  memory = 0;

  /** A PDU that is being put together writes into {@link outSlab}. */
  isBeingFilled = false;
  /** An abort is under way; no status is due. */
  isAborting = false;
  /** Called when the task is gone, whatever became of it. */
  endWaiters: (() => void)[] | null = null;

  readonly #cdb = new Uint8Array(CDB_LENGTH);
  readonly #cdb6 = this.#cdb.subarray(0, 6);
  readonly #cdb10 = this.#cdb.subarray(0, 10);
  readonly #cdb12 = this.#cdb.subarray(0, 12);

  constructor(owner: TaskOwner) {
    this.owner = owner;
    this.cdb = this.#cdb;
  }

  /** Copies the CDB, and cuts off what the command's group leaves unused. */
  setCdb(header: Uint8Array, at: number, extension: Uint8Array | undefined): void {
    const cdb = this.#cdb;
    for (let index = 0; index < CDB_LENGTH; index++) cdb[index] = header[at + index] as number;
    if (extension !== undefined) {
      this.cdb = new Uint8Array(CDB_LENGTH + extension.length);
      this.cdb.set(cdb);
      this.cdb.set(extension, CDB_LENGTH);
      return;
    }
    const length = cdbLength(readU8(cdb, 0));
    this.cdb = length === 6 ? this.#cdb6 : length === 10 ? this.#cdb10 : length === 12 ? this.#cdb12 : cdb;
  }

  /** Makes the object stand for a new command. */
  begin(owner: TaskOwner): void {
    this.owner = owner;
    this.dataOut = null;
    this.dataIn = null;
    this.status = STATUS.GOOD;
    this.sense = NOTHING;
    this.residual = 0;
    this.aborted = false;
    this.writeLength = 0;
    this.readLength = 0;
    this.state = 'collecting';
    this.isDue = false;
    this.received = 0;
    this.unsolicited = null;
    if (this.solicited.length > 0) this.solicited.length = 0;
    this.solicitedUpTo = 0;
    this.r2tSn = 0;
    this.failure = null;
    this.memory = 0;
    this.isBeingFilled = false;
    this.isAborting = false;
    this.endWaiters = null;
  }

  /** All data-out that will come has come. */
  get isComplete(): boolean {
    return this.unsolicited === null && this.solicited.length === 0 && (this.failure !== null || this.received === this.writeLength);
  }

  done(): void {
    this.owner.taskDone(this);
  }
}
