/** What looking for SCSI devices came to, where it is not what was asked for. */
export class DiscoveryError extends Error {
  /** `NOT_FOUND`: there is no such host or device. `TIMEOUT`: the kernel has not found in time what was waited for. `REFUSED`: the kernel does not let it be done. */
  readonly code: 'NOT_FOUND' | 'TIMEOUT' | 'REFUSED';
  /** What the person can do about it. */
  readonly hint: string | undefined;

  constructor(code: DiscoveryError['code'], message: string, options: ErrorOptions & { hint?: string } = {}) {
    super(message, options);
    this.name = 'DiscoveryError';
    this.code = code;
    this.hint = options.hint;
  }
}
