/** What went wrong between iSCSI and SCST. */
export class IscsiDriverError extends Error {
  readonly code: 'BAD_PORTAL' | 'TOO_MANY_SESSIONS';
  /** What the person can do about it. */
  readonly hint: string | undefined;

  constructor(code: IscsiDriverError['code'], message: string, options: ErrorOptions & { hint?: string | undefined } = {}) {
    super(message, options);
    this.name = 'IscsiDriverError';
    this.code = code;
    this.hint = options.hint;
  }
}
