import { type Operation, type TreeWrite } from '../plan/operation.js';
import { type FailedOperation, type RollbackReport } from './report.js';

/**
 * Takes back what was done, the last first. Goes on after failures: what can be taken back is. What stands in the way of another
 * (a relative target port identifier on a target that goes later) is tried again at the end.
 *
 * @param rounds What was done, plan by plan: operations are numbered within a plan.
 * @param perform Does a write.
 */
export const rollBack = async (rounds: readonly (readonly Operation[])[], perform: (write: TreeWrite) => Promise<void>): Promise<RollbackReport> => {
  const undone: Operation[] = [];
  const kept: Operation[] = [];
  let waiting: Undo[] = [];
  for (const done of [...rounds].reverse()) {
    const ids = new Set(done.map(({ id }) => id));
    for (const operation of [...done].reverse()) {
      if (operation.undo.length > 0) waiting.push({ operation, done: 0 });
      else if (!goesWithItsObject(operation, ids)) kept.push(operation);
    }
  }
  for (;;) {
    const failed: FailedOperation[] = [];
    const left: Undo[] = [];
    let written = false;
    for (const undo of waiting) {
      const { operation } = undo;
      try {
        for (const write of operation.undo.slice(undo.done)) {
          await perform(write);
          undo.done++;
          written = true;
        }
        undone.push(operation);
      } catch (error) {
        failed.push({ operation, error: error instanceof Error ? error : new Error(String(error)) });
        left.push(undo);
      }
    }
    if (failed.length === 0 || !written) return { undone, failed, kept };
    waiting = left;
  }
};

/** An operation that is taken back, and how many of the writes for it have been done: none is done again. */
interface Undo {
  readonly operation: Operation;
  done: number;
}

/** Attributes of an object that was made by this apply go with it. */
const goesWithItsObject = ({ needs }: Operation, done: ReadonlySet<number>): boolean => needs.length > 0 && needs.every((id) => done.has(id));
