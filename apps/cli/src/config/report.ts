import { type ApplyReport, type BlockedOperation, type Diagnostic, type IgnoredSetting, type Operation } from '@scst/config';
import { type JsonValue } from '../output/json.js';

/** A diagnostic as JSON; `--json` keeps its codes and places. */
export const diagnosticJson = ({ severity, code, message, expected, hint, file, line, column, place }: Diagnostic): JsonValue => ({
  severity, code, message, expected, hint, file, line, column, place,
});

/** An operation of a plan as JSON. */
export const operationJson = ({ id, kind, phase, subject, summary, before, after, write, module, location, needs }: Operation): JsonValue => ({
  id, kind, phase, subject, summary, before, after, module,
  write: write === undefined ? undefined : { path: write.path, data: write.data, encoding: write.encoding },
  needs,
  location: { file: location.file, line: location.line, column: location.column },
});

const blockedJson = ({ operation, reason, hint }: BlockedOperation): JsonValue => ({ operation: operationJson(operation), reason, hint });

const ignoredJson = ({ subject, attribute, reason }: IgnoredSetting): JsonValue => ({ subject, attribute, reason });

/** What a plan holds besides its operations. */
export const heldBackJson = (plan: { readonly blocked: readonly BlockedOperation[]; readonly ignored: readonly IgnoredSetting[] }): { readonly [key: string]: JsonValue } => ({
  blocked: plan.blocked.map(blockedJson),
  ignored: plan.ignored.map(ignoredJson),
});

/** What an apply did, as JSON. */
export const reportJson = (report: ApplyReport): { readonly [key: string]: JsonValue } => ({
  converged: report.converged,
  changes: report.changes,
  done: report.done.map(operationJson),
  failed: report.failed.map(({ operation, error }) => ({ operation: operationJson(operation), message: error.message })),
  notDone: report.notDone.map(({ operation, reason }) => ({ operation: operationJson(operation), reason })),
  ...heldBackJson(report),
  notes: report.notes,
  replans: report.replans,
  rollback:
    report.rollback === undefined
      ? undefined
      : {
          undone: report.rollback.undone.map(operationJson),
          failed: report.rollback.failed.map(({ operation, error }) => ({ operation: operationJson(operation), message: error.message })),
          kept: report.rollback.kept.map(operationJson),
        },
});

/** What an apply did, for people: changes are counted, everything else is named. */
export const reportLines = (report: ApplyReport): string[] => {
  const { changes, failed, notDone, blocked, ignored, notes, rollback } = report;
  const name = ({ subject, summary }: Operation): string => `${subject}: ${summary}`;
  return [
    changes === 0 && failed.length === 0 && blocked.length === 0 ? 'nothing to do' : `${changes} change${changes === 1 ? '' : 's'}`,
    ...failed.map(({ operation, error }) => `failed: ${name(operation)}: ${error.message}`),
    ...notDone.map(({ operation, reason }) => `not done: ${name(operation)}: ${reason}`),
    ...blocked.map(({ operation, reason, hint }) => `held back: ${name(operation)}: ${reason}${hint === undefined ? '' : ` (${hint})`}`),
    ...ignored.map(({ subject, attribute, reason }) => `ignored: ${subject}: ${attribute}: ${reason}`),
    ...notes.map((note) => `note: ${note}`),
    ...(rollback === undefined
      ? []
      : [
          `taken back: ${rollback.undone.length}`,
          ...rollback.failed.map(({ operation, error }) => `could not be taken back: ${name(operation)}: ${error.message}`),
          ...rollback.kept.map((operation) => `stays: ${name(operation)}`),
        ]),
  ];
};
