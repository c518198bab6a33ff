import type { TaskAttribute } from '@scst/scsi';

/**
 * One command on its way through the core. The caller makes it (and may use it again after `done`); the device server fills
 * in the result. No promise is needed: `done` may be called before `submit` returns.
 */
export interface ScsiTask {
  readonly cdb: Uint8Array;
  /** Data-out sent by the initiator, or null. Not written to. */
  readonly dataOut: Uint8Array | null;
  /** Data-in buffer offered by the initiator, or null. Filled in place. */
  readonly dataIn: Uint8Array | null;
  readonly attribute: TaskAttribute;

  /** SAM-6 status. */
  status: number;
  /** Sense data, empty when none. */
  sense: Uint8Array;
  /** Offered bytes less bytes moved. */
  residual: number;
  /** The task was aborted and no status is delivered (SAM-6 5.3.1: TAS is 0, or its own initiator aborted it). */
  aborted: boolean;
  /** Called once, with this task, when the status is known. `aborted` tasks of the caller's own wish are completed too. */
  done(task: ScsiTask): void;
}
