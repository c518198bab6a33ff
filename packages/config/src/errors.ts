import { formatDiagnostic, type Diagnostic } from './diagnostics.js';

/** A configuration that cannot be used: its text, its meaning, or what it asks of this tree. Nothing was changed. */
export class ConfigError extends Error {
  readonly code = 'ERR_SCST_CONFIG';
  /** Every error and warning found, in the order of the file. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[], message?: string) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    const [first] = errors;
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    super(message ?? (first === undefined ? 'the configuration cannot be used' : `${formatDiagnostic(first)}${more}`));
    this.name = 'ConfigError';
    this.diagnostics = diagnostics;
  }
}
