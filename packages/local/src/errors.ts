/** What went wrong above the tree: nothing to connect to, an object that is not there, a thing this SCST cannot do. */
export class LocalError extends Error {
  readonly code: 'NOTHING_THERE' | 'NOT_FOUND' | 'UNSUPPORTED' | 'BAD_ARGUMENT';
  /** What the person can do about it. */
  readonly hint: string | undefined;

  constructor(code: LocalError['code'], message: string, options: ErrorOptions & { hint?: string } = {}) {
    super(message, options);
    this.name = 'LocalError';
    this.code = code;
    this.hint = options.hint;
  }
}
