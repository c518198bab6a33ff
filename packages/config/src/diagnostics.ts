/** What a diagnostic is about. Codes are stable; messages are for people and may change. */
export type DiagnosticCode =
  // The text itself
  | 'too-large'
  | 'binary'
  | 'line-too-long'
  | 'byte-order-mark'
  | 'old-format'
  | 'too-deep'
  | 'too-many-errors'
  // Grammar
  | 'unterminated-quote'
  | 'misplaced-brace'
  | 'unclosed-block'
  | 'missing-name'
  | 'surplus-word'
  | 'unknown-section'
  | 'misplaced-section'
  | 'comment-without-blank'
  // Meaning
  | 'duplicate'
  | 'contradiction'
  | 'bad-name'
  | 'bad-value'
  | 'bad-lun'
  | 'missing-attribute'
  | 'unknown-attribute'
  | 'unknown-device'
  | 'unknown-handler'
  | 'unknown-driver'
  | 'unknown-target'
  | 'missing-file'
  | 'no-lun-0'
  | 'bad-json'
  | 'bad-selector';

/** Something wrong with a configuration, and where. */
export interface Diagnostic {
  /** Errors forbid an apply; warnings do not. */
  readonly severity: 'error' | 'warning';
  readonly code: DiagnosticCode;
  /** What is wrong, without the place. */
  readonly message: string;
  /** What would have been right, e.g. `a device name`. */
  readonly expected?: string | undefined;
  /** What the person can do about it. */
  readonly hint?: string | undefined;
  /** The file, as the caller named it. */
  readonly file?: string | undefined;
  /** 1-based. Absent when the configuration was not text. */
  readonly line?: number | undefined;
  /** 1-based, in UTF-16 code units. */
  readonly column?: number | undefined;
  /** Which part of the configuration, e.g. `TARGET_DRIVER scst_local / TARGET t / LUN 0`, or a JSON pointer. */
  readonly place?: string | undefined;
}

/** True when at least one diagnostic is an error. */
export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean => diagnostics.some(({ severity }) => severity === 'error');

/** One line for people: `scst.conf:3:9: error: … (expected …)`. */
export const formatDiagnostic = ({ severity, message, expected, hint, file, line, column, place }: Diagnostic): string => {
  const position = line === undefined ? [file] : [file, line, column];
  const where = position.filter((part) => part !== undefined).join(':');
  const parts = [
    where === '' ? undefined : `${where}:`,
    `${severity}:`,
    line === undefined && place !== undefined ? `${place}:` : undefined,
    message,
    expected === undefined ? undefined : `(expected ${expected})`,
    hint === undefined ? undefined : `– ${hint}`,
  ];
  return parts.filter((part) => part !== undefined).join(' ');
};
