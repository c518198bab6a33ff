import { ApplyError, ConfigError, formatDiagnostic } from '@scst/config';
import { CommanderError } from 'commander';
import { EXIT } from './exit-codes.js';

/** An error as the program reports it. */
export interface ErrorReport {
  /** A stable word to branch on. */
  readonly code: string;
  readonly message: string;
  /** What the person can do about it. */
  readonly hint?: string | undefined;
  readonly exit: number;
}

/** What to say of anything that was thrown, and with which status to end. */
export const reportError = (error: unknown): ErrorReport => {
  if (error instanceof CommanderError) return { code: 'USAGE', message: error.message.replace(/^error: /u, ''), exit: EXIT.USAGE };
  if (error instanceof ConfigError && error.diagnostics.length > 0) return { code: error.code, message: error.diagnostics.map(formatDiagnostic).join('\n'), exit: EXIT.FAILED };
  if (error instanceof ApplyError) return { code: error.code, message: error.report.failed.map(({ operation, error: cause }) => `${operation.subject}: ${operation.summary}: ${cause.message}`).join('\n'), exit: EXIT.FAILED };
  if (!(error instanceof Error)) return { code: 'FAILED', message: String(error), exit: EXIT.FAILED };
  const code = textOf(error, 'code') ?? 'INTERNAL';
  const exit = code === 'NOTHING_THERE' || code === 'ERR_NO_SERVER' ? EXIT.NOTHING_THERE : code === 'BAD_PORTAL' ? EXIT.USAGE : EXIT.FAILED;
  return { code, message: error.message, hint: textOf(error, 'hint'), exit };
};

const textOf = (error: Error, name: 'code' | 'hint'): string | undefined => {
  const value = (error as unknown as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : undefined;
};
