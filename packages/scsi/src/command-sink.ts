import type { TaskAttribute } from './logical-unit.js';

/**
 * One command on its way to a logical unit, without a promise. The caller makes the object, and may use it again once `done` has
 * been called; who executes the command fills in the result.
 */
export interface ScsiTask {
  readonly cdb: Uint8Array;
  /** Data-out sent by the initiator, or null. Not written to. Empty where the initiator declares a write and sends nothing. */
  readonly dataOut: Uint8Array | null;
  /** Data-in buffer offered by the initiator, or null. Filled in place. */
  readonly dataIn: Uint8Array | null;
  readonly attribute: TaskAttribute;

  /** SAM-6 status. */
  status: number;
  /** Sense data, empty when none. */
  sense: Uint8Array;
  /** Offered bytes less bytes moved; of data-in where there are both. Negative where the command had more to move than was offered. */
  residual: number;
  /** The task was aborted and no status is delivered (SAM-6 5.3.1: TAS is 0, or its own initiator aborted it). */
  aborted: boolean;
  /** Called once, with this task, when the status is known. `aborted` tasks of the caller's own wish are completed too. */
  done(task: ScsiTask): void;
}

/**
 * The data seam without promises, beside `LogicalUnit`: where a transport sends the commands of one I_T_L nexus.
 *
 * A nexus of the core is one; {@link logicalUnitSink} makes one of any `LogicalUnit`.
 */
export interface CommandSink {
  /**
   * Starts a command. `task.done` is called exactly once, perhaps before this returns; it should not submit the next command
   * itself, or the stack grows where commands are done at once.
   */
  submit(task: ScsiTask): void;
  /** ABORT TASK (SAM-6 7.2) of a submitted task: `done` is called with `aborted` set, unless the status came first. */
  abort(task: ScsiTask): void;
}
