import { type ScsiTask } from '@scst/core';
import { encodeSense, type LogicalUnit, type ResetKind, SENSE_CONDITION, STATUS, TransportError, tryDecodeSense } from '@scst/scsi';
import { answerAbsent } from './absent-unit.js';
import { type DriverUnit } from './driver-unit.js';

const NOTHING = new Uint8Array(0);

/** Who holds a {@link SeamUnit}: a session. */
export interface SeamUnitOwner {
  /** What the session sees at present. */
  readonly luns: Iterable<number>;
  /** A command has told that the LUNs are other ones now (REPORTED LUNS DATA HAS CHANGED, INQUIRY DATA HAS CHANGED). */
  lunsMayHaveChanged(): void;
}

/** A LUN reached through a `LogicalUnit`: a SCSI device of the machine, or one behind a socket. */
export class SeamUnit implements DriverUnit {
  readonly description: string;
  readonly #owner: SeamUnitOwner;
  #unit: LogicalUnit | undefined;
  readonly #running = new Map<ScsiTask, AbortController>();

  constructor(description: string, owner: SeamUnitOwner) {
    this.description = description;
    this.#owner = owner;
  }

  /** Whether a device is behind the number. */
  get present(): boolean {
    return this.#unit !== undefined;
  }

  /** Puts a device behind the number, or takes the one there away. Its commands end first. */
  async use(unit: LogicalUnit | undefined): Promise<void> {
    const old = this.#unit;
    this.#unit = unit;
    await old?.close();
  }

  submit(task: ScsiTask): void {
    if (this.#unit === undefined) answerAbsent(task, this.#owner.luns);
    else void this.#run(this.#unit, task);
  }

  abort(task: ScsiTask): void {
    this.#running.get(task)?.abort();
  }

  async reset(kind: ResetKind): Promise<void> {
    const { description } = this;
    if (this.#unit === undefined) throw new TransportError('REFUSED', `${description}: ${kind} reset: nothing is mapped there`);
    await this.#unit.reset(kind);
  }

  abortTaskSet(): Promise<void> {
    for (const controller of this.#running.values()) controller.abort();
    return Promise.resolve();
  }

  clearTaskSet(): Promise<void> {
    return this.abortTaskSet();
  }

  clearAca(): void {
    throw new TransportError('REFUSED', `${this.description}: CLEAR ACA cannot be asked of a SCSI device of the machine`);
  }

  async #run(unit: LogicalUnit, task: ScsiTask): Promise<void> {
    const controller = new AbortController();
    this.#running.set(task, controller);
    try {
      const { status, sense, residual } = await unit.execute({
        cdb: task.cdb,
        dataIn: task.dataIn ?? undefined,
        dataOut: task.dataOut ?? undefined,
        attribute: task.attribute,
        signal: controller.signal,
      });
      task.status = status;
      task.sense = sense;
      task.residual = residual;
      task.aborted = false;
    } catch (error) {
      this.#fail(task, error);
    } finally {
      this.#running.delete(task);
    }
    if (task.status === STATUS.CHECK_CONDITION) this.#lookAt(task.sense);
    task.done(task);
  }

  /** No status could be had: the command was aborted, or the device has gone. */
  #fail(task: ScsiTask, error: unknown): void {
    task.residual = task.dataIn?.length ?? task.dataOut?.length ?? 0;
    task.sense = NOTHING;
    task.aborted = error instanceof TransportError && error.code === 'ABORTED';
    if (task.aborted) {
      task.status = STATUS.TASK_ABORTED;
    } else if (error instanceof TransportError && (error.code === 'GONE' || error.code === 'CLOSED')) {
      task.status = STATUS.CHECK_CONDITION;
      task.sense = encodeSense(SENSE_CONDITION.LOGICAL_UNIT_NOT_SUPPORTED);
      this.#owner.lunsMayHaveChanged();
    } else {
      task.status = STATUS.CHECK_CONDITION;
      task.sense = encodeSense(SENSE_CONDITION.INTERNAL_TARGET_FAILURE);
    }
  }

  #lookAt(sense: Uint8Array): void {
    const { additionalSenseCode, additionalSenseCodeQualifier } = tryDecodeSense(sense) ?? {};
    for (const condition of [SENSE_CONDITION.REPORTED_LUNS_DATA_HAS_CHANGED, SENSE_CONDITION.INQUIRY_DATA_HAS_CHANGED]) {
      if (condition.additionalSenseCode === additionalSenseCode && condition.additionalSenseCodeQualifier === additionalSenseCodeQualifier) this.#owner.lunsMayHaveChanged();
    }
  }
}
