import { type HeaderValues } from '../pdu/header.js';
import { TASK_MANAGEMENT, type taskManagementRequest } from '../pdu/initiator-pdus.js';
import { TASK_MANAGEMENT_RESPONSE } from '../pdu/target-pdus.js';
import type { ManagementOutcome, NexusManagement } from '../host.js';
import { lunOf } from '../session/lun.js';
import type { Session } from '../session/session.js';
import type { IscsiTask } from '../session/task.js';
import type { Connection } from './connection.js';

type Request = HeaderValues<(typeof taskManagementRequest)['fields']>;

/** What a function is to the nexus, and which commands of the session it takes with it that have not got there. */
const NEXUS_FUNCTIONS: ReadonlyMap<number, { readonly what: NexusManagement; readonly aborts: 'none' | 'lun' | 'all' }> = new Map([
  [TASK_MANAGEMENT.ABORT_TASK_SET, { what: 'abort-task-set', aborts: 'lun' }],
  [TASK_MANAGEMENT.CLEAR_ACA, { what: 'clear-aca', aborts: 'none' }],
  [TASK_MANAGEMENT.CLEAR_TASK_SET, { what: 'clear-task-set', aborts: 'lun' }],
  [TASK_MANAGEMENT.LOGICAL_UNIT_RESET, { what: 'lun-reset', aborts: 'lun' }],
  [TASK_MANAGEMENT.TARGET_WARM_RESET, { what: 'target-reset', aborts: 'all' }],
  [TASK_MANAGEMENT.TARGET_COLD_RESET, { what: 'target-reset', aborts: 'all' }],
] as const);

const OUTCOMES: Readonly<Record<ManagementOutcome, number | undefined>> = {
  complete: TASK_MANAGEMENT_RESPONSE.COMPLETE,
  'no-such-lun': TASK_MANAGEMENT_RESPONSE.NO_SUCH_LUN,
  'not-supported': TASK_MANAGEMENT_RESPONSE.NOT_SUPPORTED,
  rejected: TASK_MANAGEMENT_RESPONSE.REJECTED,
  'no-answer': undefined,
};

/** Task management functions (RFC 7143 11.5) of one connection. */
export class TaskManagement {
  readonly #connection: Connection;
  readonly #session: Session;

  constructor(connection: Connection, session: Session) {
    this.#connection = connection;
    this.#session = session;
  }

  /** The response, once the commands that are met have ended; undefined where there is to be none. Never rejects. */
  async run(request: Request): Promise<number | undefined> {
    if (request.function === TASK_MANAGEMENT.ABORT_TASK) return await this.#abortTask(request);
    if (request.function === TASK_MANAGEMENT.TASK_REASSIGN) return TASK_MANAGEMENT_RESPONSE.REASSIGNMENT_NOT_SUPPORTED;
    const row = NEXUS_FUNCTIONS.get(request.function);
    if (row === undefined) return TASK_MANAGEMENT_RESPONSE.NOT_SUPPORTED;
    const lun = lunOf(request.lun, 0);
    const { nexus } = this.#session;
    if (nexus === null) return TASK_MANAGEMENT_RESPONSE.REJECTED;
    let outcome: ManagementOutcome;
    try {
      const managed = nexus.manage(row.what, lun);
      if (row.aborts !== 'none') this.#abortUnsent(row.aborts, lun);
      outcome = await managed;
    } catch {
      return TASK_MANAGEMENT_RESPONSE.REJECTED;
    }
    if (request.function === TASK_MANAGEMENT.TARGET_COLD_RESET && outcome === 'complete') {
      // 11.5.1: power on as seen from outside, so all connections go; the answer first.
      this.#connection.context.environment.defer(() => {
        this.#connection.context.dropTarget(this.#session.targetName);
      });
    }
    return OUTCOMES[outcome];
  }

  async #abortTask(request: Request): Promise<number> {
    const session = this.#session;
    const task = session.tasks.get(request.referencedTaskTag);
    if (task === undefined) {
      // 11.5.5: it may not have come yet; then it is not carried out when it does.
      if (!session.isAwaited(request.refCmdSn) || request.refCmdSn === request.cmdSn) return TASK_MANAGEMENT_RESPONSE.NO_SUCH_TASK;
      session.keepEarly(request.refCmdSn, () => {
        session.openWindow();
      });
      session.runEarly();
      return TASK_MANAGEMENT_RESPONSE.COMPLETE;
    }
    if (task.lun !== lunOf(request.lun, 0)) return TASK_MANAGEMENT_RESPONSE.NO_SUCH_TASK;
    await this.#abort(task);
    return TASK_MANAGEMENT_RESPONSE.COMPLETE;
  }

  /** Resolves when the task is gone. */
  #abort(task: IscsiTask): Promise<void> {
    return new Promise((resolve) => {
      (task.endWaiters ??= []).push(resolve);
      task.owner.abandon(task);
    });
  }

  /** Ends commands that the nexus has not seen. */
  #abortUnsent(which: 'lun' | 'all', lun: number): void {
    for (const task of [...this.#session.tasks.values()]) {
      if (task.state === 'submitted' || (which === 'lun' && task.lun !== lun)) continue;
      task.owner.abandon(task);
    }
  }
}
