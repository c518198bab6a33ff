import { ApplyError, ConfigError, formatDiagnostic } from '@scst/config';
import { LocalError, StateLockedError } from '@scst/local';
import { ScsiDataError, ScsiError, statusName, TransportError } from '@scst/scsi';
import { CommandTextError, explain, SysfsError } from '@scst/sysfs';
import { TransportIdError } from '@scst/transport-id';
import { CommanderError } from 'commander';
import { diagnosticJson, reportJson, reportLines } from './config/report.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { type JsonValue } from './output/json.js';

/** What went wrong in the program itself, as opposed to in what it talks to. */
export class CliError extends Error {
  readonly code: 'USAGE' | 'REFUSED' | 'FAILED' | 'IN_USE' | 'MISMATCH' | 'OUTPUT' | 'SCSI_STATUS' | 'UNHEALTHY';
  /** What the person can do about it. */
  readonly hint: string | undefined;
  /** More for `--json`. */
  readonly details: Readonly<Record<string, JsonValue>>;
  /** The status to end with, where another program's is promised. */
  readonly exit: number | undefined;

  constructor(code: CliError['code'], message: string, options: ErrorOptions & { hint?: string | undefined; details?: Readonly<Record<string, JsonValue>>; exit?: number } = {}) {
    super(message, options);
    this.name = 'CliError';
    this.code = code;
    this.hint = options.hint;
    this.details = options.details ?? {};
    this.exit = options.exit;
  }
}

/** A command line that means nothing. */
export const usageError = (message: string, hint?: string): CliError => new CliError('USAGE', message, { hint });

/** An error as the program reports it. */
export interface ErrorReport {
  /** A stable word to branch on: an errno name, or a code of the error's class. */
  readonly code: string;
  /** What is wrong, in words. */
  readonly message: string;
  readonly hint?: string | undefined;
  readonly exit: number;
  readonly details: Readonly<Record<string, JsonValue>>;
}

const IN_USE_HINT = 'End what uses it first (close, unmount, swapoff …), or give --force.';

/** What to say of anything that was thrown, and with which status to end. */
export const reportError = (error: unknown): ErrorReport => {
  if (error instanceof CliError) return { code: error.code, message: error.message, hint: error.hint, exit: exitOf(error), details: error.details };
  if (error instanceof SysfsError) return reportSysfsError(error);
  if (error instanceof LocalError) {
    const exit = error.code === 'NOTHING_THERE' ? EXIT.NOTHING_THERE : EXIT.FAILED;
    const details = error.code === 'IN_USE' ? { uses: error.uses.map((use) => ({ ...use })) } : error instanceof StateLockedError ? { ...error.holder } : {};
    return { code: error.code, message: error.message, hint: error.code === 'IN_USE' ? IN_USE_HINT : error.hint, exit, details };
  }
  if (error instanceof CommandTextError) {
    return { code: error.code, message: error.message, hint: 'Choose a name without it; SCST cannot be told such a name.', exit: EXIT.FAILED, details: { text: error.text, offset: error.offset, byte: error.byte } };
  }
  if (error instanceof TransportIdError) return { code: error.code, message: error.message, exit: EXIT.FAILED, details: { offset: error.offset, unit: error.unit } };
  if (error instanceof TransportError) return { code: error.code, message: error.message, exit: error.code === 'ABORTED' ? EXIT.INTERRUPTED : EXIT.FAILED, details: {} };
  if (error instanceof ScsiError) return reportScsiError(error);
  if (error instanceof ConfigError) {
    return { code: error.code, message: error.diagnostics.length === 0 ? error.message : error.diagnostics.map(formatDiagnostic).join('\n'), exit: EXIT.FAILED, details: { diagnostics: error.diagnostics.map(diagnosticJson) } };
  }
  if (error instanceof ApplyError) return { code: error.code, message: reportLines(error.report).join('\n'), exit: EXIT.FAILED, details: { report: reportJson(error.report) } };
  if (error instanceof ScsiDataError) return { code: error.code, message: error.message, exit: EXIT.FAILED, details: { offset: error.offset } };
  if (error instanceof CommanderError) return { code: 'USAGE', message: withoutPrefix(error.message), exit: EXIT.USAGE, details: {} };
  return reportOther(error);
};

const exitOf = ({ code, exit }: CliError): number => exit ?? (code === 'USAGE' ? EXIT.USAGE : code === 'SCSI_STATUS' ? EXIT.SCSI_STATUS : EXIT.FAILED);

const reportSysfsError = (error: SysfsError): ErrorReport => {
  const { reason, hint } = explain(error);
  const place = `${error.operation} ${error.path === '' ? 'the tree’s root' : error.path}`;
  return {
    code: error.code,
    message: reason === undefined ? `${place}: ${error.code}` : `${reason} (${error.code}, ${place})`,
    hint,
    exit: error.code === 'EINTR' ? EXIT.INTERRUPTED : EXIT.FAILED,
    details: { errno: error.errno, operation: error.operation, path: error.path },
  };
};

const reportScsiError = ({ code, message, commandName, cdb, status, sense, decodedSense }: ScsiError): ErrorReport => ({
  code,
  message,
  exit: EXIT.SCSI_STATUS,
  details: {
    command: commandName,
    cdb,
    status,
    statusName: statusName(status),
    sense,
    senseKey: decodedSense?.senseKey,
    additionalSenseCode: decodedSense?.additionalSenseCode,
    additionalSenseCodeQualifier: decodedSense?.additionalSenseCodeQualifier,
  },
});

const withoutPrefix = (message: string): string => message.replace(/^error: /u, '');

/** Node's own errors and those of the other packages carry a code, some a hint; what carries none is a fault of the program. */
const reportOther = (error: unknown): ErrorReport => {
  if (!(error instanceof Error)) return { code: 'FAILED', message: String(error), exit: EXIT.FAILED, details: {} };
  const code = textOf(error, 'code') ?? (error.name === 'AbortError' ? 'ABORTED' : 'INTERNAL');
  return { code, message: messageOf(error, code), hint: textOf(error, 'hint'), exit: EXITS[code] ?? EXIT.FAILED, details: {} };
};

const EXITS: Readonly<Record<string, ExitCode>> = { ABORTED: EXIT.INTERRUPTED, ABORT_ERR: EXIT.INTERRUPTED, ERR_NO_SERVER: EXIT.NOTHING_THERE, BAD_PORTAL: EXIT.USAGE };

/** Node says `ENOENT: no such file or directory, open 'x'` of a file; people are told `x: no such file or directory (ENOENT, open)`. */
const messageOf = (error: Error, code: string): string => {
  const [, name, text = '', call = '', path] = /^(E[A-Z0-9]+): (.+), (\w+) '(.*)'$/su.exec(error.message) ?? [];
  return path === undefined || name !== code ? error.message : `${path}: ${text} (${code}, ${call})`;
};

const textOf = (error: Error, name: 'code' | 'hint'): string | undefined => {
  const value = (error as unknown as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : undefined;
};
