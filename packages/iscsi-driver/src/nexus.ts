import { type IscsiNexus, type ManagementOutcome, type NexusManagement, NO_SUCH_LUN } from '@scst/iscsi';
import { type DriverSession, type DriverUnit, type ScsiTask } from '@scst/local';
import { encodeSense, SENSE_CONDITION, STATUS, TransportError } from '@scst/scsi';

const LUN_NOT_SUPPORTED = encodeSense(SENSE_CONDITION.LOGICAL_UNIT_NOT_SUPPORTED);

/** An I_T nexus of iSCSI: a session of scst_local. */
export class DriverNexus implements IscsiNexus {
  readonly #session: DriverSession;
  /** By LUN: what {@link DriverSession.unit} gave. */
  readonly #units: (DriverUnit | undefined)[] = [];
  readonly #stopWatching: () => void;

  /** @param changed Told when LUNs have come or gone. */
  constructor(session: DriverSession, changed: () => void) {
    this.#session = session;
    this.#stopWatching = session.watch(({ added, removed, replaced }) => {
      for (const lun of [...added, ...removed, ...replaced]) this.#units[lun] = undefined;
      if (added.length + removed.length > 0) changed();
    });
  }

  submit(lun: number, task: ScsiTask): void {
    const unit = this.#units[lun] ?? this.#find(lun);
    if (unit !== undefined) {
      unit.submit(task);
      return;
    }
    task.status = STATUS.CHECK_CONDITION;
    task.sense = LUN_NOT_SUPPORTED;
    task.residual = task.dataIn?.length ?? task.dataOut?.length ?? 0;
    task.aborted = false;
    task.done(task);
  }

  abort(lun: number, task: ScsiTask): void {
    this.#find(lun)?.abort(task);
  }

  async manage(what: NexusManagement, lun: number): Promise<ManagementOutcome> {
    const unit = what === 'target-reset' ? this.#anyUnit() : this.#session.luns.has(lun) ? this.#find(lun) : undefined;
    if (unit === undefined) return what === 'target-reset' ? 'complete' : 'no-such-lun';
    try {
      await act(unit, what);
      return 'complete';
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      // TIMEOUT: SCST's group lets the function go unanswered (black_hole).
      return error.code === 'TIMEOUT' ? 'no-answer' : error.code === 'REFUSED' && what === 'clear-aca' ? 'not-supported' : error.code === 'REFUSED' ? 'no-such-lun' : 'rejected';
    }
  }

  async close(): Promise<void> {
    this.#stopWatching();
    await this.#session.close();
  }

  #find(lun: number): DriverUnit | undefined {
    const known = this.#units[lun];
    if (known !== undefined) return known;
    if (lun === NO_SUCH_LUN) return undefined;
    const unit = this.#session.unit(lun);
    // Numbers that nothing is mapped to are asked for by scanning initiators; they are not kept.
    if (this.#session.luns.has(lun)) this.#units[lun] = unit;
    return unit;
  }

  #anyUnit(): DriverUnit | undefined {
    const [lun] = this.#session.luns.keys();
    return lun === undefined ? undefined : this.#find(lun);
  }
}

const act = async (unit: DriverUnit, what: NexusManagement): Promise<void> => {
  switch (what) {
    case 'abort-task-set':
      { await unit.abortTaskSet(); return; }
    case 'clear-task-set':
      { await unit.clearTaskSet(); return; }
    case 'clear-aca':
      unit.clearAca();
      return;
    case 'lun-reset':
      { await unit.reset('lun'); return; }
    case 'target-reset':
      { await unit.reset('target'); return; }
  }
};
