import { type BlockedOperation, type IgnoredSetting, type Operation } from '../plan/operation.js';

/** An operation that was refused. */
export interface FailedOperation {
  readonly operation: Operation;
  /** What SCST answered: a SysfsError for a write. */
  readonly error: Error;
}

/** An operation that was not tried. */
export interface SkippedOperation {
  readonly operation: Operation;
  readonly reason: string;
}

/** How what was done was taken back. */
export interface RollbackReport {
  /** Operations taken back, in that order. */
  readonly undone: readonly Operation[];
  /** Operations of which something stays. */
  readonly failed: readonly FailedOperation[];
  /** Operations nothing can take back, e.g. a loaded module. */
  readonly kept: readonly Operation[];
}

/** What an apply did and did not do. */
export interface ApplyReport {
  /** How many operations changed the tree. 0: it was as the configuration says. */
  readonly changes: number;
  /** Operations that changed the tree, in the order in which they ended. */
  readonly done: readonly Operation[];
  readonly failed: readonly FailedOperation[];
  readonly notDone: readonly SkippedOperation[];
  /** What would have been taken from somebody who uses it. */
  readonly blocked: readonly BlockedOperation[];
  readonly ignored: readonly IgnoredSetting[];
  /** Remarks for people: what was found done already, what changed meanwhile, a suspension left over. */
  readonly notes: readonly string[];
  /** How often the plan was made again since the tree had changed under it. */
  readonly replans: number;
  /** Present after a failure with `rollback`. */
  readonly rollback?: RollbackReport | undefined;
  /** The tree is as the configuration says: nothing failed, was left out or held back. */
  readonly converged: boolean;
}

/** An apply that ended before its end. The report says what was done, and what was taken back. */
export class ApplyError extends Error {
  readonly code: 'ERR_SCST_APPLY' | 'ERR_SCST_APPLY_ABORTED';
  readonly report: ApplyReport;

  constructor(report: ApplyReport, aborted: boolean, cause?: unknown) {
    const [first] = report.failed;
    const what = aborted ? 'the apply was aborted' : first === undefined ? 'the apply failed' : `${first.operation.subject}: ${first.operation.summary}: ${first.error.message}`;
    const rolledBack = report.rollback === undefined ? '' : report.rollback.failed.length === 0 ? '; it was taken back' : `; ${report.rollback.failed.length} of it could not be taken back`;
    super(`${what} (${report.changes} of ${report.changes + report.failed.length + report.notDone.length} operations done${rolledBack})`, { cause: cause ?? first?.error });
    this.name = 'ApplyError';
    this.code = aborted ? 'ERR_SCST_APPLY_ABORTED' : 'ERR_SCST_APPLY';
    this.report = report;
  }
}
