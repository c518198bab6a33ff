/**
 * scst.conf: parse with positions, print, check, plan, apply and save, on any SCST tree.
 *
 * @example
 * import { apply, check, formatDiagnostic, plan, printPlan, save } from '@scst/config';
 * import { HostTree } from '@scst/sysfs';
 * import { readFile } from 'node:fs/promises';
 *
 * const tree = await HostTree.open();
 * const text = await readFile('/etc/scst.conf');
 * for (const diagnostic of await check(text, { tree })) console.log(formatDiagnostic(diagnostic));
 * console.log(printPlan(await plan(tree, text)));
 * const { changes } = await apply(tree, text, { rollback: true });
 * if (changes > 0) await save(tree, '/etc/scst.conf');
 *
 * @packageDocumentation
 */

// The text
export { parse, type ParseOptions, type ParseResult } from './syntax/parse.js';
export { print, printBytes } from './syntax/print.js';
export type { BlockSpan, Document, Statement, StatementSpan } from './syntax/document.js';
export { LineTable, type Position } from './syntax/position.js';
export { formatWord } from './syntax/words.js';
export { formatDiagnostic, hasErrors, type Diagnostic, type DiagnosticCode } from './diagnostics.js';
export { ConfigError } from './errors.js';

// The configuration as data
export {
  attributesOf,
  EMPTY_CONFIG,
  pairsOf,
  valueOf,
  valuesOf,
  type Attributes,
  type AttributeValue,
  type DeviceConfig,
  type DeviceGroupConfig,
  type GroupConfig,
  type HandlerConfig,
  type InitiatorConfig,
  type LunConfig,
  type ScstConfig,
  type SessionConfig,
  type TargetConfig,
  type TargetDriverConfig,
  type TargetGroupConfig,
  type TargetGroupTargetConfig,
} from './model/config.js';
export { fromDocument, type ModelResult } from './model/from-document.js';
export { formatConfig, toDocument } from './model/to-document.js';
export { fromJson, toJson, type JsonResult } from './model/json.js';
export { CONFIG_JSON_SCHEMA } from './model/schema.js';
export { Locator, type Location, type LocationDetail } from './model/locator.js';
export { MAX_LUN, SESSION_TRANSPORT_ID } from './model/names.js';
export { load, loadJson, loadOrThrow, loadText, type ConfigSource, type LoadedConfig } from './load.js';

// Check, plan, apply, save
export { check, type CheckOptions } from './check/check.js';
export { statFile, type FileType } from './check/files.js';
export { plan, type PlanOnlyOptions, type PlanOptions } from './plan/plan.js';
export {
  isRemoval,
  PHASES,
  type Affected,
  type BlockedOperation,
  type Goal,
  type IgnoredSetting,
  type Operation,
  type OperationKind,
  type Phase,
  type Plan,
  type TreeWrite,
} from './plan/operation.js';
export { printPlan, type PrintPlanOptions } from './plan/print.js';
export type { InUse, InUseSubject } from './plan/in-use.js';
export type { ModuleLoader } from './plan/modules.js';
export { apply, type ApplyOptions } from './apply/apply.js';
export { ApplyError, type ApplyReport, type FailedOperation, type RollbackReport, type SkippedOperation } from './apply/report.js';
export type { Guard } from './apply/guard.js';
export type { ApplyProgress, OnProgress } from './apply/progress.js';
export { defaultJournalPath, fileJournal, type SuspensionJournal, type SuspensionMark } from './apply/journal.js';
export { findLeftoverSuspension, resumeLeftover, type LeftoverSuspension } from './apply/suspension.js';
export { readConfig, type ReadConfigOptions } from './state/read-config.js';
export { save, saveText, type SaveOptions, type SaveResult } from './save/save.js';
export { writeAtomically, type AtomicWriteOptions } from './save/atomic-write.js';
