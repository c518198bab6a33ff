import type { CommandSink, ScsiTask } from './command-sink.js';
import { type CommandRequest, type LogicalUnit, STATUS, TransportError } from './logical-unit.js';
import { encodeSense } from './sense/encode-sense.js';
import { SENSE_CONDITION } from './sense/sense-condition.js';

const NO_SENSE = new Uint8Array(0);

/**
 * The commands of a {@link CommandSink}, executed by a {@link LogicalUnit}. Where the unit can give no status, the task ends with
 * CHECK CONDITION: ABORTED COMMAND when it closed, timed out or failed, ILLEGAL REQUEST, LOGICAL UNIT NOT SUPPORTED when it is gone.
 */
export function logicalUnitSink(unit: LogicalUnit): CommandSink {
  const running = new Map<ScsiTask, AbortController>();
  const end = (task: ScsiTask, result: { status: number; sense: Uint8Array; residual: number }, aborted = false): void => {
    running.delete(task);
    task.status = result.status;
    task.sense = result.sense;
    task.residual = result.residual;
    task.aborted = aborted;
    task.done(task);
  };
  return {
    submit: (task) => {
      const controller = new AbortController();
      running.set(task, controller);
      unit.execute(requestOf(task, controller.signal)).then(
        (result) => {
          end(task, result);
        },
        (error: unknown) => {
          const residual = task.dataIn?.length ?? task.dataOut?.length ?? 0;
          const aborted = error instanceof TransportError && error.code === 'ABORTED';
          end(task, { ...failure(error, aborted), residual }, aborted);
        },
      );
    },
    abort: (task) => {
      running.get(task)?.abort();
    },
  };
}

function requestOf({ cdb, dataOut, dataIn, attribute }: ScsiTask, signal: AbortSignal): CommandRequest {
  // The task's own CDB may be used again before an asynchronous unit has looked at it.
  return { cdb: cdb.slice(), dataOut: dataOut ?? undefined, dataIn: dataIn ?? undefined, attribute, signal };
}

function failure(error: unknown, aborted: boolean): { status: number; sense: Uint8Array } {
  if (aborted) return { status: STATUS.TASK_ABORTED, sense: NO_SENSE };
  const gone = error instanceof TransportError && error.code === 'GONE';
  const condition = gone ? SENSE_CONDITION.LOGICAL_UNIT_NOT_SUPPORTED : SENSE_CONDITION.INTERNAL_TARGET_FAILURE;
  return { status: STATUS.CHECK_CONDITION, sense: encodeSense(condition) };
}
