import { encodeSense, type ScsiTask, SENSE_CONDITION, STATUS } from '@scst/scsi';
import type { IscsiNexus, ManagementOutcome, NexusManagement } from '../host.js';

export const BLOCK = 512;
const NO_SENSE: Uint8Array = new Uint8Array(0);

/** READ (10) and WRITE (10), and one of a vendor that answers what it was sent: (opcode, blocks). */
export const READ = 0x28;
export const WRITE = 0x2a;
export const ECHO = 0xc1;
export const INQUIRY = 0x12;
/** Ends with sense data as long as may be. */
export const LONG_SENSE = 0xc2;

export const cdbOf = (opcode: number, lba = 0, blocks = 0): Uint8Array => Uint8Array.of(opcode, 0, lba >>> 24, lba >>> 16, lba >>> 8, lba, 0, blocks >>> 8, blocks, 0);

/** A nexus to a disk in memory, LUN 0. Commands end at once, or when a test says so. */
export class MemoryNexus implements IscsiNexus {
  readonly disk: Uint8Array;
  /** Commands wait for {@link release}. */
  holds = false;
  readonly held: { readonly lun: number; readonly task: ScsiTask }[] = [];
  readonly managed: string[] = [];
  outcome: ManagementOutcome = 'complete';
  closed = 0;
  submitted = 0;
  /** CDBs as they came. */
  readonly cdbs: Uint8Array[] = [];
  readonly attributes: string[] = [];

  constructor(disk = new Uint8Array(2048 * BLOCK)) {
    this.disk = disk;
  }

  submit(lun: number, task: ScsiTask): void {
    this.submitted++;
    this.cdbs.push(task.cdb.slice());
    this.attributes.push(task.attribute);
    if (this.holds) this.held.push({ lun, task });
    else this.#run(lun, task);
  }

  /** Ends held commands, in the order they came or the other way round. */
  release(order: 'forth' | 'back' = 'forth'): void {
    const held = this.held.splice(0);
    if (order === 'back') held.reverse();
    for (const { lun, task } of held) this.#run(lun, task);
  }

  abort(_lun: number, task: ScsiTask): void {
    const index = this.held.findIndex((other) => other.task === task);
    if (index < 0) return;
    this.held.splice(index, 1);
    end(task, STATUS.TASK_ABORTED, 0, NO_SENSE, true);
  }

  manage(what: NexusManagement, lun: number): Promise<ManagementOutcome> {
    this.managed.push(`${what} ${lun}`);
    if (what !== 'clear-aca') for (const { task } of this.held.filter((other) => what === 'target-reset' || other.lun === lun)) this.abort(lun, task);
    return Promise.resolve(this.outcome);
  }

  close(): Promise<void> {
    this.closed++;
    for (const { lun, task } of [...this.held]) this.abort(lun, task);
    return Promise.resolve();
  }

  #run(lun: number, task: ScsiTask): void {
    const { cdb, dataIn, dataOut } = task;
    const offered = dataIn?.length ?? dataOut?.length ?? 0;
    const fail = (sense: Uint8Array): void => {
      end(task, STATUS.CHECK_CONDITION, offered, sense);
    };
    if (lun !== 0) {
      fail(encodeSense(SENSE_CONDITION.LOGICAL_UNIT_NOT_SUPPORTED));
      return;
    }
    const from = (((cdb[2] ?? 0) << 24) | ((cdb[3] ?? 0) << 16) | ((cdb[4] ?? 0) << 8) | (cdb[5] ?? 0)) * BLOCK;
    const length = (((cdb[7] ?? 0) << 8) | (cdb[8] ?? 0)) * BLOCK;
    switch (cdb[0]) {
      case READ:
        if (from + length > this.disk.length) fail(encodeSense(SENSE_CONDITION.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
        else give(task, this.disk.subarray(from, from + length));
        break;
      case WRITE:
        if (from + length > this.disk.length) {
          fail(encodeSense(SENSE_CONDITION.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
          break;
        }
        if (dataOut !== null) this.disk.set(dataOut.subarray(0, length), from);
        end(task, STATUS.GOOD, offered - length);
        break;
      case ECHO:
        give(task, dataOut ?? NO_SENSE);
        break;
      case INQUIRY:
        give(task, new Uint8Array(36).fill(0x20));
        break;
      case LONG_SENSE:
        fail(Uint8Array.from({ length: 252 }, (_, index) => (index === 0 ? 0x72 : index === 1 ? 0x0b : index)));
        break;
      default:
        end(task, STATUS.GOOD, offered);
    }
  }
}

function give(task: ScsiTask, data: Uint8Array): void {
  const { dataIn } = task;
  dataIn?.set(data.subarray(0, dataIn.length));
  end(task, STATUS.GOOD, (dataIn?.length ?? 0) - data.length);
}

function end(task: ScsiTask, status: number, residual: number, sense: Uint8Array = NO_SENSE, aborted = false): void {
  task.status = status;
  task.residual = residual;
  task.sense = sense;
  task.aborted = aborted;
  task.done(task);
}
