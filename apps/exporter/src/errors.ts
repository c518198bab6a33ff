/** What went wrong in the program itself: the command line, the web configuration, the address it is to listen on, or standard output. */
export class AppError extends Error {
  readonly code: 'USAGE' | 'WEB_CONFIG' | 'LISTEN' | 'OUTPUT';
  /** What the person can do about it. */
  readonly hint: string | undefined;

  constructor(code: AppError['code'], message: string, options: ErrorOptions & { hint?: string | undefined } = {}) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
    this.hint = options.hint;
  }
}
