import { type ScsiTask } from '@scst/core';
import { type ResetKind } from '@scst/scsi';

/**
 * One LUN of a session, for a target driver that sends many commands: no promise is made for one.
 *
 * It stands for the number. What is mapped there may come, go and be replaced; while nothing is, it answers as SAM-6 says for an
 * incorrect logical unit number.
 */
export interface DriverUnit {
  /** For people: `target/session/LUN`. */
  readonly description: string;
  /** Starts a command. `task.done` is called once, perhaps before this returns; it should not submit the next command itself. */
  submit(task: ScsiTask): void;
  /** ABORT TASK (SAM-6 7.2). The task is completed, as aborted, once nothing is done for it any more. */
  abort(task: ScsiTask): void;
  /** LOGICAL UNIT RESET or TARGET RESET. Rejects with a `TransportError`: `REFUSED` where nothing is mapped. */
  reset(kind: ResetKind): Promise<void>;
  /** ABORT TASK SET (SAM-6 7.3). */
  abortTaskSet(): Promise<void>;
  /** CLEAR TASK SET (SAM-6 7.5). Where the SCST is reached through SCSI devices this ends the commands of this session alone. */
  clearTaskSet(): Promise<void>;
  /** CLEAR ACA (SAM-6 7.4). Throws a `TransportError` `REFUSED` where the SCST is reached through SCSI devices, which have no way to ask for it. */
  clearAca(): void;
}

/** How a driver reaches the LUNs of a core in its own process. */
export interface DirectAccess {
  /** @throws ScstError `ENOENT`: there is no such session. */
  unit(target: string, session: string, lun: number): DriverUnit;
  /** Calls back whenever a session may see other LUNs than before; the result ends that. */
  watch(target: string, session: string, changed: () => void): () => void;
}
