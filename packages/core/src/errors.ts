import { type ErrnoName } from '@scst/sysfs';

/** What an object of the core throws: an errno, and the reason in words. Only the tree turns it into a `SysfsError`. */
export class ScstError extends Error {
  readonly code: ErrnoName;

  constructor(code: ErrnoName, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'ScstError';
    this.code = code;
  }
}
