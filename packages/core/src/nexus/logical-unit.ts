import { type CommandRequest, type CommandResult, type LogicalUnit, type ResetKind, STATUS, TransportError } from '@scst/scsi';
import { executeUnmapped } from '../commands/unmapped-lun.js';
import { clearAca } from './auto-contingent-allegiance.js';
import { swallowsManagement } from './black-hole.js';
import type { Nexus } from './nexus.js';
import type { CoreContext, SessionObject } from './objects.js';
import { runTask } from './run-task.js';
import { abortNexus, abortTask, clearTaskSet } from './task-management.js';
import type { ScsiTask } from './task.js';

/**
 * One LUN of a session as a `LogicalUnit`. It stands for the number, not for the mapping: LUNs may come, go and be replaced
 * under it, and an unmapped one answers as SCST answers for it (SPEC 10).
 */
export class NexusLogicalUnit implements LogicalUnit {
  readonly description: string;
  readonly #core: CoreContext;
  readonly #session: SessionObject;
  readonly #lun: number;
  readonly #running = new Set<Promise<CommandResult>>();
  /** Tasks that wait until SCST is resumed. */
  readonly #suspended = new Set<ScsiTask>();
  #closed = false;

  constructor(core: CoreContext, session: SessionObject, lun: number) {
    this.#core = core;
    this.#session = session;
    this.#lun = lun;
    this.description = `${session.target.name}/${session.name}/${lun}`;
  }

  async execute(request: CommandRequest): Promise<CommandResult> {
    this.#checkOpen();
    const runner = {
      submit: (task: ScsiTask): void => {
        this.submit(task);
      },
      abort: (task: ScsiTask): void => {
        this.abort(task);
      },
    };
    const running = runTask(runner, request, this.description);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /**
   * Starts a command without a promise; for those who send many. `task.done` is called once, perhaps before this returns, and
   * should not submit the next command itself.
   */
  submit(task: ScsiTask): void {
    if (!this.#core.suspended) {
      this.#start(task);
      return;
    }
    this.#suspended.add(task);
    this.#core.onResume(() => {
      if (this.#suspended.delete(task)) this.#start(task);
    });
  }

  #start(task: ScsiTask): void {
    const nexus = this.#session.nexuses.get(this.#lun);
    // A device that no handler holds is not there for initiators.
    if (nexus === undefined || nexus.device.handler === null) executeUnmapped(this.#session, task);
    else nexus.submit(task);
  }

  /** ABORT TASK (SAM-6 7.2) of a submitted task: it is completed as aborted once nothing is done for it any more. */
  abort(task: ScsiTask): void {
    if (this.#suspended.delete(task)) {
      task.aborted = true;
      task.status = STATUS.TASK_ABORTED;
      task.done(task);
      return;
    }
    const nexus = this.#session.nexuses.get(this.#lun);
    if (nexus !== undefined) void abortTask(nexus.server, nexus, task);
  }

  async reset(kind: ResetKind): Promise<void> {
    const nexus = this.#nexusForManagement(kind === 'lun' ? 'LOGICAL UNIT RESET' : 'TARGET RESET');
    await nexus.server.reset(kind, nexus);
  }

  /** ABORT TASK SET (SAM-6 7.3): ends all commands of this nexus. */
  async abortTaskSet(): Promise<void> {
    const nexus = this.#nexusForManagement('ABORT TASK SET');
    await abortNexus(nexus.server, nexus);
  }

  /** CLEAR TASK SET (SAM-6 7.5): ends all commands of the task set, which may be shared with other nexuses. */
  async clearTaskSet(): Promise<void> {
    const nexus = this.#nexusForManagement('CLEAR TASK SET');
    await clearTaskSet(nexus.server, nexus);
  }

  /** CLEAR ACA (SAM-6 7.4): lets commands go on that an auto contingent allegiance of this nexus holds back. */
  clearAca(): void {
    const nexus = this.#nexusForManagement('CLEAR ACA');
    clearAca(nexus.server, nexus);
  }

  #nexusForManagement(what: string): Nexus {
    this.#checkOpen();
    const nexus = this.#session.nexuses.get(this.#lun);
    if (nexus === undefined) throw new TransportError('REFUSED', `${this.description}: ${what}: nothing is mapped there`);
    if (swallowsManagement(this.#session.group)) throw new TransportError('TIMEOUT', `${this.description}: ${what}: black_hole of the access group swallows it`);
    return nexus;
  }

  #checkOpen(): void {
    if (this.#closed) throw new TransportError('CLOSED', `${this.description} is closed`);
  }

  /** Waits for the commands that are under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#running);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
