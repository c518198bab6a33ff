import { type Use } from './use/use.js';

/** What went wrong above the tree: nothing to connect to, an object that is not there, a thing this SCST cannot do. */
export class LocalError extends Error {
  readonly code: 'NOTHING_THERE' | 'NOT_FOUND' | 'UNSUPPORTED' | 'BAD_ARGUMENT' | 'IN_USE' | 'LOCKED';
  /** What the person can do about it. */
  readonly hint: string | undefined;
  /** `IN_USE`: by what. */
  readonly uses: readonly Use[];

  constructor(code: LocalError['code'], message: string, options: ErrorOptions & { hint?: string; uses?: readonly Use[] } = {}) {
    super(message, options);
    this.name = 'LocalError';
    this.code = code;
    this.hint = options.hint;
    this.uses = options.uses ?? [];
  }
}
